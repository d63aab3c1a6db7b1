"""A user's file on the time line of a piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from engine.api import AudioSource, EngineError
from engine.runtime.files.audio_file import read_audio
from engine.runtime.source.audio import (
    TRAINING_PEAK,
    SourceAudio,
    content_seed,
    encoder_gain,
)

RATE = 16_000


def sound(seconds: float, rate: int = RATE, level: float = 0.1) -> NDArray[np.float32]:
    """Quiet, then four times as loud."""
    samples = level * np.random.default_rng(3).normal(0, 0.2, round(seconds * rate))
    samples[len(samples) // 2 :] *= 4.0
    return samples.astype(np.float32)


def saved(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def opened(path: Path, start_seconds: float = 0.0) -> SourceAudio:
    return SourceAudio.open(AudioSource(path=str(path), start_seconds=start_seconds), RATE)


def test_the_file_is_heard_from_its_start_at_its_own_level(tmp_path: Path) -> None:
    samples = sound(3.0)
    audio = opened(saved(tmp_path / "a.wav", samples))

    assert np.array_equal(audio.read(0, len(samples)), samples)


def test_beyond_both_ends_it_is_silent(tmp_path: Path) -> None:
    samples = sound(1.5)
    audio = opened(saved(tmp_path / "a.wav", samples))

    read = audio.read(-5_000, 60_000)

    assert not read[:5_000].any()
    assert np.array_equal(read[5_000:29_000], samples)
    assert not read[29_000:].any()
    assert not audio.read(-90_000, -50_000).any()


def test_a_piece_can_begin_inside_the_file_or_before_it(tmp_path: Path) -> None:
    samples = sound(3.0)
    path = saved(tmp_path / "a.wav", samples)

    assert np.array_equal(opened(path, 1.25).read(0, 100), samples[20_000:20_100])
    assert np.array_equal(opened(path, 1.25).read(-200, 0), samples[19_800:20_000])
    before = opened(path, -0.5).read(0, 10_000)
    assert not before[:8_000].any()
    assert np.array_equal(before[8_000:], samples[:2_000])


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("start_seconds", [0.0, 0.37])
def test_any_range_is_the_same_part_of_the_whole_at_another_rate(
    tmp_path: Path, rate: int, start_seconds: float
) -> None:
    path = saved(tmp_path / "a.wav", sound(6.0, rate), rate)
    audio = opened(path, start_seconds)
    whole = read_audio(path, start_seconds, 5.0, RATE)

    parts = [audio.read(a, b) for a, b in ((0, 777), (777, 50_001), (50_001, 80_000))]

    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=0, atol=2e-6)


@pytest.mark.parametrize("peak", [1e-4, 0.01, 0.45, 0.9, 3.0])
def test_the_gain_brings_the_peak_to_that_of_the_training(peak: float) -> None:
    assert peak * encoder_gain(peak) == pytest.approx(TRAINING_PEAK)


def test_silence_is_left_alone() -> None:
    assert encoder_gain(0.0) == 1.0


def test_the_gain_is_that_of_the_whole_file_wherever_the_piece_begins(tmp_path: Path) -> None:
    samples = sound(130.0)
    samples[-1] = 0.9
    path = saved(tmp_path / "a.wav", samples)

    assert opened(path).gain == opened(path, 40.0).gain == pytest.approx(0.5)


def test_equal_contents_have_equal_seeds_and_others_do_not(tmp_path: Path) -> None:
    one = saved(tmp_path / "a.wav", sound(1.0))
    two = saved(tmp_path / "b.wav", sound(1.0))
    other = saved(tmp_path / "c.wav", sound(1.01))

    assert content_seed(one) == content_seed(two) != content_seed(other)
    assert 0 <= content_seed(one) < 1 << 63


def test_the_seed_is_the_beginning_of_the_digest(tmp_path: Path) -> None:
    """SHA-256 of nothing begins e3b0c442 98fc1c14."""
    empty = tmp_path / "empty"
    empty.write_bytes(b"")

    assert content_seed(empty) == 0x141CFC9842C4B0E3 >> 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"gone\.wav"):
        opened(tmp_path / "gone.wav")
    with pytest.raises(EngineError, match=r"gone\.wav"):
        content_seed(tmp_path / "gone.wav")
