"""Time within a run of clips; one unit is a latent frame."""

from dataclasses import replace

import pytest

from desktop_app.project.edits import ChangeTime, EditError, KeepTake
from desktop_app.project.ids import MediaId
from desktop_app.project.project import Project, SoundSource
from desktop_app.project.time import Samples
from tests.unit.desktop_app.builders import (
    LANE,
    clip,
    clips_at,
    done,
    frames,
    project_with,
    sound_of,
    span,
    take,
)


def deleted(project: Project, run: tuple[float, float], start: float, end: float) -> Project:
    return done(project, ChangeTime(LANE, span(*run), span(start, end), inserts=False))


def inserted(project: Project, run: tuple[float, float], start: float, end: float) -> Project:
    return done(project, ChangeTime(LANE, span(*run), span(start, end), inserts=True))


TWO = (clip("a", 10, 50), clip("b", 50, 90))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (20, 30, {"a": (10, 40), "b": (40, 80)}),
        (40, 60, {"a": (10, 40), "b": (40, 70)}),
        (60, 80, {"a": (10, 50), "b": (50, 70)}),
        (80, 95, {"a": (10, 50), "b": (50, 80)}),
        (5, 20, {"a": (5, 35), "b": (35, 75)}),
        (10, 50, {"b": (10, 50)}),
        (0, 100, {}),
    ],
)
def test_clips_behind_move_up_and_those_at_the_place_become_shorter(
    start: float, end: float, expected: dict[str, tuple[float, float]]
) -> None:
    assert clips_at(deleted(project_with(TWO), (10, 90), start, end)) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (30, {"a": (10, 55), "b": (55, 95)}),
        (50, {"a": (10, 55), "b": (55, 95)}),
        (70, {"a": (10, 50), "b": (50, 95)}),
        (90, {"a": (10, 50), "b": (50, 95)}),
    ],
)
def test_inserted_time_makes_the_clip_longer_that_is_there(
    place: float, expected: dict[str, tuple[float, float]]
) -> None:
    assert clips_at(inserted(project_with(TWO), (10, 90), place, place + 5)) == expected


def test_other_runs_and_lanes_stay_where_they_are() -> None:
    others = (clip("c", 120, 130),)
    project = project_with((*TWO, *others), (clip("d", 0, 200),))

    after = deleted(project, (10, 90), 20, 30)

    assert clips_at(after)["c"] == (120, 130)
    assert clips_at(after, 1) == {"d": (0, 200)}


def test_the_sound_of_the_run_goes_and_other_sound_stays() -> None:
    project = project_with((*TWO, clip("c", 120, 130)))
    for number, (start, end) in enumerate(((0, 90), (120, 130)), start=1):
        project = done(project, KeepTake(LANE, take(f"t{number}", number, start, end)))

    after = deleted(project, (10, 90), 20, 30)

    assert sound_of(after) == [("t1", 0, 10), ("t2", 120, 130)]
    assert after.lanes[0].takes == project.lanes[0].takes


def test_a_sound_that_a_clip_starts_from_loses_what_is_deleted_at_its_beginning() -> None:
    source = SoundSource(media=MediaId("sea.wav"), start=frames(7))
    project = project_with((replace(clip("a", 10, 50), source=source),))

    def start_after(start: float, end: float) -> Samples:
        (changed,) = deleted(project, (10, 50), start, end).lanes[0].clips
        assert changed.source is not None
        return changed.source.start

    assert start_after(5, 30) == frames(7 + 20)
    assert start_after(10, 30) == frames(7 + 20)
    assert start_after(20, 30) == frames(7)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (ChangeTime(LANE, span(10, 80), span(20, 30), inserts=False), "have changed"),
        (ChangeTime(LANE, span(10, 90), span(20, 51), inserts=True), "too near"),
        (ChangeTime(LANE, span(10, 90), span(10.5, 49.8), inserts=False), "shorter than 40 ms"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(edit: ChangeTime, message: str) -> None:
    project = project_with((*TWO, clip("c", 120, 130)))

    with pytest.raises(EditError, match=message):
        edit.apply(project)


def test_a_gap_may_be_filled_to_the_last_frame() -> None:
    project = project_with((*TWO, clip("c", 120, 130)))

    assert clips_at(inserted(project, (10, 90), 20, 50))["b"] == (80, 120)


def test_the_time_of_a_loop_stays() -> None:
    project = project_with((replace(clip("a", 0, 80), is_loop=True),))

    with pytest.raises(EditError, match="Switch Loop off"):
        deleted(project, (0, 80), 10, 20)


def test_its_name_says_what_it_does() -> None:
    change = ChangeTime(LANE, span(0, 9), span(1, 2), inserts=False)

    assert (change.label, replace(change, inserts=True).label) == ("Delete time", "Insert time")
