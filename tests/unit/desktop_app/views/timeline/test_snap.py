from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples
from desktop_app.views.timeline.snap import Snap

GRID = Snap(interval=100.0, targets=(Samples(1_234),), reach=20)


def test_positions_go_to_the_grid() -> None:
    assert GRID.position(149) == 100
    assert GRID.position(151) == 200


def test_a_target_nearby_wins_over_the_grid() -> None:
    assert GRID.position(1_220) == 1_234
    assert GRID.position(1_260) == 1_300


def test_nothing_snaps_when_it_is_off() -> None:
    free = Snap(interval=100.0, is_on=False, targets=(Samples(150),), reach=20)
    assert free.position(149) == 149
    assert free.delta(Samples(10), Samples(90), 7.4) == 7


def test_positions_stay_on_the_timeline() -> None:
    assert GRID.position(-500) == 0
    assert GRID.position(MAX_TIMELINE_SAMPLES * 2) == MAX_TIMELINE_SAMPLES


def test_a_shift_brings_the_start_to_the_grid() -> None:
    assert GRID.delta(Samples(30), Samples(330), 55) == 70


def test_a_shift_brings_the_end_to_a_target_that_is_nearer() -> None:
    assert GRID.delta(Samples(30), Samples(230), 1_000) == 1_004


@given(start=st.integers(0, 10_000), delta=st.floats(-1e6, 1e6), is_on=st.booleans())
def test_no_shift_goes_before_the_beginning(start: int, delta: float, *, is_on: bool) -> None:
    snap = Snap(interval=480.0, is_on=is_on)
    assert start + snap.delta(Samples(start), Samples(start + 50), delta) >= 0
