"""Reading the user's sound files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from engine.api import EngineError
from engine.runtime.files.audio_file import audio_seconds, content_hash, read_audio

RATE = 48_000


def stereo(num_frames: int) -> NDArray[np.float32]:
    """Noise, a different one in each channel, with a level step in the middle."""
    samples = np.random.default_rng(5).normal(0, 0.05, (num_frames, 2)).astype(np.float32)
    samples[num_frames // 2 :] += 0.4
    return samples


def saved(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def test_channels_are_averaged_and_the_level_is_kept(tmp_path: Path) -> None:
    samples = stereo(600_000)
    path = saved(tmp_path / "a.wav", samples)

    read = read_audio(path, 0.0, None, RATE)

    assert read.dtype == np.float32
    np.testing.assert_allclose(read, (samples[:, 0] + samples[:, 1]) / 2, rtol=0, atol=1e-7)


def test_a_stretch_has_the_samples_of_its_place(tmp_path: Path) -> None:
    samples = stereo(RATE)
    path = saved(tmp_path / "a.wav", samples)

    read = read_audio(path, 0.25, 0.5, RATE)

    np.testing.assert_allclose(read, samples[12_000:36_000].mean(axis=1), rtol=0, atol=1e-7)


def test_a_stretch_beyond_the_ends_is_silent_there(tmp_path: Path) -> None:
    samples = stereo(RATE)
    path = saved(tmp_path / "a.wav", samples)

    read = read_audio(path, -0.5, 2.0, RATE)

    assert len(read) == 2 * RATE
    assert not read[:24_000].any()
    assert not read[72_000:].any()
    np.testing.assert_allclose(read[24_000:72_000], samples.mean(axis=1), rtol=0, atol=1e-7)


def test_another_rate_is_as_if_the_whole_file_had_been_resampled_at_once(tmp_path: Path) -> None:
    samples = stereo(15 * 44_100)
    path = saved(tmp_path / "a.wav", samples, 44_100)
    silent_around = np.pad(samples.mean(axis=1), 44_100)
    whole = soxr.resample(silent_around, 44_100, 16_000, quality="VHQ")[16_000:-16_000]

    np.testing.assert_allclose(read_audio(path, 0.0, None, 16_000), whole, rtol=0, atol=1e-5)
    # Inside the file the filter hears what lies before and after the stretch.
    np.testing.assert_allclose(
        read_audio(path, 7.0, 2.0, 16_000), whole[112_000:144_000], rtol=0, atol=1e-5
    )


def test_the_length_is_that_of_the_stretch_at_any_rate(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", stereo(44_100), 44_100)

    assert len(read_audio(path, 0.1, 0.3333, 16_000)) == 5333
    assert len(read_audio(path, 0.5, None, 48_000)) == 24_000
    assert audio_seconds(path) == 1.0


def test_other_formats_are_read(tmp_path: Path) -> None:
    samples = stereo(RATE)
    soundfile.write(tmp_path / "a.flac", samples, RATE, subtype="PCM_24")

    read = read_audio(tmp_path / "a.flac", 0.0, None, RATE)

    np.testing.assert_allclose(read, samples.mean(axis=1), rtol=0, atol=1e-6)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"b\.wav is missing"):
        read_audio(tmp_path / "b.wav", 0.0, None, RATE)


def test_a_file_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"not a sound")

    with pytest.raises(EngineError, match=r"Cannot read .*a\.wav as sound"):
        read_audio(tmp_path / "a.wav", 0.0, None, RATE)
    with pytest.raises(EngineError, match="as sound"):
        audio_seconds(tmp_path / "a.wav")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.wav", np.zeros((0, 1), np.float32))

    with pytest.raises(EngineError, match="no sound in it"):
        read_audio(path, 0.0, None, RATE)


def test_values_that_are_not_numbers_are_refused_only_where_they_are_read(tmp_path: Path) -> None:
    samples = stereo(RATE)
    samples[40_000, 0] = np.nan
    path = saved(tmp_path / "a.wav", samples)

    with pytest.raises(EngineError, match="not numbers"):
        read_audio(path, 0.0, None, RATE)
    assert np.isfinite(read_audio(path, 0.0, 0.5, RATE)).all()


@pytest.mark.parametrize(("start", "duration"), [(1.0, None), (3.0, 1.0), (-2.0, 1.0), (0.0, 0.0)])
def test_a_stretch_that_does_not_meet_the_file_is_refused(
    tmp_path: Path, start: float, duration: float | None
) -> None:
    path = saved(tmp_path / "a.wav", stereo(RATE))

    with pytest.raises(EngineError, match=r"outside .*1\.00 s long"):
        read_audio(path, start, duration, RATE)


def test_a_file_is_known_by_its_content_alone(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "a.wav", stereo(100)), saved(tmp_path / "b.wav", stereo(100))

    assert content_hash(one) == content_hash(other) == hashlib.sha256(one.read_bytes()).hexdigest()
    assert content_hash(saved(other, stereo(101))) != content_hash(one)
    with pytest.raises(EngineError, match=r"c\.wav is missing"):
        content_hash(tmp_path / "c.wav")
