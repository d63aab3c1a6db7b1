import numpy as np
import pyloudnorm
import pytest

from desktop_app.audio.meters import SILENCE_DB, LoudnessMeter, peak_db


@pytest.mark.parametrize("kind", ["white noise", "sine at 100 Hz", "sine at 1 kHz"])
def test_short_term_loudness_agrees_with_the_filter_of_the_standard(kind: str) -> None:
    time = np.arange(3 * 48_000) / 48_000
    mono = {
        "white noise": 0.1 * np.random.default_rng(1).standard_normal(len(time)),
        "sine at 100 Hz": 0.3 * np.sin(2 * np.pi * 100 * time),
        "sine at 1 kHz": 0.3 * np.sin(2 * np.pi * 1_000 * time),
    }[kind]
    stereo = np.stack([mono, 0.5 * mono], 1)
    meter = LoudnessMeter()
    for start in range(0, len(stereo), 1_000):
        meter.add(stereo[start : start + 1_000].astype(np.float32))

    # Stationary sound: the integrated loudness of three seconds is their short-term loudness.
    expected = pyloudnorm.Meter(48_000, filter_class="DeMan").integrated_loudness(stereo)
    assert meter.short_term_lufs == pytest.approx(expected, abs=0.05)


def test_silence_reads_the_lowest_value() -> None:
    meter = LoudnessMeter()
    meter.add(np.zeros((48_000, 2), np.float32))

    assert meter.short_term_lufs == SILENCE_DB
    assert peak_db(np.zeros((10, 2), np.float32)) == SILENCE_DB


def test_the_peak_is_the_largest_absolute_sample() -> None:
    assert peak_db(np.array([0.1, -0.5, 0.2], np.float32)) == pytest.approx(-6.02, abs=0.01)
