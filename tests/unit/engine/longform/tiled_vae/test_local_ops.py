"""Layers on ranges of frames, against the same layers on everything."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from engine.longform.tiled_vae.local_ops import (
    HeldFrames,
    Normaliser,
    convolved,
    readable,
    upsampled,
    wrapped,
)
from engine.longform.tiled_vae.statistics import RunningStatistics

NUM_FRAMES = 20


def conv() -> nn.Conv2d:
    torch.manual_seed(0)
    return nn.Conv2d(4, 3, 3, padding=1).double()


def values() -> Tensor:
    return torch.randn(
        1, 4, NUM_FRAMES, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )


def norm() -> nn.GroupNorm:
    layer = nn.GroupNorm(2, 4, eps=1e-6).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, -0.5, 2.0, 0.3]))
        layer.bias.copy_(torch.tensor([0.1, 0.2, -0.3, 0.0]))
    return layer


ranges = st.tuples(st.integers(0, NUM_FRAMES - 1), st.integers(1, NUM_FRAMES)).filter(
    lambda pair: pair[0] < pair[1]
)


@settings(deadline=None, max_examples=60)
@given(span=ranges)
@torch.inference_mode()
def test_a_convolution_on_a_range_equals_that_range_of_the_whole(span: tuple[int, int]) -> None:
    start, end = span

    got = convolved(conv(), HeldFrames(values(), 0, NUM_FRAMES), start, end)

    torch.testing.assert_close(got, conv()(values())[:, :, start:end], rtol=0, atol=1e-13)


@settings(deadline=None, max_examples=60)
@given(start=st.integers(0, 39), length=st.integers(1, 40))
@torch.inference_mode()
def test_upsampling_a_range_equals_that_range_of_the_whole(start: int, length: int) -> None:
    end = min(start + length, 2 * NUM_FRAMES)

    got = upsampled(conv(), HeldFrames(values(), 0, NUM_FRAMES), start, end)

    whole = conv()(functional.interpolate(values(), scale_factor=2.0, mode="nearest"))
    torch.testing.assert_close(got, whole[:, :, start:end], rtol=0, atol=1e-13)


@torch.inference_mode()
def test_a_normalisation_with_gathered_statistics_is_the_layer_itself() -> None:
    running = RunningStatistics(2)
    running.add(values())
    normaliser = Normaliser(norm())
    normaliser.statistics = running.finished()

    got = convolved(conv(), HeldFrames(values(), 0, NUM_FRAMES), 5, 9, normaliser)

    expected = conv()(functional.silu(norm()(values())))[:, :, 5:9]
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


@torch.inference_mode()
def test_reading_leaves_held_values_alone() -> None:
    running = RunningStatistics(2)
    running.add(values())
    normaliser = Normaliser(norm())
    normaliser.statistics = running.finished()
    held = values()

    convolved(conv(), HeldFrames(held, 0, NUM_FRAMES), 0, NUM_FRAMES, normaliser)

    assert torch.equal(held, values())


def test_a_normalisation_without_statistics_is_refused() -> None:
    with pytest.raises(RuntimeError, match="statistics"):
        Normaliser(norm()).normalised(values())


def test_only_what_a_straight_track_has_can_be_read() -> None:
    straight = HeldFrames(values(), 0, NUM_FRAMES)

    assert readable(straight, -3, 5) == (0, 5)
    assert readable(straight, 18, 25) == (18, 20)


def test_anything_can_be_read_on_a_circle() -> None:
    circle = HeldFrames(values(), 0, NUM_FRAMES, is_circular=True)

    assert readable(circle, -3, 25) == (-3, 25)


@given(start=st.integers(-50, 50), length=st.integers(1, 60))
def test_frames_of_a_circle_come_again_after_every_turn(start: int, length: int) -> None:
    got = wrapped(values(), start, start + length)

    expected = values()[:, :, torch.arange(start, start + length) % NUM_FRAMES]
    assert torch.equal(got, expected)
