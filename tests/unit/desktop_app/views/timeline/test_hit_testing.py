import pytest

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Prompt, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.hit_testing import Hit, Part, hit_at
from desktop_app.views.timeline.lane_layout import lane_rows
from desktop_app.views.timeline.values import SoundView

GEOMETRY = TimelineGeometry(samples_per_px=100.0)


def clip(name: str, start: int, end: int, weight: float = 1.0) -> PromptClip:
    span = Span(Samples(start), Samples(end))
    return PromptClip(id=ClipId(name), span=span, prompt=Prompt(), weight=weight)


LANE = Lane(
    id=LaneId("one"), name="One", colour="moss", stream=0,
    clips=(clip("a", 1_000, 21_000), clip("b", 19_000, 41_000, 1.5)),
)  # fmt: skip
ROWS = lane_rows([LANE], {}, SoundView.BOTH)


def part_at(x: float, y: float = 18) -> tuple[Part, str | None]:
    hit = hit_at(x, y, ROWS, {LANE.id: LANE}, GEOMETRY)
    return hit.part, hit.clip_id


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (4, (Part.STRIP, None)),
        (15, (Part.CLIP_START, "a")),  # Just outside.
        (18, (Part.CLIP_START, "a")),
        (26, (Part.CLIP, "a")),
        (200, (Part.CLIP_START, "b")),  # Its start lies in the crossing.
        (207, (Part.CLIP, "a")),
        (209, (Part.CLIP, "b")),
        (215, (Part.CLIP_END, "a")),
        (395, (Part.WEIGHT_TAG, "b")),
        (300, (Part.CLIP, "b")),
        (415, (Part.CLIP_END, "b")),
        (421, (Part.CLIP_END, "b")),  # Just outside.
        (430, (Part.STRIP, None)),
    ],
)
def test_the_strip_knows_the_parts_of_its_clips(
    x: float, expected: tuple[Part, str | None]
) -> None:
    assert part_at(x) == expected


def test_a_narrow_clip_keeps_a_body_between_its_edges() -> None:
    lane = Lane(id=LANE.id, name="", colour="moss", stream=0, clips=(clip("a", 1_000, 2_600),))
    hit = hit_at(26, 18, ROWS, {lane.id: lane}, GEOMETRY)
    assert hit == Hit(part=Part.CLIP, lane_id=LANE.id, clip_id=ClipId("a"))


def test_below_the_strip_lies_the_sound() -> None:
    assert part_at(100, 60) == (Part.SOUND, None)


def test_below_the_lanes_a_new_lane_can_begin() -> None:
    assert part_at(100, 900) == (Part.NEW_LANE, None)
    assert part_at(100, -5) == (Part.NOTHING, None)
    assert hit_at(5, 5, (), {}, GEOMETRY).part is Part.NEW_LANE


def test_only_parts_of_clips_belong_to_clips() -> None:
    assert hit_at(100, 18, ROWS, {LANE.id: LANE}, GEOMETRY).is_clip
    assert not hit_at(100, 60, ROWS, {LANE.id: LANE}, GEOMETRY).is_clip
