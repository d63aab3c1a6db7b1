"""Models whose DDIM adds fresh noise: still exactly repeatable, and only when the model says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.longform.noise_layers import LayeredNoise, whole_layer
from engine.runtime.text_to_audio import build_model, text_to_audio
from tests.support.tiny_model import save_tiny_model, tiny_config

_SECONDS = 1.6


def _sound(folder: Path, ddim_eta: float, sampler: str = "ddim") -> NDArray[np.float32]:
    config = replace(tiny_config(), ddim_eta=ddim_eta, default_steps=3)
    model = build_model(save_tiny_model(folder, config), device="cpu")
    return text_to_audio(model, text="rain", duration=_SECONDS, seed=5, sampler=sampler)


def test_fresh_noise_changes_the_sound_and_repeats_exactly(tmp_path: Path) -> None:
    without, once, again = (
        _sound(tmp_path / name, eta) for name, eta in (("a", 0.0), ("b", 1.0), ("c", 1.0))
    )
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, without)


def test_the_deterministic_sampler_takes_no_fresh_noise(tmp_path: Path) -> None:
    without, with_eta = (
        _sound(tmp_path / name, eta, "dpm-solver++2m") for name, eta in (("a", 0.0), ("b", 1.0))
    )
    np.testing.assert_array_equal(without, with_eta)


@pytest.mark.parametrize("step", [1, 2])
def test_each_step_has_noise_of_its_own(step: int) -> None:
    layer = whole_layer(seed=1, stream=0, take=0, start=0, end=32)
    noise = LayeredNoise(layers=(layer,), bins=4, channels=2)
    start, fresh = noise(0, 0, 32), noise(step, 0, 32)
    assert fresh.shape == start.shape
    correlation = torch.corrcoef(torch.stack([start.flatten(), fresh.flatten()]))[0, 1]
    assert abs(float(correlation)) < 0.2
