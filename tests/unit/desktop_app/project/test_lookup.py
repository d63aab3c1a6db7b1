import pytest

from desktop_app.project.edits import KeepTake
from desktop_app.project.errors import UnknownIdError
from desktop_app.project.ids import ClipId, LaneId, MarkerId, TakeId
from desktop_app.project.lookup import (
    clip_by_id,
    clips_by_ids,
    island_span,
    islands,
    lane_by_id,
    marker_by_id,
    take_by_id,
)
from desktop_app.project.project import Project
from tests.unit.desktop_app.builders import LANE, clip, project_with, span, take


def project() -> Project:
    made = project_with((clip("a", 0, 10), clip("b", 20, 30)), (clip("c", 0, 10),))
    return KeepTake(LANE, take("t", 1, 0, 10)).apply(made)


def test_things_are_found_with_the_lane_they_lie_on() -> None:
    here = project()

    assert lane_by_id(here, LaneId("lane1")) is here.lanes[1]
    assert clip_by_id(here, ClipId("c")) == (here.lanes[1], here.lanes[1].clips[0])
    assert take_by_id(here, TakeId("t")) == (here.lanes[0], here.lanes[0].takes[0])
    assert list(clips_by_ids(here, [ClipId("c"), ClipId("a")])) == ["a", "c"]


def test_unknown_names_are_told() -> None:
    here = project()

    with pytest.raises(UnknownIdError, match="no lane “x”"):
        lane_by_id(here, LaneId("x"))
    with pytest.raises(UnknownIdError, match="no clip “x”"):
        clip_by_id(here, ClipId("x"))
    with pytest.raises(UnknownIdError, match="no take “x”"):
        take_by_id(here, TakeId("x"))
    with pytest.raises(UnknownIdError, match="no marker “x”"):
        marker_by_id(here, MarkerId("x"))


def test_islands_are_runs_of_clips_that_touch_or_overlap() -> None:
    clips = (clip("a", 0, 10), clip("b", 10, 20), clip("c", 15, 30), clip("d", 31, 40))
    runs = islands(project_with(clips).lanes[0])

    assert [[str(clip.id) for clip in run] for run in runs] == [["a", "b", "c"], ["d"]]
    assert [island_span(run) for run in runs] == [span(0, 30), span(31, 40)]


def test_an_empty_lane_has_no_islands() -> None:
    assert islands(project_with(()).lanes[0]) == ()
