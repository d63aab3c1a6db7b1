import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from desktop_app.audio.meters import SILENCE_DB
from desktop_app.export.chunks import Loudness
from desktop_app.export.loudness import ProgrammeMeter


def measured(samples: NDArray[np.float64], block: int = 48_000) -> Loudness:
    meter = ProgrammeMeter()
    for first in range(0, len(samples), block):
        part = samples[first : first + block].astype(np.float32)
        meter.add(part, is_last=first + block >= len(samples))
    return meter.measured()


def sine(hertz: float, level_db: float, seconds: float) -> NDArray[np.float64]:
    time = np.arange(int(seconds * 48_000)) / 48_000
    mono = 10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * time)
    return np.stack([mono, mono], 1)


def test_a_stereo_tone_of_minus_23_dbfs_is_minus_23_lufs() -> None:
    """EBU Tech 3341, test case 1."""
    loudness = measured(sine(1_000, -23.0, 20))

    assert loudness.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert loudness.highest_short_term_lufs == pytest.approx(-23.0, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    """EBU Tech 3341, test case 3."""
    parts = [sine(1_000, level, seconds) for level, seconds in ((-36, 10), (-23, 60), (-36, 10))]

    assert measured(np.concatenate(parts)).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels_db", "expected"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)]
)
def test_the_range_of_two_levels_is_their_distance(
    levels_db: tuple[int, int], expected: float
) -> None:
    """EBU Tech 3342, test cases 1 to 3."""
    parts = [sine(1_000, level, 20) for level in levels_db]

    assert measured(np.concatenate(parts)).range_lu == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("block", [48_000, 1_000])
def test_noise_is_measured_as_by_another_program(block: int) -> None:
    generator = np.random.default_rng(0)
    level = np.repeat(generator.uniform(0.01, 0.3, 20), 48_000)[:, None]
    noise = generator.normal(size=(960_000, 2)) * level
    reference = pyloudnorm.Meter(48_000, filter_class="DeMan").integrated_loudness(noise)

    assert measured(noise, block).integrated_lufs == pytest.approx(reference, abs=0.1)


def test_the_true_peak_lies_between_the_samples() -> None:
    """A tone at a quarter of the rate, sampled 45 degrees beside its peaks (EBU Tech 3341, 15)."""
    time = np.arange(48_000)
    mono = 0.5 * np.sin(np.pi / 2 * time + np.pi / 4) * np.minimum(1, time / 4_800)
    tone = np.stack([mono, mono], 1)

    assert 20 * np.log10(np.abs(tone).max()) == pytest.approx(-9.03, abs=0.01)
    assert measured(tone).true_peak_dbtp == pytest.approx(-6.0, abs=0.2)


def test_silence_and_very_short_sound_have_the_lowest_level() -> None:
    assert measured(np.zeros((96_000, 2))) == Loudness(
        integrated_lufs=SILENCE_DB,
        range_lu=0.0,
        highest_short_term_lufs=SILENCE_DB,
        true_peak_dbtp=SILENCE_DB,
    )
    assert measured(sine(1_000, -20, 0.05)).integrated_lufs == SILENCE_DB
