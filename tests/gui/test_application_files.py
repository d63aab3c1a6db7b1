"""Projects as files, with the window over them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from desktop_app.app import begin
from desktop_app.audio.output import SilentOutput
from desktop_app.composition import Application
from desktop_app.controllers import workspace as workspace_module
from desktop_app.controllers.questions import RecoveryAnswer, UnsavedAnswer
from desktop_app.project.storage.errors import StorageError
from tests.gui.conftest import Answers, Studio
from tests.support.sound_engine import ToneEngine


def another_start(studio: Studio, folder: Path, answers: Answers) -> Application:
    """The application as the next start finds the same disk."""
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    application = Application(
        studio.theme, ToneEngine(), SilentOutput(), settings, lambda _: answers, folder / "unsaved"
    )
    studio.qtbot.addWidget(application.window)
    return application


def crash(studio: Studio) -> None:
    """Write the autosave and let go of the folder, as the end of the process does."""
    studio.application.workspace.autosave()
    studio.application.workspace.close()


def test_a_failing_save_says_why_and_keeps_everything(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.run("marker")

    def full(*_: object) -> str:
        raise StorageError("The disk is full.", "Free some space.")

    studio.answers.to_save = tmp_path / "Storm"
    with monkeypatch.context() as broken:
        broken.setattr(workspace_module, "save_project", full)
        studio.run("save")
    assert studio.answers.errors == [("The disk is full.", "Free some space.")]
    is_dirty_after_failure = studio.application.document.is_dirty

    studio.run("save")
    assert (is_dirty_after_failure, studio.application.document.is_dirty) == (True, False)
    assert studio.project.name == "Storm"


def test_a_save_that_fails_while_leaving_stays_in_the_project(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    studio.run("marker")

    def full(*_: object) -> str:
        raise StorageError("The disk is full.")

    studio.answers.to_save = tmp_path / "Storm"
    studio.answers.unsaved = UnsavedAnswer.SAVE
    monkeypatch.setattr(workspace_module, "save_project", full)
    studio.run("new")

    assert len(studio.project.markers) == 1
    studio.answers.unsaved = UnsavedAnswer.DISCARD


def test_closing_asks_and_can_be_taken_back(studio: Studio) -> None:
    studio.run("marker")
    studio.answers.unsaved = UnsavedAnswer.CANCEL
    assert not studio.application.window.close()
    assert studio.application.window.isVisible()
    studio.answers.unsaved = UnsavedAnswer.DISCARD
    folder = studio.application.workspace.folder
    assert studio.application.window.close()

    assert not folder.exists()
    assert studio.settings.contains("window/geometry")


def test_discarding_removes_nothing_when_the_next_project_cannot_be_opened(
    studio: Studio, tmp_path: Path
) -> None:
    studio.run("marker")
    folder = studio.application.workspace.folder
    studio.answers.to_open = tmp_path
    studio.run("open")

    assert folder.exists()
    assert len(studio.project.markers) == 1
    assert studio.application.document.is_dirty


def test_a_locked_project_is_opened_only_when_a_person_says_so(
    studio: Studio, tmp_path: Path
) -> None:
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    answers = Answers(to_open=tmp_path / "Storm")
    other = another_start(studio, tmp_path / "other", answers)
    begin(other, None, shows_example=False)
    other.files.open()
    assert answers.asked == ["open", "take over"]
    assert other.document.project.name == "Untitled"
    answers.may_take_over = True
    other.files.open()

    assert other.document.project.name == "Storm"
    other.close()


def test_an_unsaved_project_is_offered_after_a_crash_and_recovered(
    studio: Studio, tmp_path: Path
) -> None:
    studio.run("marker")
    crash(studio)
    answers = Answers(recovery_answer=RecoveryAnswer.RECOVER)
    after = another_start(studio, tmp_path, answers)
    begin(after, None, shows_example=False)
    studio.qtbot.waitUntil(lambda: len(after.document.project.markers) == 1)

    assert answers.asked == ["recovery"]
    assert after.document.is_dirty
    assert after.document.path is None
    after.close()


@pytest.mark.parametrize(
    ("answer", "is_kept"), [(RecoveryAnswer.LATER, True), (RecoveryAnswer.DELETE, False)]
)
def test_what_a_crash_left_is_kept_until_a_person_deletes_it(
    studio: Studio, tmp_path: Path, answer: RecoveryAnswer, *, is_kept: bool
) -> None:
    studio.run("marker")
    folder = studio.application.workspace.folder
    crash(studio)
    answers = Answers(recovery_answer=answer)
    after = another_start(studio, tmp_path, answers)
    begin(after, None, shows_example=False)
    studio.qtbot.waitUntil(lambda: answers.asked == ["recovery"])

    assert folder.exists() is is_kept
    assert after.document.project.markers == ()
    after.close()


def test_a_start_without_a_state_directory_still_opens_a_window(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    after = another_start(studio, tmp_path / "blocked", Answers())
    begin(after, None, shows_example=True)

    assert after.document.project.lanes
    assert "Save soon" in after.window.message_strip.text
    after.close()


def test_missing_files_are_told_when_a_project_is_opened(studio: Studio, tmp_path: Path) -> None:
    studio.application.timeline.add_lane()
    studio.run("clip_draw")
    clip = studio.project.lanes[0].clips[0]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.answers.to_save = studio.answers.to_open = tmp_path / "Storm"
    studio.run("save")
    studio.run("new")
    for file in (tmp_path / "Storm" / "media").iterdir():
        file.unlink()
    studio.run("open")

    assert "4 files of takes are missing" in studio.notice


def test_opening_another_project_forgets_what_the_last_one_showed(
    studio: Studio, tmp_path: Path
) -> None:
    studio.run("clip_draw")
    clip = studio.project.lanes[0].clips[0]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.transport.seek(studio.project.end)
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    before = studio.application.selection.value
    assert before.clip_ids, "saving under a name keeps the selection"
    studio.run("new")

    assert studio.application._pictures_shown == {}
    assert studio.application.window.jobs.entries == ()
    assert studio.application.transport.position == 0
    assert studio.application.selection.clips == ()
    assert not studio.application.document.can_undo
