import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.loops import loop_latent_frames


@pytest.mark.parametrize(
    ("bars", "beats", "bpm", "frames", "deviation_ms"),
    [
        (8, 4, 120.0, 400, 0.0),  # 16 s
        (7, 4, 120.0, 352, 80.0),  # 14 s are 350 frames
        (6, 4, 125.0, 288, 0.0),  # 11.52 s
        (5, 4, 117.5, 256, 1000 * (10.24 - 5 * 4 * 60 / 117.5)),
        (12, 3, 90.0, 600, 0.0),
        (8, 4, 100.0, 480, 0.0),
        (9, 4, 100.0, 536, -160.0),  # 540 frames lie halfway
    ],
)
def test_the_nearest_possible_length_is_found(
    bars: int, beats: int, bpm: float, frames: int, deviation_ms: float
) -> None:
    found = loop_latent_frames(bars, beats, bpm, window_latent_frames=256)

    assert found.num_latent_frames == frames
    assert found.deviation_ms == pytest.approx(deviation_ms, abs=1e-9)


@given(
    bars=st.integers(8, 400),
    beats=st.integers(3, 7),
    bpm=st.floats(20, 140),
    multiple=st.sampled_from([4, 8, 16]),
)
def test_no_other_length_is_nearer_and_the_exact_tempo_fills_it(
    bars: int, beats: int, bpm: float, multiple: int
) -> None:
    found = loop_latent_frames(bars, beats, bpm, window_latent_frames=256, time_multiple=multiple)

    assert found.num_latent_frames % multiple == 0
    assert found.num_latent_frames >= 256
    assert abs(found.deviation_ms) <= multiple * 20 + 1e-6
    seconds = found.num_latent_frames * 640 / 16_000
    assert seconds == pytest.approx(bars * beats * 60 / bpm + found.deviation_ms / 1000)
    assert bars * beats * 60 / found.exact_bpm == pytest.approx(seconds)


def test_bars_shorter_than_a_window_are_refused_with_a_number_that_is_enough() -> None:
    with pytest.raises(ValueError, match=r"4 bars at 120 bpm last 8.00 s.*10.24 s: 6 bars"):
        loop_latent_frames(4, 4, 120.0, window_latent_frames=256)

    assert loop_latent_frames(6, 4, 120.0, window_latent_frames=256).num_latent_frames == 296


@pytest.mark.parametrize(
    ("bars", "beats", "bpm", "window", "named"),
    [
        (0, 4, 120.0, 256, "bars must be at least 1, got 0"),
        (4, 0, 120.0, 256, "beats_per_bar must be at least 1, got 0"),
        (4, 4, 0.0, 256, "bpm must be a number above 0, got 0"),
        (4, 4, float("nan"), 256, "got nan"),
        (4, 4, float("inf"), 256, "got inf"),
        (4, 4, 120.0, 0, "window_latent_frames must be at least 1, got 0"),
    ],
)
def test_numbers_out_of_range_are_named(
    bars: int, beats: int, bpm: float, window: int, named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        loop_latent_frames(bars, beats, bpm, window_latent_frames=window)


def test_the_arithmetic_needs_no_torch() -> None:
    code = "import sys, engine.api.loops; assert 'torch' not in sys.modules"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
