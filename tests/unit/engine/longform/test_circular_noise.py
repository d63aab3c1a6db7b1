"""Noise that goes around."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.longform.circular_noise import CircularNoise
from engine.longform.windows import circular_window_grid


def frame_numbers(step: int, start: int, end: int) -> Tensor:
    """Noise that tells where it is from, of the circle's own frames only."""
    assert 40 <= start < end <= 104
    return torch.arange(start, end).view(1, 1, -1, 1) + 1000.0 * step


@pytest.mark.parametrize(("start", "end"), [(40, 104), (50, 60), (90, 120), (104, 110), (30, 170)])
def test_a_frame_past_the_end_has_the_noise_of_the_frame_that_it_is(start: int, end: int) -> None:
    grid = circular_window_grid(40, 64, window=32, stride=16, time_multiple=8, ramp=8)

    got = CircularNoise(noise=frame_numbers, grid=grid)(3, start, end)

    expected = [3000.0 + 40 + (frame - 40) % 64 for frame in range(start, end)]
    assert got.flatten().tolist() == expected
