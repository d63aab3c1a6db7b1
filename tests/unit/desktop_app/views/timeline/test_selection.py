from dataclasses import replace

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Project, Prompt, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.selection import (
    above_or_below,
    beside,
    clicked,
    lane_of,
    pruned,
    selected_clips,
    shown_span,
    spoken,
    with_lane,
)
from desktop_app.views.timeline.values import TimelineSelection


def lane(name: str, *starts: int) -> Lane:
    clips = tuple(
        PromptClip(
            id=ClipId(f"{name}{start}"), span=Span(Samples(start), Samples(start + 50)),
            prompt=Prompt(),
        )
        for start in starts
    )  # fmt: skip
    return Lane(id=LaneId(name), name=name, colour="moss", stream=0, clips=clips)


A, B, C = lane("a", 0, 100, 200), lane("b", 90, 400), lane("c")
LANES = (A, B, C)


def chosen(*names: str, lane_id: str | None = "a") -> TimelineSelection:
    return TimelineSelection(
        clip_ids=frozenset(ClipId(name) for name in names),
        focused_lane=LaneId(lane_id) if lane_id else None,
    )


def test_a_click_selects_only_that_clip() -> None:
    assert clicked(chosen("a0"), A, ClipId("a100")) == chosen("a100")


def test_a_press_on_a_selected_clip_keeps_the_others_for_a_drag() -> None:
    assert clicked(chosen("a0", "a100"), A, ClipId("a0")) == chosen("a0", "a100")


def test_control_lets_a_clip_join_and_leave() -> None:
    assert clicked(chosen("a0"), A, ClipId("a100"), toggles=True) == chosen("a0", "a100")
    assert clicked(chosen("a0"), A, ClipId("a0"), toggles=True) == chosen()


def test_shift_selects_all_clips_between() -> None:
    got = clicked(chosen("a0"), A, ClipId("a200"), extends=True)
    assert got == chosen("a0", "a100", "a200")


def test_a_lane_alone_can_have_the_focus() -> None:
    assert with_lane(chosen("a0"), LaneId("b")) == chosen(lane_id="b")
    assert with_lane(chosen("a0"), None) == chosen(lane_id="a")


def test_what_is_gone_is_no_longer_selected() -> None:
    before = TimelineSelection(
        clip_ids=frozenset({ClipId("a0"), ClipId("b90")}), span=Span(Samples(0), Samples(9)),
        lane_ids=(LaneId("b"),), focused_lane=LaneId("b"),
    )  # fmt: skip
    assert pruned(before, Project(lanes=(A,))) == chosen("a0", lane_id=None)


def test_a_selection_that_all_exists_stays_the_very_same() -> None:
    before = chosen("a0")
    assert pruned(before, Project(lanes=LANES)) is before


def test_selected_clips_come_lane_by_lane() -> None:
    got = selected_clips(chosen("b90", "a100"), LANES)
    assert [clip.id for clip in got] == ["a100", "b90"]


def test_the_ruler_shows_the_selected_time_or_the_selected_clips() -> None:
    time = Span(Samples(3), Samples(7))
    assert shown_span(TimelineSelection(span=time), LANES) == time
    assert shown_span(chosen("a0", "b90"), LANES) == Span(Samples(0), Samples(140))
    assert shown_span(chosen(), LANES) is None


def test_the_selection_can_be_spoken() -> None:
    heavy = replace(
        A.clips[0], prompt=Prompt(text="Rain"), weight=1.2,
        span=Span(Samples(48_000 * 44), Samples(48_000 * 112)),
    )  # fmt: skip
    lanes = (replace(A, clips=(heavy,)), B)
    words = spoken(chosen(heavy.id, "b90"), lanes)
    assert words == "Lane a. Rain. 0:44 to 1:52. Weight 1.2. No words yet. 0:00 to 0:00"
    assert spoken(chosen(lane_id=None), lanes) == ""


def test_the_lane_of_a_clip_is_found() -> None:
    lanes = {entry.id: entry for entry in LANES}
    assert lane_of(lanes, ClipId("b400")) is B
    assert lane_of(lanes, ClipId("nowhere")) is None


def test_arrows_go_from_clip_to_clip() -> None:
    assert beside(chosen("a0"), LANES, 1) == chosen("a100")
    assert beside(chosen("a200"), LANES, -1) == chosen("a100")
    assert beside(chosen("a200"), LANES, 1) is None
    assert beside(chosen(), LANES, 1) == chosen("a0")
    assert beside(chosen(), LANES, -1) == chosen("a200")
    assert beside(chosen(lane_id=None), LANES, 1) is None
    assert beside(chosen(lane_id="c"), LANES, 1) is None


def test_arrows_go_from_lane_to_lane_and_stay_near_in_time() -> None:
    assert above_or_below(chosen("a100"), LANES, 1) == chosen("b90", lane_id="b")
    assert above_or_below(chosen("b400", lane_id="b"), LANES, -1) == chosen("a200")
    assert above_or_below(chosen(), LANES, 1) == chosen(lane_id="b")
    assert above_or_below(chosen("b90", lane_id="b"), LANES, 1) == chosen(lane_id="c")
    assert above_or_below(chosen(lane_id="c"), LANES, 1) is None
    assert above_or_below(chosen(lane_id=None), LANES, 1) == chosen(lane_id="a")
    assert above_or_below(chosen(), (), 1) is None
