import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span
from desktop_app.views.timeline.geometry import DEFAULT_DURATION, INSET_PX, TimelineGeometry


def geometry(**changes: float) -> TimelineGeometry:
    values = {"samples_per_px": 4_800.0, "width_px": 1_000, "content_end": 48_000 * 600}
    return TimelineGeometry(**{**values, **changes})  # type: ignore[arg-type]


def test_time_zero_lies_behind_the_inset() -> None:
    assert geometry().x_at(0) == INSET_PX


@given(position=st.integers(0, 48_000 * 600), zoom=st.floats(4, 60_000))
def test_going_to_pixels_and_back_loses_nothing(position: int, zoom: float) -> None:
    shown = geometry(samples_per_px=zoom, scroll_px=17.0)
    assert abs(shown.samples_at(shown.x_at(position)) - position) <= 1


def test_positions_never_leave_the_timeline() -> None:
    assert geometry().samples_at(-500) == 0
    assert geometry(samples_per_px=1e9).samples_at(1e6) == MAX_TIMELINE_SAMPLES


def test_distances_may_be_negative() -> None:
    assert geometry().samples_in(-2) == -9_600


@given(factor=st.floats(0.2, 5), about=st.floats(100, 900))
def test_zooming_keeps_the_time_under_the_pointer(factor: float, about: float) -> None:
    before = geometry(scroll_px=2_000.0)
    after = before.zoomed(factor, about)
    if 0 < after.scroll_px < after.max_scroll_px:
        assert after.samples_at(about) == pytest.approx(before.samples_at(about), abs=2)


def test_zoom_ends_at_twice_the_content() -> None:
    widest = geometry().zoomed(1e-6, 0)
    assert widest.samples_per_px == pytest.approx(2 * 48_000 * 600 / (1_000 - 2 * INSET_PX))


def test_zoom_ends_at_a_few_samples_a_pixel() -> None:
    assert geometry().zoomed(1e9, 0).samples_per_px == 4.0


def test_scrolling_ends_where_the_content_ends() -> None:
    assert geometry().scrolled_to(-5).scroll_px == 0
    far = geometry().scrolled_to(1e9)
    assert far.x_at(48_000 * 600) == pytest.approx(INSET_PX + 492)


def test_fitting_shows_everything_from_edge_to_edge() -> None:
    fitted = geometry(scroll_px=300.0).fitted()
    assert fitted.x_at(0) == INSET_PX
    assert fitted.x_at(48_000 * 600) == pytest.approx(1_000 - INSET_PX)


def test_an_empty_project_shows_three_minutes() -> None:
    assert geometry(content_end=0).fitted().x_at(DEFAULT_DURATION) == pytest.approx(992)


def test_a_span_fills_the_view() -> None:
    span = Span(Samples(48_000 * 60), Samples(48_000 * 70))
    shown = geometry().to_span(span)
    assert shown.x_at(span.start) == pytest.approx(INSET_PX)
    assert shown.x_at(span.end) == pytest.approx(992)


def test_a_span_is_revealed_only_when_nothing_of_it_is_in_view() -> None:
    shown = geometry(scroll_px=2_000.0)
    inside = Span(Samples(0), Samples(48_000 * 201 + 480_000))
    assert shown.revealing(inside) == shown
    for start in (0, 48_000 * 400):
        span = Span(Samples(start), Samples(start + 48_000))
        assert shown.revealing(span).x_at(start) == pytest.approx(8 if start == 0 else 40)


def test_the_visible_part_is_what_lies_between_the_edges() -> None:
    first, last = geometry(scroll_px=108.0).visible
    assert (first, last) == (480_000, 480_000 + 4_800_000)


def test_the_same_time_can_fill_another_width() -> None:
    fitted = geometry().fitted().stretched_to(500)
    assert fitted.x_at(48_000 * 600) == pytest.approx(492)


def test_another_width_or_content_keeps_place_and_zoom() -> None:
    before = geometry(scroll_px=40.0)
    after = before.resized(0).for_content(Samples(5))
    assert (after.width_px, after.content_end) == (1, 5)
    assert (after.scroll_px, after.samples_per_px) == (40.0, 4_800.0)
