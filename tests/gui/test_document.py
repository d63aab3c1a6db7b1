from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.document import Document
from desktop_app.project.edits import EditError, MoveClips, RenameProject, SetTempo
from desktop_app.project.ids import ClipId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples
from tests.unit.desktop_app.builders import clip, clips_at, frames, project_with

A = frozenset([ClipId("a")])


class Watcher:
    """Counts what a document tells."""

    def __init__(self, document: Document) -> None:
        self.changes: list[tuple[Project, Project]] = []
        self.num_states = 0
        document.changed.connect(lambda before, after: self.changes.append((before, after)))
        document.state_changed.connect(self._on_state_changed)

    def _on_state_changed(self) -> None:
        self.num_states += 1


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(project_with((clip("a", 0, 10), clip("b", 20, 30))))


def move(number: float) -> MoveClips:
    return MoveClips(A, frames(number))


def start_of_a(document: Document) -> float:
    return clips_at(document.project)["a"][0]


def test_a_new_document_is_clean_and_has_no_path_and_no_history(document: Document) -> None:
    assert (document.is_dirty, document.path, document.history) == (False, None, ())
    assert (document.can_undo, document.can_redo) == (False, False)


def test_an_edit_tells_the_project_before_and_after(document: Document) -> None:
    watcher, before = Watcher(document), document.project

    document.execute(move(5))

    assert watcher.changes == [(before, document.project)]
    assert (document.can_undo, document.undo_label, document.is_dirty) == (True, "Move clip", True)


def test_undo_and_redo_return_to_the_same_objects(document: Document) -> None:
    before = document.project
    document.execute(move(5))
    after = document.project

    document.undo()
    assert document.project is before
    assert (document.is_dirty, document.redo_label) == (False, "Move clip")
    document.redo()
    assert document.project is after


def test_an_impossible_edit_changes_and_tells_nothing(document: Document) -> None:
    watcher, before = Watcher(document), document.project

    with pytest.raises(EditError):
        document.execute(move(-1))

    assert document.project is before
    assert (watcher.changes, watcher.num_states) == ([], 0)


def test_an_edit_without_effect_tells_no_change(document: Document) -> None:
    watcher = Watcher(document)

    document.execute(move(0))
    document.undo()

    assert watcher.changes == []
    assert not document.can_undo


def test_previews_start_from_before_the_gesture_and_become_one_step(document: Document) -> None:
    before = document.project
    with document.gesture("Drag clip") as gesture:
        for number in (1, 2, 3):
            gesture.preview(move(number))
            assert start_of_a(document) == number

    assert document.history == ("Drag clip",)
    document.undo()
    assert document.project is before


def test_a_gesture_that_ends_where_it_began_is_no_step(document: Document) -> None:
    before = document.project
    with document.gesture("Drag clip") as gesture:
        gesture.preview(move(3))
        gesture.preview(move(0))

    assert document.history == ()
    assert document.project == before
    assert not document.is_dirty


def test_an_impossible_preview_keeps_the_one_before(document: Document) -> None:
    document.begin_gesture("Drag clip")
    document.preview(move(3))
    with pytest.raises(EditError):
        document.preview(move(-3))

    assert start_of_a(document) == 3


def test_an_abandoned_gesture_leaves_no_trace(document: Document) -> None:
    before = document.project
    document.begin_gesture("Drag clip")
    document.preview(move(3))
    document.abandon_gesture()

    assert document.project is before
    assert document.history == ()


def test_an_exception_abandons_the_gesture(document: Document) -> None:
    before = document.project

    def drag() -> None:
        with document.gesture("Drag clip") as gesture:
            gesture.preview(move(3))
            gesture.preview(move(-3))

    with pytest.raises(EditError):
        drag()

    assert document.project is before
    assert not document.is_in_gesture


def test_undo_during_a_gesture_abandons_it(document: Document) -> None:
    document.execute(move(1))
    document.begin_gesture("Drag clip")
    document.preview(move(3))
    document.undo()

    assert start_of_a(document) == 1
    assert document.history == ("Move clip",)


def test_an_edit_during_a_gesture_commits_it_first(document: Document) -> None:
    document.begin_gesture("Drag clip")
    document.preview(move(3))
    document.execute(SetTempo(90.0, 4))

    assert document.history == ("Drag clip", "Change tempo")


def test_the_settled_project_ignores_a_running_gesture(document: Document) -> None:
    before = document.project
    document.begin_gesture("Drag clip")
    document.preview(move(3))

    assert document.settled_project is before
    assert not document.is_dirty


def test_a_gesture_ends_the_one_before(document: Document) -> None:
    document.begin_gesture("Drag clip")
    document.preview(move(3))
    document.begin_gesture("Drag on")
    document.preview(move(4))
    document.commit_gesture()

    assert document.history == ("Drag clip", "Drag on")
    assert start_of_a(document) == 7


def test_nothing_is_done_again_during_a_gesture(document: Document) -> None:
    document.execute(move(1))
    document.undo()
    document.begin_gesture("Drag clip")
    document.redo()

    assert start_of_a(document) == 0


def test_ending_without_a_gesture_does_nothing(document: Document) -> None:
    watcher = Watcher(document)
    document.commit_gesture()
    document.abandon_gesture()

    assert (watcher.changes, watcher.num_states) == ([], 0)


def test_a_preview_needs_a_gesture(document: Document) -> None:
    with pytest.raises(RuntimeError, match="begin_gesture"):
        document.preview(move(1))


def test_saving_makes_the_document_clean_and_names_it_after_its_folder(
    document: Document, tmp_path: Path
) -> None:
    document.execute(move(1))
    document.mark_saved(tmp_path / "Night bus")

    assert (document.path, document.is_dirty) == (tmp_path / "Night bus", False)
    assert document.project.name == "Night bus"
    document.undo()
    assert (document.project.name, document.is_dirty) == ("Night bus", True)
    document.redo()
    assert not document.is_dirty


def test_what_changed_while_saving_stays_dirty(document: Document, tmp_path: Path) -> None:
    written = document.settled_project
    document.execute(move(1))
    document.mark_saved(tmp_path / "Test", written)

    assert document.is_dirty
    document.undo()
    assert not document.is_dirty


def test_another_project_comes_with_an_empty_history(document: Document, tmp_path: Path) -> None:
    document.execute(move(1))
    watcher, before, other = Watcher(document), document.project, Project(name="Other")

    document.replace(other, tmp_path / "Other")

    assert watcher.changes == [(before, other)]
    assert (document.path, document.is_dirty, document.can_undo) == (
        tmp_path / "Other",
        False,
        False,
    )


def test_a_recovered_project_is_dirty_until_it_is_saved(document: Document, tmp_path: Path) -> None:
    document.replace(Project(name="Found"), tmp_path / "Found", is_dirty=True)
    assert document.is_dirty
    document.mark_saved(tmp_path / "Found")
    assert not document.is_dirty


def test_jumping_goes_to_any_state(document: Document) -> None:
    start = document.project
    document.execute(RenameProject("one"))
    document.execute(RenameProject("two"))
    document.jump(0)

    assert document.project is start
    assert [state.name for state in document.states] == ["Test", "one", "two"]
    assert (document.history_position, document.history) == (0, ("Rename project",) * 2)


def test_a_move_by_nothing_is_clean(document: Document) -> None:
    document.execute(MoveClips(A, Samples(0)))

    assert not document.is_dirty
