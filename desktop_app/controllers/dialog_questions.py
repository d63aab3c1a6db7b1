"""Asks the user with dialogs."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop_app.controllers.questions import RecoveryAnswer, UnsavedAnswer
from desktop_app.project.storage.folder import is_project_folder
from desktop_app.project.storage.recovery import Recovery
from desktop_app.project.time import seconds_from_samples

_Box = QMessageBox.StandardButton


class DialogQuestions:
    """The questions of ``Questions`` over a window.

    Args:
        window: The dialogs' parent.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def project_to_open(self, start: Path) -> Path | None:
        """See ``Questions``."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open project", str(start), "Longwave projects (*.longwave)"
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
        if is_project_folder(folder) or (folder.exists() and any(folder.iterdir())):
            answer = self._ask(
                f"“{folder.name}” exists already.",
                "Save into it? The project in it is kept in its history.",
                _Box.Save | _Box.Cancel,
                _Box.Cancel,
            )
            if answer is not _Box.Save:
                return None
        return folder

    def unsaved_changes(self, name: str, unfinished_jobs: int) -> UnsavedAnswer:
        """See ``Questions``."""
        jobs = f" {unfinished_jobs} unfinished jobs will be cancelled." if unfinished_jobs else ""
        answer = self._ask(
            f"Save the changes to “{name}”?",
            f"They are lost otherwise.{jobs}",
            _Box.Save | _Box.Discard | _Box.Cancel,
            _Box.Save,
        )
        answers = {_Box.Save: UnsavedAnswer.SAVE, _Box.Discard: UnsavedAnswer.DISCARD}
        return answers.get(answer, UnsavedAnswer.CANCEL)

    def takes_over(self, reason: str) -> bool:
        """See ``Questions``."""
        return (
            self._ask(reason, "Open it here all the same?", _Box.Open | _Box.Cancel, _Box.Cancel)
            is _Box.Open
        )

    def recovery(self, found: Sequence[Recovery]) -> tuple[Recovery, RecoveryAnswer] | None:
        """See ``Questions``."""
        newest = found[0]
        box = QMessageBox(self._window)
        box.setWindowTitle("Recover")
        box.setText(f"“{newest.project.name}” was not closed properly.")
        length = seconds_from_samples(newest.project.end)
        box.setInformativeText(
            f"There are changes of {newest.autosaved_at:%d %B, %H:%M}:"
            f" {len(newest.project.lanes)} lanes, {length:.0f} s."
        )
        recover = box.addButton("Recover", QMessageBox.ButtonRole.AcceptRole)
        last = "Open last save" if newest.saved is not None else "Later"
        later = box.addButton(last, QMessageBox.ButtonRole.RejectRole)
        delete = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(recover)
        box.setEscapeButton(later)
        box.exec()
        clicked = box.clickedButton()
        if clicked is recover:
            return newest, RecoveryAnswer.RECOVER
        if clicked is delete:
            return newest, RecoveryAnswer.DELETE
        return newest, RecoveryAnswer.LAST_SAVE if newest.saved else RecoveryAnswer.LATER

    def show_error(self, title: str, text: str, details: str = "") -> None:
        """See ``Questions``."""
        box = QMessageBox(self._window)
        box.setWindowTitle("Longwave")
        box.setText(title)
        box.setInformativeText(text)
        if details:
            box.setDetailedText(details)
        box.exec()

    def _ask(self, title: str, text: str, buttons: _Box, default: _Box) -> _Box:
        box = QMessageBox(self._window)
        box.setWindowTitle("Longwave")
        box.setText(title)
        box.setInformativeText(text)
        box.setStandardButtons(buttons)
        box.setDefaultButton(default)
        return _Box(box.exec())
