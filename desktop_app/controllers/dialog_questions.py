"""Asks the user with dialogs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.controllers.import_controller import SOUND_SUFFIXES
from desktop_app.controllers.questions import RecoveryAnswer, UnsavedAnswer
from desktop_app.project.project import Project
from desktop_app.project.storage.recovery import Recovery
from desktop_app.project.time import seconds_from_samples
from desktop_app.views.dialogs.question import Answer, Question, error_message, unsaved_question
from desktop_app.views.dialogs.recovery import RecoveryDialog, RecoveryRow
from desktop_app.views.theme.theme import Theme


class DialogQuestions:
    """The questions of ``Questions`` over a window.

    Args:
        theme: Colours and type.
        window: The dialogs' parent.
    """

    def __init__(self, theme: Theme, window: QWidget) -> None:
        self._theme = theme
        self._window = window

    def project_to_open(self, start: Path) -> Path | None:
        """See ``Questions``."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open project", str(start), "Longwave projects (*.longwave)"
        )
        return Path(chosen) if chosen else None

    def sound_to_import(self, start: Path) -> Path | None:
        """See ``Questions``."""
        kinds = " ".join(f"*{suffix}" for suffix in SOUND_SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Import audio", str(start), f"Sounds ({kinds})"
        )
        return Path(chosen) if chosen else None

    def folder_to_save(self, suggested: Path) -> Path | None:
        """See ``Questions``."""
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            "Save project",
            str(suggested),
            "Longwave projects (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not chosen:
            return None
        folder = Path(chosen)
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return folder
        # Replacing destroys, so Enter must not mean it.
        answers = (Answer(id="cancel", words="Cancel"), Answer(id="save", words="Save into it"))
        text = "A project that lies there is kept among its earlier saves."
        answer = self._ask(f"“{folder.name}” exists already", text, answers)
        return folder if answer == "save" else None

    def unsaved_changes(self, name: str, unfinished_jobs: int) -> UnsavedAnswer:
        """See ``Questions``."""
        question = unsaved_question(self._theme, name, unfinished_jobs, self._window)
        return UnsavedAnswer(question.ask() or "cancel")

    def takes_over(self, reason: str) -> bool:
        """See ``Questions``."""
        answers = (
            Answer(id="cancel", words="Cancel", is_suggested=True),
            Answer(id="open", words="Open it here"),
        )
        text = f"{reason} Two windows on one project overwrite each other's saves."
        return self._ask("The project is in use", text, answers) == "open"

    def recovery(self, found: Sequence[Recovery]) -> tuple[Recovery, RecoveryAnswer] | None:
        """See ``Questions``."""
        rows = tuple(_recovery_row(each) for each in found)
        index, answer = RecoveryDialog(self._theme, rows, self._window).ask()
        return (found[index], RecoveryAnswer(answer)) if 0 <= index < len(found) else None

    def show_error(self, title: str, text: str, details: str = "") -> None:
        """See ``Questions``."""
        error_message(self._theme, title, text, details, self._window).ask()

    def _ask(self, title: str, text: str, answers: tuple[Answer, ...]) -> str:
        return Question(self._theme, title, text, answers=answers, parent=self._window).ask()


def _recovery_row(recovery: Recovery) -> RecoveryRow:
    when = f"{recovery.autosaved_at:%d %B, %H:%M}"
    now, saved = _contents(recovery.project), recovery.saved
    difference = f"Has {now}" if saved is None else f"Has {now}; the last save {_contents(saved)}"
    return RecoveryRow(
        title=f"{recovery.project.name}, {when}",
        difference=difference,
        has_save=saved is not None,
    )


def _contents(project: Project) -> str:
    takes = sum(len(lane.takes) for lane in project.lanes)
    return (
        f"{_counted(len(project.lanes), 'lane')}, {_counted(takes, 'take')},"
        f" {seconds_from_samples(project.end):.0f} s"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
