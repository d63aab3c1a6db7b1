"""Periods of repeating noise in whole latent frames, from bars and within loops."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import latent_frames_of_bars, period_latent_frames


@pytest.mark.parametrize(
    ("bars", "beats", "bpm", "frames"),
    [(1, 4, 120.0, 50), (0.5, 4, 120.0, 25), (1.5, 3, 90.0, 75), (2, 4, 110.0, 109)],
)
def test_bars_are_rounded_once(bars: float, beats: int, bpm: float, frames: int) -> None:
    """Two bars at 110 beats a minute are 109.09 frames; two rounded bars would be 110."""
    assert period_latent_frames(latent_frames_of_bars(bars, beats, bpm)) == frames


@pytest.mark.parametrize(
    ("wanted", "frames"),
    [(Fraction(5, 2), 2), (Fraction(7, 2), 3), (Fraction(1, 9), 1), (Fraction(13, 5), 3)],
)
def test_of_two_equally_near_periods_the_shorter_one_is_taken(
    wanted: Fraction, frames: int
) -> None:
    assert period_latent_frames(wanted) == frames


@pytest.mark.parametrize(
    ("loop", "wanted", "frames"),
    # Five bars at 120 are 250 frames, but the loop has 248: each bar is 49.6 of them.
    [(200, 50, 50), (248, 50, 50), (208, 50, 52), (200, 400, 200), (128, 60, 64)],
)
def test_a_loop_holds_a_whole_number_of_periods(loop: int, wanted: int, frames: int) -> None:
    assert period_latent_frames(Fraction(wanted), loop_latent_frames=loop) == frames


@given(loop=st.integers(16, 4_000).map(lambda n: 8 * n), tenths=st.integers(10, 5_000))
def test_the_last_period_of_a_loop_differs_by_half_a_frame_for_each(loop: int, tenths: int) -> None:
    wanted = Fraction(tenths, 10)
    period = period_latent_frames(wanted, loop_latent_frames=loop)

    fits = loop // wanted
    number = min((max(1, fits), fits + 1), key=lambda n: abs(loop / wanted - n))
    assert abs(number * period - loop) <= Fraction(number, 2)


@pytest.mark.parametrize(
    ("bars", "beats", "bpm", "words"),
    [
        (0, 4, 120.0, "bars must be a number above 0, got 0"),
        (float("nan"), 4, 120.0, "bars must be a number above 0, got nan"),
        (1, 0, 120.0, "beats_per_bar must be at least 1, got 0"),
        (1, 4, float("inf"), "bpm must be a number above 0, got inf"),
    ],
)
def test_impossible_bars_are_named(bars: float, beats: int, bpm: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        latent_frames_of_bars(bars, beats, bpm)
