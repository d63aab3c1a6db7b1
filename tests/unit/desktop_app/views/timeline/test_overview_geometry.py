import pytest

from desktop_app.project.time import Samples
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.overview_geometry import OverviewGeometry, OverviewPart

MINUTE = 60 * 48_000


def overview(scroll_px: float = 1_000.0) -> OverviewGeometry:
    """Ten minutes over a thousand pixels; the view shows 1,000 s / 10 = 100 s of them."""
    timeline = TimelineGeometry(
        samples_per_px=4_800.0, scroll_px=scroll_px, width_px=1_000,
        content_end=Samples(10 * MINUTE),
    )  # fmt: skip
    return OverviewGeometry(width_px=1_000, timeline=timeline)


def test_the_frame_is_the_part_in_view() -> None:
    left, right = overview().frame
    assert right - left == pytest.approx(100 / 600 * 1_000, rel=1e-3)
    assert left == pytest.approx(99.2 / 600 * 1_000, rel=1e-3)


def test_what_is_in_view_beyond_the_content_belongs_to_the_whole() -> None:
    timeline = TimelineGeometry(samples_per_px=48_000.0, width_px=1_000)
    assert OverviewGeometry(width_px=500, timeline=timeline).total == timeline.visible[1]


@pytest.mark.parametrize(
    ("x", "part"),
    [
        (166, OverviewPart.LEFT_GRIP),
        (330, OverviewPart.RIGHT_GRIP),
        (250, OverviewPart.FRAME),
        (20, OverviewPart.OUTSIDE),
        (600, OverviewPart.OUTSIDE),
    ],
)
def test_the_frame_has_grips(x: float, part: OverviewPart) -> None:
    assert overview().part_at(x) is part


def test_dragging_the_frame_pans() -> None:
    panned = overview().panned(100)
    assert panned.scroll_px == pytest.approx(1_000 + 100 * 6)
    assert panned.samples_per_px == 4_800.0


def test_a_click_outside_goes_there() -> None:
    centred = overview().centred(500)
    assert centred.samples_at(500) == pytest.approx(5 * MINUTE, abs=48_000)


def test_dragging_a_grip_zooms_and_keeps_the_other_end() -> None:
    wider = overview().stretched(OverviewPart.RIGHT_GRIP, 500)
    assert wider.visible[0] == pytest.approx(overview().timeline.visible[0], abs=100_000)
    assert wider.visible[1] == pytest.approx(5 * MINUTE, abs=200_000)
    further = overview().stretched(OverviewPart.LEFT_GRIP, 0)
    assert further.visible[0] == 0


def test_a_grip_cannot_pass_the_other_one() -> None:
    narrow = overview().stretched(OverviewPart.RIGHT_GRIP, 0)
    assert narrow.samples_per_px == pytest.approx(16, rel=0.01)
    also_narrow = overview().stretched(OverviewPart.LEFT_GRIP, 999)
    assert also_narrow.samples_per_px == pytest.approx(16, rel=0.01)
