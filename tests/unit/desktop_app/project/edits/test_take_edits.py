from dataclasses import replace

import pytest

from desktop_app.project.edits import (
    ChangeTake,
    Edit,
    EditError,
    KeepTake,
    RemoveTake,
    UseTake,
)
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import Project
from tests.unit.desktop_app.builders import LANE, done, project_with, sound_of, span, take

A, B, X = TakeId("a"), TakeId("b"), TakeId("x")


def two_takes() -> Project:
    """Take a from 0 to 100 under take b from 50 to 60."""
    return done(
        project_with((), ()),
        KeepTake(LANE, take("a", 1, 0, 100)),
        KeepTake(LANE, take("b", 2, 50, 60)),
    )


def test_a_kept_take_plays_over_its_span_and_cuts_what_lies_under_it() -> None:
    assert sound_of(two_takes()) == [("a", 0, 50), ("b", 50, 60), ("a", 60, 100)]


def test_a_take_can_be_kept_without_playing() -> None:
    after = KeepTake(LANE, take("x", 3, 0, 100), plays=False).apply(two_takes())

    assert sound_of(after) == sound_of(two_takes())
    assert [str(kept.id) for kept in after.lanes[0].takes] == ["a", "b", "x"]


def test_keeping_a_take_counts_on() -> None:
    assert two_takes().lanes[0].next_take_number == 3
    assert KeepTake(LANE, take("x", 7, 0, 1)).apply(two_takes()).lanes[0].next_take_number == 8


def test_a_take_whose_number_is_given_away_gets_the_next_one() -> None:
    after = KeepTake(LANE, take("x", 1, 0, 9)).apply(two_takes())

    assert [kept.number for kept in after.lanes[0].takes] == [1, 2, 3]
    assert after.lanes[0].next_take_number == 4


def test_a_number_is_not_given_out_again_after_the_take_is_removed() -> None:
    after = done(two_takes(), RemoveTake(LANE, B))

    assert after.lanes[0].next_take_number == 3


def test_a_take_is_used_over_all_of_its_span() -> None:
    assert sound_of(UseTake(LANE, A).apply(two_takes())) == [("a", 0, 100)]


def test_a_take_is_used_over_a_part() -> None:
    after = UseTake(LANE, A, span(55, 70)).apply(two_takes())

    assert sound_of(after) == [("a", 0, 50), ("b", 50, 55), ("a", 55, 100)]


def test_a_range_that_covers_several_blocks_replaces_them() -> None:
    before = KeepTake(LANE, take("x", 3, 10, 200)).apply(two_takes())

    assert sound_of(before) == [("a", 0, 10), ("x", 10, 200)]


def test_removing_a_take_leaves_silence() -> None:
    after = RemoveTake(LANE, B).apply(two_takes())

    assert sound_of(after) == [("a", 0, 50), ("a", 60, 100)]
    assert [str(kept.id) for kept in after.lanes[0].takes] == ["a"]


def test_only_the_given_values_of_a_take_change() -> None:
    before = two_takes()

    named = ChangeTake(LANE, B, name="Best").apply(before)
    liked = ChangeTake(LANE, B, is_favourite=True).apply(named)

    assert named.lanes[0].takes[1] == replace(before.lanes[0].takes[1], name="Best")
    assert (liked.lanes[0].takes[1].name, liked.lanes[0].takes[1].is_favourite) == ("Best", True)
    assert liked.lanes[0].takes[0] is before.lanes[0].takes[0]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (KeepTake(LaneId("x"), take("x", 3, 0, 1)), "no lane “x”"),
        (KeepTake(LaneId("lane1"), take("a", 3, 0, 1)), "already has a take “a”"),
        (KeepTake(LANE, take("x", 0, 0, 1)), "numbered from 1"),
        (UseTake(LaneId("x"), A), "no lane “x”"),
        (UseTake(LANE, X), "no take “x” on the lane “Lane 1”"),
        (UseTake(LaneId("lane1"), A), "no take “a” on the lane “Lane 2”"),
        (UseTake(LANE, B, span(49, 55)), "Take 2 has no sound in a part"),
        (UseTake(LANE, B, span(70, 80)), "Take 2 has no sound in a part"),
        (RemoveTake(LANE, X), "no take “x”"),
        (ChangeTake(LANE, X, name=""), "no take “x”"),
        (ChangeTake(LANE, A, name="a" * 256), "256 characters"),
    ],
)
def test_impossible_edits_of_takes_say_why(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit.apply(two_takes())


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (KeepTake(LANE, take("x", 3, 0, 1)), "Keep take"),
        (UseTake(LANE, A), "Use take"),
        (RemoveTake(LANE, A), "Remove take"),
        (ChangeTake(LANE, A, name="x"), "Rename take"),
        (ChangeTake(LANE, A, is_favourite=True), "Mark as favourite"),
        (ChangeTake(LANE, A, is_favourite=False), "Remove favourite mark"),
    ],
)
def test_edits_of_takes_say_what_they_do(edit: Edit, label: str) -> None:
    assert edit.label == label
