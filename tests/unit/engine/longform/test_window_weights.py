"""The profiles in which overlapping windows are joined."""

from __future__ import annotations

import math

import pytest
import torch

from engine.api.sampling import Fusion
from engine.longform.window_weights import counted_frames, window_weights

STRIDES = (-192, -128, -64, 0, 64, 128, 192)


def weights(fusion: Fusion, offsets: tuple[int, ...] = STRIDES) -> torch.Tensor:
    return window_weights(offsets, window=256, ramp=32, fusion=fusion)


def test_a_window_alone_counts_everywhere_and_fully() -> None:
    for fusion in Fusion:
        assert torch.equal(weights(fusion, (0,)), torch.ones(256)), fusion


def test_the_mean_gives_every_window_at_a_frame_the_same() -> None:
    got = weights(Fusion.MEAN, (-128, 0, 64))

    for frame, value in enumerate(got.tolist()):
        num_windows = 1 + (frame < 128) + (frame >= 64)
        assert value == pytest.approx(1 / num_windows, abs=1e-7)


def test_gaussian_weights_follow_the_bell_of_a_tenth_of_the_window() -> None:
    def bell(frame: int, start: int) -> float:
        return math.exp(-0.5 * ((frame - start - 127.5) / 25.6) ** 2)

    got = weights(Fusion.GAUSS)

    for frame in range(256):
        everywhere = [bell(frame, s) for s in STRIDES if s <= frame < s + 256]
        assert got[frame] == pytest.approx(bell(frame, 0) / sum(everywhere), abs=1e-7)


def test_alternating_windows_take_whole_frames_in_turn_inside_the_ramp() -> None:
    offsets = (-128, 0, 128)
    got = weights(Fusion.ALTERNATE, offsets)

    assert set(got.tolist()) == {0.0, 1.0}
    assert got[47:83].tolist() == [0.0] + [1.0, 0.0] * 16 + [1.0] * 3
    assert got[173:209].tolist() == [1.0] * 3 + [0.0, 1.0] * 16 + [0.0]
    outside = ((ramp := weights(Fusion.RAMP, offsets)) == 0) | (ramp == 1)
    assert torch.equal(got[outside], ramp[outside])


@pytest.mark.parametrize("fusion", list(Fusion))
def test_outside_the_counted_frames_nothing_counts(fusion: Fusion) -> None:
    for offsets in ((0,), (0, 64), (-72, 0, 56), (-128, 0)):
        begin, end = counted_frames(offsets, window=256, ramp=32, fusion=fusion)
        counted = (weights(fusion, offsets) > 0).nonzero().flatten()

        assert (int(counted[0]), int(counted[-1]) + 1) == (begin, end)


def test_weights_that_are_kept_can_be_used_with_gradients() -> None:
    offsets = (0, 80)
    with torch.inference_mode():
        weights(Fusion.GAUSS, offsets)
    latents = torch.ones(256, requires_grad=True)

    (gradient,) = torch.autograd.grad((weights(Fusion.GAUSS, offsets) * latents).sum(), latents)

    assert torch.equal(gradient, weights(Fusion.GAUSS, offsets))
