"""What is selected."""

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.remove_clips import RemoveClips
from desktop_app.project.edits.remove_lane import RemoveLane
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Project
from desktop_app.views.timeline.values import TimelineSelection
from tests.unit.desktop_app.controllers.jobs import rain, span

CLIP, LANE = ClipId("clip"), LaneId("lane")


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    del qtbot  # signals need Qt to run
    return Document(Project(lanes=(rain(),)))


def test_the_lane_of_the_selected_clips_is_meant(document: Document) -> None:
    selection = Selection(document)

    before = selection.lane
    selection.select_clips(frozenset({CLIP}))
    assert (before, selection.lane) == (None, document.project.lanes[0])
    assert [clip.id for clip in selection.clips] == [CLIP]


def test_it_tells_of_changes_once(document: Document) -> None:
    selection, told = Selection(document), list[TimelineSelection]()
    selection.changed.connect(told.append)
    for _ in range(2):
        selection.select_clips(frozenset({CLIP}))

    assert len(told) == 1


def test_what_is_removed_is_no_longer_selected(document: Document) -> None:
    selection = Selection(document)
    selection.set(
        TimelineSelection(
            clip_ids=frozenset({CLIP}), span=span(0, 1), lane_ids=(LANE,), focused_lane=LANE
        )
    )
    document.execute(RemoveClips(frozenset({CLIP})))
    assert selection.value.clip_ids == frozenset()
    assert selection.value.span == span(0, 1)
    document.execute(RemoveLane(LANE))
    assert selection.value == TimelineSelection()
    document.undo()
    document.undo()
    assert selection.value == TimelineSelection(), "undo brings clips back, not the selection"
