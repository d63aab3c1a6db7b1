"""Group statistics gathered tile by tile."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.longform.tiled_vae.statistics import DecoderStatistics, RunningStatistics


def stepped(num_frames: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    values = torch.randn(1, 6, num_frames, 5, dtype=torch.float64, generator=generator)
    values[:, :, num_frames // 2 :] = 4.0 * values[:, :, num_frames // 2 :] + 100.0
    return values


@settings(deadline=None, max_examples=40)
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_merged_statistics_are_those_of_everything_at_once(sizes: list[int]) -> None:
    values = stepped(sum(sizes))
    running = RunningStatistics(3)

    position = 0
    for size in sizes:
        running.add(values[:, :, position : position + size])
        position += size

    grouped = values.reshape(3, -1)
    got = running.finished()
    torch.testing.assert_close(got.mean, grouped.mean(1), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(got.variance, grouped.var(1, correction=0), rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=12)
@given(num_frames=st.integers(8, 100_000), tile=st.integers(100, 3000))
@example(num_frames=100_000, tile=256)
def test_tracks_of_any_length_have_the_statistics_of_one_pass_after_another(
    num_frames: int, tile: int
) -> None:
    """First the mean of everything, then the deviations from it, summed without rounding."""
    generator = torch.Generator().manual_seed(2)
    values = torch.randn(1, 2, num_frames, 1, dtype=torch.float64, generator=generator)
    values[:, :, num_frames // 2 :] = 4.0 * values[:, :, num_frames // 2 :] + 100.0
    running = RunningStatistics(1)
    for start in range(0, num_frames, tile):
        running.add(values[:, :, start : start + tile])

    numbers = values.flatten().tolist()
    mean = math.fsum(numbers) / len(numbers)
    variance = math.fsum((number - mean) ** 2 for number in numbers) / len(numbers)
    got = running.finished()
    assert float(got.mean) == pytest.approx(mean, rel=1e-12)
    assert float(got.variance) == pytest.approx(variance, rel=1e-12)


def test_single_precision_values_are_gathered_without_cancellation() -> None:
    values = (stepped(400) + 1000.0).float()
    running = RunningStatistics(3)
    for start in range(0, 400, 16):
        running.add(values[:, :, start : start + 16])

    expected = values.double().reshape(3, -1).var(1, correction=0)
    torch.testing.assert_close(running.finished().variance, expected, rtol=1e-6, atol=0)


def test_statistics_of_a_decoder_keep_their_order() -> None:
    norms = []
    for level in (1.0, 2.0):
        running = RunningStatistics(3)
        running.add(stepped(10) + level)
        norms.append(running.finished())

    collected = DecoderStatistics.of(norms)

    assert collected.values.shape == (2, 2, 3)
    assert collected.values.dtype == torch.float64
    assert torch.equal(collected.norm(1).mean, norms[1].mean)
    assert torch.equal(collected.norm(0).variance, norms[0].variance)
