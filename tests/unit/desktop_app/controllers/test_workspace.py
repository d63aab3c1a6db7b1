"""A project's place on disk: nothing is lost, whatever fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.controllers import workspace as module
from desktop_app.controllers.questions import RecoveryAnswer
from desktop_app.controllers.workspace import Workspace
from desktop_app.document import Document
from desktop_app.project.edits.add_marker import AddMarker
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.edits.rename_marker import RenameMarker
from desktop_app.project.ids import MarkerId, TakeId
from desktop_app.project.project import Project, Take, TakeMedia
from desktop_app.project.storage.autosave import autosave_file
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.folder import open_project
from desktop_app.project.storage.lock import ProjectLock, ProjectLockedError, lock_holder
from desktop_app.project.storage.recovery import Recovery, unsaved_projects
from desktop_app.project.time import Samples
from tests.unit.desktop_app.controllers.jobs import plan_of, rain


class Desk:
    """A workspace with its document, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "unsaved"
        self.document = Document()
        self.workspace = Workspace(self.document, self.root)
        self.opened = 0
        self.told: list[str] = []
        self.asked: list[Recovery] = []
        self.answer = RecoveryAnswer.RECOVER
        self.workspace.project_opened.connect(self._on_opened)
        self.workspace.warned.connect(self.told.append)
        self.workspace.start_new(Project(lanes=(rain(),), next_stream=1))

    def _on_opened(self) -> None:
        self.opened += 1

    def choose(self, found: Recovery) -> RecoveryAnswer:
        self.asked.append(found)
        return self.answer

    def open(self, folder: Path, *, takes_over: bool = False) -> bool:
        return self.workspace.open(folder, self.choose, takes_over=takes_over)

    def mark(self, name: str = "mark") -> None:
        """Change something."""
        self.document.execute(AddMarker(MarkerId(name), Samples(0)))

    def keep_take(self) -> Take:
        """Add a take with real files."""
        source = self.root.parent / "made.wav"
        source.write_bytes(b"sound")
        media = self.workspace.store.add_file(source)
        lane = self.document.project.lanes[0]
        plan = plan_of(lane)
        files = TakeMedia(audio=media, mel=media, latents=media, state=media, sample_rate=16_000)
        take = Take(id=TakeId("take"), number=1, span=plan.span, media=files, recipe=plan.recipe)
        self.document.execute(KeepTake(lane.id, take))
        return take


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    del qtbot  # timers and signals need Qt to run
    desk = Desk(tmp_path)
    yield desk
    desk.workspace.close()


def failing(reason: str) -> Callable[..., str]:
    def fail(*_arguments: object) -> str:
        raise StorageError(reason)

    return fail


def crashed(desk: Desk, folder: Path) -> None:
    """Leave a saved project with an autosave, as a crash does."""
    desk.workspace.save_as(folder)
    desk.mark("later")
    desk.workspace.autosave()
    desk.workspace.close()


def test_saving_under_a_name_takes_the_takes_of_all_undo_steps_along(
    desk: Desk, tmp_path: Path
) -> None:
    take = desk.keep_take()
    desk.document.undo()
    before = desk.workspace.folder
    desk.workspace.save_as(tmp_path / "Storm")
    desk.workspace.clean_up()
    desk.document.redo()

    assert not before.exists()
    assert desk.workspace.store.contains(take.media.audio)
    assert desk.document.project.name == "Storm"


def test_the_place_before_stays_until_no_job_writes_there(desk: Desk, tmp_path: Path) -> None:
    before = desk.workspace.folder
    desk.workspace.save_as(tmp_path / "Storm")

    assert before.exists()
    desk.workspace.clean_up()
    assert not before.exists()


def test_a_failing_save_under_a_name_changes_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, before = desk.keep_take(), desk.workspace.folder
    monkeypatch.setattr(module, "save_project", failing("The disk is full."))
    with pytest.raises(StorageError, match="full"):
        desk.workspace.save_as(tmp_path / "Storm")

    assert not (tmp_path / "Storm").exists()
    assert desk.workspace.folder == before
    assert lock_holder(before) is not None
    assert desk.workspace.store.contains(take.media.audio)
    assert desk.document.is_dirty
    assert desk.document.path is None


def test_a_project_that_is_open_elsewhere_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    desk.workspace.save_as(tmp_path / "Storm")
    other = Desk(tmp_path / "other")
    saved = open_project(tmp_path / "Storm").project
    with pytest.raises(ProjectLockedError):
        other.workspace.save_as(tmp_path / "Storm")

    assert open_project(tmp_path / "Storm").project == saved
    assert other.document.path is None
    other.workspace.close()


def test_saving_over_another_project_keeps_its_save_and_its_autosave(
    desk: Desk, tmp_path: Path
) -> None:
    crashed(desk, tmp_path / "Storm")
    other = Desk(tmp_path / "other")
    other.workspace.save_as(tmp_path / "Storm")

    assert list((tmp_path / "Storm" / "history").iterdir())
    assert list((tmp_path / "Storm").glob("*.autosave.kept-1"))
    other.workspace.close()


def test_a_file_in_the_way_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "Storm").write_text("a file")
    with pytest.raises(StorageError):
        desk.workspace.save_as(tmp_path / "Storm")

    assert (tmp_path / "Storm").read_text() == "a file"


def test_a_project_that_cannot_be_opened_leaves_the_present_one_untouched(
    desk: Desk, tmp_path: Path
) -> None:
    take, before = desk.keep_take(), desk.workspace.folder
    left = list[str]()
    desk.workspace.leaving.connect(lambda: left.append("left"))
    with pytest.raises(StorageError):
        desk.open(tmp_path / "nowhere")

    assert left == []
    assert desk.workspace.folder == before
    assert desk.workspace.store.contains(take.media.audio)


def test_a_locked_project_leaves_the_present_one_untouched_and_can_be_taken_over(
    desk: Desk, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other")
    other.workspace.save_as(tmp_path / "Storm")
    before = desk.workspace.folder
    with pytest.raises(ProjectLockedError):
        desk.open(tmp_path / "Storm")
    assert desk.workspace.folder == before
    assert before.exists()

    assert desk.open(tmp_path / "Storm", takes_over=True)
    other.mark()
    with pytest.raises(StorageError, match="opened elsewhere"):
        other.workspace.save()
    other.workspace.autosave()
    assert "another name" in other.told[0]
    other.workspace.save_as(tmp_path / "Storm two")
    assert not other.document.is_dirty
    other.workspace.close()
    assert ProjectLock(tmp_path / "Storm").is_held is False
    assert lock_holder(tmp_path / "Storm") is not None, "the lock that was taken over is kept"


def test_an_unsaved_place_is_removed_only_after_the_next_project_is_there(
    desk: Desk, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other")
    other.workspace.save_as(tmp_path / "Storm")
    other.workspace.close()
    before = desk.workspace.folder
    assert desk.open(tmp_path / "Storm")

    assert not before.exists()
    assert desk.opened == 2
    assert not desk.document.is_dirty


def test_a_crash_can_be_recovered_from(desk: Desk, tmp_path: Path) -> None:
    crashed(desk, tmp_path / "Storm")
    after = Desk(tmp_path / "after")
    assert after.open(tmp_path / "Storm")

    assert len(after.asked) == 1
    assert len(after.document.project.markers) == 1
    assert after.document.is_dirty
    after.workspace.save()
    assert not autosave_file(tmp_path / "Storm").exists()
    after.workspace.close()


@pytest.mark.parametrize(
    ("answer", "is_open", "autosaves", "kept"),
    [
        (RecoveryAnswer.LATER, False, 1, 0),
        (RecoveryAnswer.LAST_SAVE, True, 0, 1),
        (RecoveryAnswer.DELETE, True, 0, 0),
    ],
)
def test_what_is_not_recovered_is_only_deleted_when_a_person_says_so(
    desk: Desk, tmp_path: Path, answer: RecoveryAnswer, is_open: bool, autosaves: int, kept: int
) -> None:
    crashed(desk, tmp_path / "Storm")
    after = Desk(tmp_path / "after")
    after.answer = answer

    assert after.open(tmp_path / "Storm") is is_open
    assert len(list((tmp_path / "Storm").glob("*.autosave"))) == autosaves
    assert len(list((tmp_path / "Storm").glob("*.autosave.kept-*"))) == kept
    assert (lock_holder(tmp_path / "Storm") is not None) is is_open
    if is_open:
        assert after.document.project.markers == ()
        assert not after.document.is_dirty
    after.workspace.close()


def test_a_damaged_autosave_is_set_aside_and_told(desk: Desk, tmp_path: Path) -> None:
    crashed(desk, tmp_path / "Storm")
    autosave_file(tmp_path / "Storm").write_text("{")
    after = Desk(tmp_path / "after")

    assert after.open(tmp_path / "Storm")
    assert "damaged" in after.told[0]
    assert list((tmp_path / "Storm").glob("*.broken-1"))
    after.workspace.close()


def test_opening_the_open_project_again_goes_back_to_its_save(desk: Desk, tmp_path: Path) -> None:
    desk.workspace.save_as(tmp_path / "Storm")
    desk.mark()
    desk.workspace.autosave()
    assert desk.open(tmp_path / "Storm")

    assert desk.asked == []
    assert desk.document.project.markers == ()
    desk.mark()
    desk.workspace.save()


def test_an_unsaved_project_survives_a_crash(desk: Desk, tmp_path: Path) -> None:
    take = desk.keep_take()
    desk.workspace.autosave()
    desk.workspace.close()
    after = Desk(tmp_path)
    [found] = unsaved_projects(after.root)
    after.workspace.recover(found)

    assert after.workspace.store.contains(take.media.audio)
    assert after.document.path is None
    assert after.document.is_dirty
    assert autosave_file(found.folder).exists()
    after.workspace.close()


def test_leaving_removes_what_nobody_wants(desk: Desk) -> None:
    desk.mark()
    desk.workspace.autosave()
    folder = desk.workspace.folder
    desk.workspace.leave()

    assert not folder.exists()


def test_the_autosave_waits_for_the_end_of_a_gesture(desk: Desk) -> None:
    desk.mark()
    desk.document.begin_gesture("Rename")
    desk.document.preview(RenameMarker(MarkerId("mark"), "half typ"))
    desk.workspace.autosave()
    desk.workspace.close()
    [found] = unsaved_projects(desk.root)

    assert [marker.name for marker in found.project.markers] != ["half typ"]


def test_an_autosave_that_fails_is_told_and_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.mark()
    with monkeypatch.context() as broken:
        broken.setattr(module, "write_autosave", failing("The disk is full."))
        desk.workspace.autosave()
    assert desk.told == ["The disk is full."]
    desk.workspace.autosave()

    assert autosave_file(desk.workspace.folder).exists()
