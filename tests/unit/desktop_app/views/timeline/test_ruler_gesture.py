from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.ruler_gesture import RulerGesture
from desktop_app.views.timeline.snap import Snap

SHOWN = TimelineGeometry(samples_per_px=100.0)
LOOP = Span(Samples(10_000), Samples(20_000))


def press(x: float, loop: Span | None = None, *, is_on_bar: bool = False) -> RulerGesture:
    return RulerGesture(SHOWN, Snap(interval=1_000.0), loop, x, is_on_bar=is_on_bar)


def test_a_click_seeks_exactly_there() -> None:
    gesture = press(33.4)
    assert gesture.loop_at(36.0) is None
    assert not gesture.has_begun
    assert gesture.clicked_position == 2_540


def test_a_drag_makes_a_loop_on_the_grid() -> None:
    gesture = press(108)
    assert gesture.loop_at(211) == Span(Samples(10_000), Samples(20_000))
    assert gesture.has_begun
    assert gesture.loop_at(212) is None
    assert gesture.loop_at(58) == Span(Samples(5_000), Samples(10_000))


def test_a_drag_within_a_grid_step_makes_none() -> None:
    assert press(108).loop_at(112) is None


def test_control_frees_from_the_grid() -> None:
    assert press(108).loop_at(211, is_free=True) == Span(Samples(10_000), Samples(20_300))


def test_the_ends_of_the_loop_can_be_taken_on_its_bar() -> None:
    assert press(108, LOOP, is_on_bar=True).loop_at(58) == Span(Samples(5_000), Samples(20_000))
    assert press(208, LOOP, is_on_bar=True).loop_at(308) == Span(Samples(10_000), Samples(30_000))
    assert press(158, LOOP, is_on_bar=True).loop_at(258) == Span(Samples(15_000), Samples(25_000))
    assert press(108, LOOP).loop_at(58) == Span(Samples(5_000), Samples(10_000))
