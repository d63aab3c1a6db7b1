import numpy as np
import pytest

from desktop_app.project.ids import ClipId
from desktop_app.project.project import Prompt, PromptClip, TransitionKind
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.clip_layout import box_of, clip_boxes, crossing_curve, ribbon
from desktop_app.views.timeline.geometry import INSET_PX, TimelineGeometry

GEOMETRY = TimelineGeometry(samples_per_px=100.0)


def clip(name: str, start: int, end: int, weight: float = 1.0) -> PromptClip:
    return PromptClip(
        id=ClipId(name), span=Span(Samples(start), Samples(end)), prompt=Prompt(text=name),
        weight=weight, transition=TransitionKind.BLEND,
    )  # fmt: skip


def test_clips_lie_where_their_time_is() -> None:
    (box,) = clip_boxes([clip("a", 1_000, 21_000)], GEOMETRY)
    assert (box.left, box.right) == (INSET_PX + 10, INSET_PX + 210)
    assert box.width == 200


def test_neighbours_share_their_overlap_and_its_kind() -> None:
    first, second = clip_boxes([clip("a", 0, 20_000), clip("b", 17_000, 40_000)], GEOMETRY)
    assert first.overlap_right == second.overlap_left == 30
    assert first.overlap_left == second.overlap_right == 0
    assert first.kind_right is TransitionKind.BLEND


def test_clips_that_only_touch_do_not_overlap() -> None:
    first, second = clip_boxes([clip("a", 0, 20_000), clip("b", 20_000, 40_000)], GEOMETRY)
    assert first.overlap_right == second.overlap_left == 0


def test_the_text_keeps_clear_of_overlaps_and_of_the_tag() -> None:
    first, second = clip_boxes([clip("a", 0, 20_000, 1.2), clip("b", 17_000, 40_000)], GEOMETRY)
    assert first.tag is not None
    assert first.text() == (first.left + 8, first.tag[0] - 8)
    assert second.text() == (second.left + 30 + 8, second.right - 8)


def test_the_text_stays_in_view_while_the_clip_is_scrolled_away() -> None:
    scrolled = GEOMETRY.scrolled_to(0)
    (box,) = clip_boxes([clip("a", 0, 20_000)], scrolled)
    assert box.text(view_left=100) == (108, box.right - 8)
    assert box.text(view_left=box.right - 15) is None


def test_narrow_clips_show_no_text() -> None:
    (box,) = clip_boxes([clip("a", 0, 4_700)], GEOMETRY)
    assert box.text() is None


def test_the_weight_is_told_only_where_it_is_not_one_and_fits() -> None:
    plain, heavy, narrow = clip_boxes(
        [clip("a", 0, 20_000), clip("b", 20_000, 40_000, 0.8), clip("c", 40_000, 42_000, 2.0)],
        GEOMETRY,
    )
    assert (plain.weight_text, plain.tag) == ("", None)
    assert heavy.weight_text == "×0.8"
    assert heavy.tag is not None
    assert narrow.tag is None


def test_longer_weights_have_wider_tags() -> None:
    short, long = clip_boxes([clip("a", 0, 9_000, 1.2), clip("b", 9_000, 20_000, 1.25)], GEOMETRY)
    assert long.tag_width > short.tag_width


def test_the_crossing_is_a_smoothstep_from_corner_to_corner() -> None:
    points = crossing_curve(10.0, 24.0, top=4.0, bottom=32.0)
    assert tuple(points[0]) == (10.0, 32.0)
    assert tuple(points[-1]) == (34.0, 4.0)
    assert points[12] == pytest.approx([22.0, 18.0])
    assert np.all(np.diff(points[:, 1]) <= 0)


def test_a_ribbon_lies_half_its_thickness_beside_the_curve() -> None:
    corners = ribbon(np.array([[0.0, 5.0], [10.0, 5.0]]), 2.0)
    assert corners.tolist() == [[0, 6], [10, 6], [10, 4], [0, 4]]


def test_a_clip_is_found_by_its_name() -> None:
    boxes = clip_boxes([clip("a", 0, 20_000)], GEOMETRY)
    assert box_of(boxes, ClipId("a")) is boxes[0]
    assert box_of(boxes, ClipId("b")) is None
