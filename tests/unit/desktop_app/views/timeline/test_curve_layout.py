import pytest

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import CurveKind, CurvePoint, Prompt, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.curve_layout import (
    CurveAxis,
    CurveSpot,
    clip_value,
    corners,
    curve_band,
    limits,
    point_places,
    room_for,
    rounded,
    share_of,
    spot_at,
    value_of,
)
from desktop_app.views.timeline.geometry import INSET_PX, TimelineGeometry
from desktop_app.views.timeline.lane_layout import Band, LaneRow

SECOND = 48_000
WEIGHT, GUIDANCE = CurveKind.WEIGHT, CurveKind.GUIDANCE
AXIS = CurveAxis(kind=WEIGHT, band=Band(top=100, height=116))
GEOMETRY = TimelineGeometry(samples_per_px=SECOND / 10, width_px=1_000)
NAME = ClipId("a")


def points(*pairs: tuple[float, float]) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(Samples(round(at * SECOND)), value) for at, value in pairs)


def clip(*pairs: tuple[float, float]) -> PromptClip:
    span = Span(Samples(2 * SECOND), Samples(32 * SECOND))
    return PromptClip(id=NAME, span=span, prompt=Prompt(), weight_curve=points(*pairs))


@pytest.mark.parametrize("kind", CurveKind)
def test_heights_and_values_are_inverse_and_fill_the_axis(kind: CurveKind) -> None:
    low, high = limits(kind)
    for value in (low, 1.0, 1.5, 3.0, high):
        assert value_of(kind, share_of(kind, value)) == pytest.approx(max(value, low))
    assert (value_of(kind, -1.0), value_of(kind, 2.0)) == (low, high)


def test_weight_one_lies_in_the_middle() -> None:
    assert AXIS.y_at(1.0) == 158
    assert AXIS.value_at(158) == pytest.approx(1.0)


def test_values_are_rounded_to_what_a_hand_means() -> None:
    assert rounded(GUIDANCE, 3.456) == 3.5
    assert rounded(WEIGHT, 0.777) == 0.8
    assert rounded(WEIGHT, 0.777, is_fine=True) == 0.78
    assert rounded(WEIGHT, 0.0) == 0.05
    assert rounded(GUIDANCE, 99.0) == 20.0


def test_a_clip_without_a_curve_has_its_number_everywhere() -> None:
    assert clip_value(clip(), WEIGHT, 5.0) == 1.0
    assert [y for _, y in corners(clip(), AXIS, GEOMETRY)] == [158, 158]


def test_the_line_goes_from_the_clips_start_to_its_end() -> None:
    shown = corners(clip((10, 0.5), (20, 2.0)), AXIS, GEOMETRY)
    ends = [shown[0], shown[-1]]
    assert ends == [(INSET_PX + 20.0, AXIS.y_at(0.5)), (INSET_PX + 320.0, AXIS.y_at(2.0))]


def test_points_win_over_the_line_and_both_are_ten_pixels_wide() -> None:
    curved = clip((10, 1.0), (20, 1.0))
    x, y = point_places(curved, AXIS, GEOMETRY)[0]

    def spot(dx: float, dy: float) -> CurveSpot | None:
        return spot_at(x + dx, y + dy, [curved], AXIS, GEOMETRY)

    spots = [spot(5, 0), spot(-5, 5), spot(50, 5), spot(50, -5), spot(50, 7), spot(-150, 0)]
    point, line = CurveSpot(clip_id=NAME, index=0), CurveSpot(clip_id=NAME, index=None)
    assert spots == [point, point, line, line, None, None]


def test_a_steep_line_is_as_wide_as_a_level_one() -> None:
    steep = clip((10, 0.05), (10.5, 4.0))
    (x, top), (right, _) = point_places(steep, AXIS, GEOMETRY)
    middle = (x + right) / 2
    assert spot_at(middle + 4, 158, [steep], AXIS, GEOMETRY) is not None
    assert top == AXIS.y_at(0.05)


def test_a_point_stays_a_frame_from_its_neighbours() -> None:
    line = points((1, 1.0), (2, 1.0), (3, 1.0))
    end = Samples(4 * SECOND)
    assert room_for(line, 1, end, is_new=False) == (SECOND + 1_920, 3 * SECOND - 1_920)
    assert room_for(line, 0, end, is_new=True) == (0, SECOND - 1_920)
    assert room_for(line, 2, end, is_new=False) == (2 * SECOND + 1_920, end)
    near = (CurvePoint(Samples(0), 1.0), CurvePoint(Samples(2_000), 1.0))
    assert room_for(near, 1, end, is_new=True) is None


def test_a_folded_lane_shows_no_curve() -> None:
    row = LaneRow(
        lane_id=LaneId("a"), index=0, band=Band(top=0, height=40), strip=Band(top=2, height=36),
        comb=None, wave=None, spectrogram=None,
    )  # fmt: skip
    assert curve_band(row) is None
