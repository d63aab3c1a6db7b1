"""Edits alone, as previews, and beneath a gesture."""

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.document import Document
from desktop_app.project.edits.add_marker import AddMarker
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.move_clips import MoveClips
from desktop_app.project.ids import ClipId, LaneId, MarkerId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples
from tests.unit.desktop_app.controllers.jobs import rain, span

CLIP = frozenset({ClipId("clip")})


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    del qtbot  # signals need Qt to run
    return Document(Project(lanes=(rain(),)))


def moved(seconds: float) -> MoveClips:
    return MoveClips(CLIP, Samples(span(0, seconds).end))


def test_a_refused_edit_is_told_in_words(document: Document) -> None:
    edits, refused = EditRunner(document), list[str]()
    edits.refused.connect(refused.append)

    assert not edits.run(ChangeLane(LaneId("gone"), gain_db=-3.0))
    assert len(refused) == 1


def test_a_refused_preview_keeps_the_last_possible_one_and_is_silent(document: Document) -> None:
    edits, refused = EditRunner(document), list[str]()
    edits.refused.connect(refused.append)
    edits.begin("Move clip")
    edits.run(moved(3))

    assert not edits.run(MoveClips(CLIP, Samples(-1)))
    edits.end(is_kept=True)
    assert document.project.lanes[0].clips[0].span == span(3, 7)
    assert refused == []
    assert document.history == ("Move clip",)


def test_an_edit_beneath_a_drag_neither_ends_it_nor_is_taken_back_with_it(
    document: Document,
) -> None:
    edits = EditRunner(document)
    edits.begin("Move clip")
    edits.run(moved(3))
    edits.run_beneath(AddMarker(MarkerId("marker"), Samples(0)))

    assert document.project.lanes[0].clips[0].span == span(3, 7)
    edits.run(moved(5))
    assert document.project.lanes[0].clips[0].span == span(5, 9)
    edits.end(is_kept=True)
    assert document.history_position == 2
    document.undo()
    assert document.project.lanes[0].clips[0].span == span(0, 4)
    assert len(document.project.markers) == 1


def test_an_edit_beneath_a_drag_that_is_taken_back_stays(document: Document) -> None:
    edits = EditRunner(document)
    edits.begin("Move clip")
    edits.run(moved(3))
    edits.run_beneath(AddMarker(MarkerId("marker"), Samples(0)))
    edits.end(is_kept=False)

    assert document.project.lanes[0].clips[0].span == span(0, 4)
    assert len(document.project.markers) == 1


def test_an_edit_beneath_a_drag_is_one_change_for_those_who_listen(document: Document) -> None:
    edits = EditRunner(document)
    edits.begin("Move clip")
    edits.run(moved(3))
    seen = list[Samples]()
    document.changed.connect(lambda _, after: seen.append(after.lanes[0].clips[0].span.start))
    edits.run_beneath(AddMarker(MarkerId("marker"), Samples(0)))

    assert seen == [span(3, 4).start]


def test_undo_during_a_drag_ends_it_and_the_rest_of_it_is_ignored(document: Document) -> None:
    edits = EditRunner(document)
    edits.begin("Move clip")
    edits.run(moved(3))
    document.undo()

    assert not edits.run(moved(4))
    edits.end(is_kept=True)
    assert document.project.lanes[0].clips[0].span == span(0, 4)
    assert document.history == ()
    assert edits.run(moved(1))


def test_beneath_without_a_gesture_is_an_ordinary_step(document: Document) -> None:
    edits, refused = EditRunner(document), list[str]()
    edits.refused.connect(refused.append)

    assert edits.run_beneath(AddMarker(MarkerId("marker"), Samples(0)))
    assert not edits.run_beneath(AddMarker(MarkerId("marker"), Samples(0)))
    assert len(refused) == 1
