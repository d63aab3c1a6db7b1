"""Inverting DDIM where the right answer is known, and where only the way back is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.inversion import InversionState, inversion_states
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid
from engine.models.unet.unet import UNet
from tests.numerics.test_longform_gaussian_seams import (
    NUM_FRAMES,
    SCHEDULE,
    covariance,
    exact_denoiser,
    root,
)
from tests.support.networks import randomise, small_unet

NoisePred = Callable[[Tensor, int], Tensor]


def sampled(noise: Tensor, noise_pred: NoisePred, sampler: DDIMSampler) -> Tensor:
    latents = noise
    for index, timestep in enumerate(sampler.timesteps):
        latents, _ = sampler.step(index, latents, noise_pred(latents, timestep), None)
    return latents


def inverted(
    clean: Tensor, noise_pred: NoisePred, sampler: DDIMSampler, num_refinements: int
) -> InversionState:
    *_, last = inversion_states(
        clean, noise_pred=noise_pred, sampler=sampler, num_refinements=num_refinements
    )
    return last


def joint(grid: WindowGrid) -> NoisePred:
    """The exact denoiser of the Gaussian toy, window by window."""
    vector = torch.ones(1)
    span = PromptSpan(
        start=0, end=NUM_FRAMES, conditioning=vector, unconditional=vector, guidance_scale=1.0
    )
    return JointDenoiser(
        predict_noise=exact_denoiser,
        grid=grid,
        prompts=window_prompts(grid, PromptTimeline([span])),
        max_batch_items=8,
    ).noise_pred


def gaussian_track(num_tracks: int = 64) -> Tensor:
    """(1, 1, T, V) tracks of the Gaussian toy, one for each "bin"."""
    generator = torch.Generator().manual_seed(5)
    white = torch.randn(NUM_FRAMES, num_tracks, dtype=torch.float64, generator=generator)
    return (root(covariance(NUM_FRAMES)) @ white)[None, None]


def grid() -> WindowGrid:
    return window_grid(0, NUM_FRAMES, window=64, stride=32, time_multiple=8, ramp=8)


def relative_rms(got: Tensor, expected: Tensor) -> float:
    return float(((got - expected).square().mean() / expected.square().mean()).sqrt())


def test_the_way_back_over_windows_ends_at_the_same_latents() -> None:
    clean, sampler, noise_pred = gaussian_track(), DDIMSampler(SCHEDULE, 25), joint(grid())

    plain, once, thrice, often = (
        relative_rms(
            sampled(inverted(clean, noise_pred, sampler, n).latents, noise_pred, sampler), clean
        )
        for n in (0, 1, 3, 60)
    )

    assert plain > 2 * once > 4 * thrice
    assert often < 1e-9


@pytest.mark.parametrize(("num_steps", "too_loud"), [(50, 0.12), (100, 0.06)])
def test_the_noise_of_gaussian_tracks_is_white_and_close_to_unit_power(
    num_steps: int, too_loud: float
) -> None:
    """DDIM loses a little power in every step, so the noise has a little more."""
    clean, sampler = gaussian_track(), DDIMSampler(SCHEDULE, num_steps)

    noise = inverted(clean, joint(grid()), sampler, 2).latents

    power = noise.square().mean()
    assert 1.0 < float(power) < 1.0 + too_loud
    assert neighbour_correlation(noise) == pytest.approx(0.0, abs=0.05)
    assert neighbour_correlation(clean) > 0.5


def neighbour_correlation(track: Tensor) -> float:
    return float((track[:, :, 1:] * track[:, :, :-1]).mean() / track.square().mean())


def test_made_tracks_get_back_the_noise_they_were_made_from() -> None:
    generator = torch.Generator().manual_seed(6)
    noise = torch.randn(1, 1, NUM_FRAMES, 16, dtype=torch.float64, generator=generator)
    sampler, noise_pred = DDIMSampler(SCHEDULE, 25), joint(grid())

    again = inverted(sampled(noise, noise_pred, sampler), noise_pred, sampler, 60).latents

    torch.testing.assert_close(again, noise, rtol=0, atol=1e-8)


@torch.inference_mode()
def test_refinements_bring_a_network_back_to_the_same_latents() -> None:
    torch.manual_seed(0)
    network = UNet(small_unet()).double().eval()
    randomise(network, 8)
    # A trained network's prediction changes by less than its input does; this one's would not.
    network.conv_out.weight.mul_(0.1)
    conditioning = torch.nn.functional.normalize(torch.ones(1, 24, dtype=torch.float64), dim=1)

    def noise_pred(latents: Tensor, timestep: int) -> Tensor:
        predicted: Tensor = network(latents, torch.tensor([timestep]), conditioning)
        return predicted

    generator = torch.Generator().manual_seed(9)
    clean = torch.randn(1, 8, 16, 16, dtype=torch.float64, generator=generator)
    sampler = DDIMSampler(SCHEDULE, 20)

    errors = [
        relative_rms(
            sampled(inverted(clean, noise_pred, sampler, n).latents, noise_pred, sampler), clean
        )
        for n in (0, 2, 8)
    ]

    assert errors[0] > 5 * errors[1] > 25 * errors[2]
    assert errors[2] < 1e-3


def test_samplers_that_cannot_be_undone_are_refused() -> None:
    clean = torch.zeros(1, 1, 8, 4)

    for sampler in (DDIMSampler(SCHEDULE, 5, eta=0.5), DDIMSampler(SCHEDULE, 5, x0_clip=4.0)):
        with pytest.raises(ValueError, match="can be undone"):
            inverted(clean, lambda latents, _timestep: latents, sampler, 1)


def test_a_negative_number_of_refinements_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        inverted(torch.zeros(1, 1, 8, 4), lambda x, _timestep: x, DDIMSampler(SCHEDULE, 5), -1)
