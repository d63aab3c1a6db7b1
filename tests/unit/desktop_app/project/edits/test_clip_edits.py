from dataclasses import replace

import pytest

from desktop_app.project.edits import (
    AddClip,
    ChangeClips,
    DuplicateClips,
    Edit,
    EditError,
    MoveClips,
    RemoveClips,
    SplitClip,
    TrimClip,
)
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import (
    MAX_PROMPT_CHARACTERS,
    Project,
    PromptClip,
    TransitionKind,
)
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span
from tests.unit.desktop_app.builders import LANE, clip, clips_at, frames, project_with, span

OTHER = LaneId("lane1")
A, B, X = ClipId("a"), ClipId("b"), ClipId("x")


def two_clips() -> Project:
    return project_with((clip("a", 0, 10), clip("b", 20, 30)), ())


def ids(*names: str) -> frozenset[ClipId]:
    return frozenset(ClipId(name) for name in names)


def change(**values: object) -> ChangeClips:
    return ChangeClips(ids("a"), **values)  # type: ignore[arg-type]  # one helper for all fields


def first_clip(project: Project) -> PromptClip:
    return project.lanes[0].clips[0]


def test_a_clip_is_added_in_order_of_time() -> None:
    project = AddClip(LANE, clip("x", 12, 18)).apply(two_clips())

    assert clips_at(project) == {"a": (0, 10), "x": (12, 18), "b": (20, 30)}


def test_clips_may_touch_and_overlap() -> None:
    project = AddClip(LANE, clip("x", 10, 25)).apply(two_clips())

    assert list(clips_at(project)) == ["a", "x", "b"]


def test_only_the_named_clips_move() -> None:
    assert clips_at(MoveClips(ids("b"), frames(5)).apply(two_clips())) == {
        "a": (0, 10),
        "b": (25, 35),
    }


def test_a_clip_can_jump_over_another() -> None:
    assert list(clips_at(MoveClips(ids("a"), frames(40)).apply(two_clips()))) == ["b", "a"]


def test_clips_move_to_other_lanes() -> None:
    before = two_clips()

    after = MoveClips(ids("b"), frames(1), lane_delta=1).apply(before)

    assert (clips_at(after, 0), clips_at(after, 1)) == ({"a": (0, 10)}, {"b": (21, 31)})


def test_clips_of_two_lanes_move_together_one_lane_down() -> None:
    before = project_with((clip("a", 0, 9),), (clip("b", 0, 9),), ())

    after = MoveClips(ids("a", "b"), Samples(0), lane_delta=1).apply(before)

    assert [list(clips_at(after, lane)) for lane in range(3)] == [[], ["a"], ["b"]]


def test_lanes_without_a_moved_clip_are_shared() -> None:
    before = project_with((clip("a", 0, 9),), (clip("b", 0, 9),))

    assert MoveClips(ids("a"), frames(1)).apply(before).lanes[1] is before.lanes[1]


def test_a_clip_is_trimmed_at_both_ends() -> None:
    assert clips_at(TrimClip(A, span(2, 15)).apply(two_clips()))["a"] == (2, 15)


def test_the_parts_of_a_split_clip_touch_and_keep_the_prompt() -> None:
    before = change(transition=TransitionKind.CUT, weight=2.0).apply(two_clips())

    left, right, _ = SplitClip(A, frames(4), X).apply(before).lanes[0].clips

    assert (left.id, left.span, left.transition) == (A, span(0, 4), TransitionKind.CUT)
    assert (right.id, right.span, right.transition) == (X, span(4, 10), TransitionKind.AUTO)
    assert left.prompt == right.prompt == clip("a", 0, 10).prompt
    assert left.weight == right.weight == 2.0


def test_duplicates_keep_everything_but_name_and_place() -> None:
    before = change(weight=0.5).apply(two_clips())

    copy = DuplicateClips(ids("a"), frames(10), {A: X}).apply(before).lanes[0].clips[1]

    assert copy == replace(first_clip(before), id=X, span=span(10, 20))


def test_several_clips_are_duplicated_at_once() -> None:
    edit = DuplicateClips(ids("a", "b"), frames(30), {A: ClipId("a2"), B: ClipId("b2")})

    assert list(clips_at(edit.apply(two_clips()))) == ["a", "b", "a2", "b2"]


def test_clips_are_removed_from_every_lane() -> None:
    before = project_with((clip("a", 0, 9), clip("c", 9, 19)), (clip("b", 0, 9),), ())

    after = RemoveClips(ids("a", "b")).apply(before)

    assert [list(clips_at(after, lane)) for lane in range(2)] == [["c"], []]
    assert after.lanes[2] is before.lanes[2]


def test_only_the_given_values_of_the_named_clips_change() -> None:
    before = two_clips()

    after = change(text="rain", guidance_scale=5.0, uses_everywhere=False).apply(before)

    a, b = after.lanes[0].clips
    assert (a.prompt.text, a.prompt.leave_out) == ("rain", "")
    assert (a.guidance_scale, a.uses_everywhere, a.weight) == (5.0, False, 1.0)
    assert b is before.lanes[0].clips[1]
    assert after.lanes[1] is before.lanes[1]


def test_what_is_left_out_changes_alone() -> None:
    prompt = first_clip(change(leave_out="wind").apply(two_clips())).prompt

    assert (prompt.text, prompt.leave_out) == ("sound a", "wind")


def test_the_length_of_a_transition_can_be_set_and_given_back_to_the_kind() -> None:
    fixed = change(transition_duration=frames(3)).apply(two_clips())
    freed = change(transition_duration=None).apply(fixed)

    assert first_clip(fixed).transition_duration == frames(3)
    assert first_clip(freed).transition_duration is None


LAST = MAX_TIMELINE_SAMPLES


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (AddClip(LANE, clip("a", 40, 50)), "already has a clip"),
        (AddClip(LaneId("x"), clip("x", 40, 50)), "no lane “x”"),
        (AddClip(LANE, clip("x", 2, 8)), "“sound x” would lie inside another clip"),
        (AddClip(LANE, clip("x", 20, 40)), "“sound b” would lie inside another clip"),
        (AddClip(LANE, clip("x", 15, 30)), "“sound b” would lie inside another clip"),
        (AddClip(LANE, clip("x", 20, 30)), "would lie inside another clip"),
        (AddClip(LANE, clip("x", 40, 40.5)), "shorter than 40 ms"),
        (AddClip(LANE, clip("x", 40, 50, "a" * (MAX_PROMPT_CHARACTERS + 1))), "2001 characters"),
        (MoveClips(ids("x"), frames(1)), "no clip “x”"),
        (MoveClips(ids("b"), frames(-21)), "before the beginning"),
        (MoveClips(ids("b"), LAST), "after the last hour"),
        (MoveClips(ids("b"), Samples(0), lane_delta=-1), "no lane there"),
        (MoveClips(ids("b"), Samples(0), lane_delta=2), "no lane there"),
        (MoveClips(ids("b"), frames(-20)), "inside another clip"),
        (TrimClip(X, span(0, 1)), "no clip “x”"),
        (TrimClip(A, span(0, 30)), "inside another clip"),
        (TrimClip(A, Span(Samples(0), Samples(1919))), "shorter than 40 ms"),
        (SplitClip(X, frames(2), A), "no clip “x”"),
        (SplitClip(A, frames(0), X), "between its start and its end"),
        (SplitClip(A, frames(10), X), "between its start and its end"),
        (SplitClip(A, frames(0.5), X), "shorter than 40 ms"),
        (SplitClip(A, frames(2), B), "already has a clip “b”"),
        (DuplicateClips(ids("x"), frames(30), {}), "no clip “x”"),
        (DuplicateClips(ids("a"), frames(30), {}), "has no name"),
        (DuplicateClips(ids("a"), frames(30), {A: B}), "not in the project yet"),
        (DuplicateClips(ids("a", "b"), frames(30), {A: X, B: X}), "not in the project yet"),
        (DuplicateClips(ids("a"), frames(0), {A: X}), "inside another clip"),
        (DuplicateClips(ids("a"), frames(-1), {A: X}), "before the beginning"),
        (RemoveClips(ids("a", "x")), "no clip “x”"),
        (ChangeClips(ids("x"), text=""), "no clip “x”"),
        (change(text="a" * 2_001), "2001 characters; at most 2000"),
        (change(leave_out="a" * 2_001), "2001 characters"),
        (change(guidance_scale=0.99), "between 1 and 20"),
        (change(guidance_scale=float("nan")), "between 1 and 20"),
        (change(weight=0.0), "above 0"),
        (change(weight=4.01), "between 0 and 4"),
        (change(transition_duration=-1), "length of a transition"),
    ],
)
def test_impossible_edits_of_clips_say_why(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit.apply(two_clips())


def test_at_most_two_clips_sound_at_the_same_time() -> None:
    crowded = project_with((clip("a", 0, 10), clip("b", 8, 20)))
    touching = AddClip(LANE, clip("x", 10, 30)).apply(crowded)

    assert list(clips_at(touching)) == ["a", "b", "x"]
    with pytest.raises(EditError, match="Three clips would overlap at “sound b”"):
        AddClip(LANE, clip("x", 9.5, 30)).apply(crowded)


def test_long_and_empty_prompts_are_named_shortly() -> None:
    long = project_with((clip("a", 0, 10, "a" * 41),))
    empty = project_with((clip("a", 0, 10, " "),))

    with pytest.raises(EditError, match=f"“{'a' * 39}…” would"):
        AddClip(LANE, clip("x", 0, 11)).apply(long)
    with pytest.raises(EditError, match=r"^An empty clip would"):
        AddClip(LANE, clip("x", 0, 11)).apply(empty)


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (AddClip(LANE, clip("x", 0, 1)), "Add clip"),
        (MoveClips(ids("a"), frames(1)), "Move clip"),
        (MoveClips(ids("a", "b", "c"), frames(1)), "Move 3 clips"),
        (TrimClip(A, span(0, 1)), "Trim clip"),
        (SplitClip(A, frames(1), X), "Split clip"),
        (DuplicateClips(ids("a"), frames(1), {}), "Duplicate clip"),
        (RemoveClips(ids("a", "b")), "Remove 2 clips"),
        (change(text=""), "Change prompt"),
        (change(uses_everywhere=True), "Use Everywhere prompt"),
        (change(uses_everywhere=False), "Leave out Everywhere prompt"),
        (change(text="", weight=1.0), "Change clip"),
        (ChangeClips(ids("a", "b")), "Change clips"),
    ],
)
def test_edits_of_clips_say_what_they_do(edit: Edit, label: str) -> None:
    assert edit.label == label
