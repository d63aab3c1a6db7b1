"""What the inspector says about cohesion; one unit is a latent frame of 40 ms."""

from dataclasses import replace

import pytest

from desktop_app.controllers.cohesion_words import cohesion_facts
from desktop_app.project.project import Lane, Project
from desktop_app.views.prompts.values import CohesionFacts
from tests.unit.desktop_app.builders import clip, project_with


def facts(
    end: float, *, is_loop: bool = False, bars: float = 1.0, bpm: float = 120.0
) -> CohesionFacts:
    piece = replace(clip("a", 0, end), is_loop=is_loop)
    project = replace(project_with((piece,)), tempo_bpm=bpm)
    lane = with_period(project.lanes[0], bars)
    return cohesion_facts(project, lane, (lane.clips,))


def with_period(lane: Lane, bars: float) -> Lane:
    return replace(lane, settings=replace(lane.settings, period_bars=bars))


@pytest.mark.parametrize(
    ("bpm", "words"),
    [(120.0, "2.00 s"), (110.0, "2.20 s, +18 ms"), (133.0, "1.80 s, \u22125 ms")],
)
def test_the_period_is_told_with_what_it_misses(bpm: float, words: str) -> None:
    assert facts(400, bpm=bpm).period == words


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (200, "4 times in this loop."),
        (248, "5 times, the last 80 ms shorter."),
        (352, "7 times, the last 80 ms longer."),
    ],
)
def test_a_loop_tells_how_often_it_comes_back(end: float, words: str) -> None:
    assert facts(end, is_loop=True).repetition == words


def test_nothing_comes_back_in_sound_of_one_period() -> None:
    assert facts(101, bars=2.0).can_repeat
    short = facts(100, bars=2.0)
    assert not short.can_repeat
    assert "nothing would come back" in short.repetition
    assert not facts(200, is_loop=True, bars=8.0).can_repeat


def test_one_window_has_no_beginning_to_borrow_from() -> None:
    """The starter's window has 128 frames; a loop of that length has two windows."""
    assert facts(129).can_borrow
    assert not facts(128).can_borrow
    assert "more than 5.12 s" in facts(128).reference
    assert facts(128, is_loop=True).can_borrow


def test_a_lane_can_what_one_of_its_pieces_can() -> None:
    project = project_with((clip("a", 0, 40), clip("b", 100, 300)))
    lane = project.lanes[0]
    short, long = ((each,) for each in lane.clips)

    both = cohesion_facts(project, lane, (short, long))
    assert (both.can_repeat, both.can_borrow) == (True, True)
    one = cohesion_facts(project, lane, (short,))
    assert (one.can_repeat, one.can_borrow) == (False, False)
    none = cohesion_facts(Project(), lane, ())
    assert (none.can_repeat, none.can_borrow, none.period) == (True, True, "2.00 s")
