"""Hearing sound with a tiny tower of random weights."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import Anchor, CancelledError, EngineError
from engine.checkpoints.model import AudioLDM
from engine.models.clap.features import ClapMelFrontEnd
from engine.runtime.audio_vectors import AudioVectors
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config

RATE = 48_000


@cache
def model(*, listens: bool = True) -> AudioLDM:
    return small_model(tiny_config(listens=listens))


def noise(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Noise whose second half is lower in pitch and louder."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.1, round(seconds * RATE))
    half = len(samples) // 2
    samples[half:] = 3 * np.convolve(samples[half:], np.ones(8) / 8, "same")
    return samples.astype(np.float32)


def saved(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


@torch.inference_mode()
def embedded(samples: NDArray[np.float32]) -> Tensor:
    """The tower asked directly, for one window."""
    tower = model().audio_encoder
    assert tower is not None
    vector: Tensor = tower(ClapMelFrontEnd()(torch.from_numpy(samples)))[0]
    return vector


def test_the_stretch_of_a_file_is_embedded(tmp_path: Path) -> None:
    samples = noise(14)
    path = saved(tmp_path / "a.wav", samples)

    vector = AudioVectors(model()).anchor_vector(
        Anchor(audio_path=str(path), start_seconds=3.0, duration_seconds=8.0)
    )

    assert vector.dtype == torch.float32
    assert float(vector.norm()) == pytest.approx(1.0, abs=1e-6)
    expected = embedded(samples[3 * RATE : 11 * RATE])
    torch.testing.assert_close(vector, expected, rtol=0, atol=1e-5)


def test_windows_of_a_longer_stretch_are_averaged_on_the_sphere(tmp_path: Path) -> None:
    samples = noise(20)
    path = saved(tmp_path / "a.wav", samples)

    vector = AudioVectors(model()).anchor_vector(Anchor(audio_path=str(path)))

    mean = embedded(samples[: 10 * RATE]) + embedded(samples[10 * RATE :])
    torch.testing.assert_close(vector, mean / mean.norm(), rtol=0, atol=1e-5)


def test_rate_and_channels_of_the_file_do_not_matter(tmp_path: Path) -> None:
    samples = noise(10)
    slow = soxr.resample(samples, RATE, 44_100, quality="VHQ")
    vectors = AudioVectors(model())

    plain = vectors.anchor_vector(Anchor(audio_path=str(saved(tmp_path / "a.wav", samples))))
    stereo = saved(tmp_path / "b.wav", np.stack((slow, slow), axis=1), 44_100)
    other = vectors.anchor_vector(Anchor(audio_path=str(stereo)))

    assert float(plain @ other) > 0.9999


def test_the_level_is_heard_as_it_is(tmp_path: Path) -> None:
    vectors = AudioVectors(model())
    loud = saved(tmp_path / "loud.wav", noise(10))
    quiet = saved(tmp_path / "quiet.wav", noise(10) * np.float32(0.01))

    a, b = (vectors.anchor_vector(Anchor(audio_path=str(path))) for path in (loud, quiet))

    assert float(a @ b) < 0.9999


def test_a_stretch_is_heard_once_whatever_the_file_is_called(tmp_path: Path) -> None:
    vectors = AudioVectors(model())
    first = Anchor(audio_path=str(saved(tmp_path / "a.wav", noise(3))))
    same = Anchor(audio_path=str(saved(tmp_path / "b.wav", noise(3))), weight=4.0)
    part = Anchor(audio_path=first.audio_path, duration_seconds=1.0)

    heard = vectors.anchor_vector(first)

    assert vectors.anchor_vector(same) is heard
    assert not torch.equal(vectors.anchor_vector(part), heard)
    saved(tmp_path / "a.wav", noise(3, seed=2))
    assert not torch.equal(vectors.anchor_vector(first), heard)


def test_listening_can_be_cancelled_between_windows(tmp_path: Path) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise CancelledError

    path = saved(tmp_path / "a.wav", noise(25))
    with pytest.raises(CancelledError):
        AudioVectors(model()).anchor_vector(Anchor(audio_path=str(path)), check)


def test_a_missing_sound_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"gone\.wav is missing"):
        AudioVectors(model()).anchor_vector(Anchor(audio_path=str(tmp_path / "gone.wav")))


def test_the_score_is_the_mean_cosine_over_windows() -> None:
    samples = noise(20)
    words = torch.nn.functional.normalize(torch.arange(1.0, 21.0), dim=0)

    score = AudioVectors(model()).clap_score(samples, RATE, words)

    cosines = [float(embedded(part) @ words) for part in np.split(samples, 2)]
    assert score == pytest.approx(sum(cosines) / 2, abs=1e-5)
    assert abs(cosines[0] - cosines[1]) > 1e-3


def test_the_score_does_not_depend_on_the_rate() -> None:
    samples = soxr.resample(noise(10), RATE, 16_000, quality="VHQ")
    words = torch.nn.functional.normalize(torch.arange(1.0, 21.0), dim=0)
    vectors = AudioVectors(model())

    again = soxr.resample(samples, 16_000, RATE, quality="VHQ")

    assert vectors.clap_score(samples, 16_000, words) == pytest.approx(
        vectors.clap_score(again, RATE, words), abs=1e-6
    )


def test_a_model_without_an_audio_tower_says_so(tmp_path: Path) -> None:
    vectors = AudioVectors(model(listens=False))
    path = saved(tmp_path / "a.wav", noise(1))

    assert (vectors.can_listen, AudioVectors(model()).can_listen) == (False, True)
    with pytest.raises(EngineError, match="The model tiny cannot listen") as caught:
        vectors.anchor_vector(Anchor(audio_path=str(path)))
    assert "Choose a model with an audio tower" in caught.value.remedy
    with pytest.raises(EngineError, match="cannot listen"):
        vectors.clap_score(noise(1), RATE, torch.ones(20))
