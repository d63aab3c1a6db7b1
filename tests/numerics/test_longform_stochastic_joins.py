"""Joins where the sampler adds fresh noise at every step, in the Gaussian toy of the seams' test.

Every frame has one unit vector for each of its noises: the first one and that of every step, old
and new. So the result is a map again, and powers are exact.
"""

from __future__ import annotations

import functools

import pytest
import torch
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.noise_layers import feathered_noise, whole_layer
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.sections import SectionRange, frozen_context
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import window_grid
from tests.numerics.test_longform_gaussian_seams import (
    RAMP,
    SCHEDULE,
    STRIDE,
    WINDOW,
    exact_denoiser,
    jump_ratio,
)

NUM_FRAMES, NUM_STEPS = 192, 15
SECTION = SectionRange(start=72, end=120, feather=16)
GRID = window_grid(0, NUM_FRAMES, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)
NUM_VECTORS = 2 * NUM_FRAMES * (NUM_STEPS + 1)


def unit_noise(step: int, start: int, end: int, *, is_new: bool) -> Tensor:
    """(1, 1, end - start, V)."""
    first = (step + (NUM_STEPS + 1) * is_new) * NUM_FRAMES
    noise = torch.zeros(1, 1, end - start, NUM_VECTORS, dtype=torch.float64)
    noise[0, 0, torch.arange(end - start), first + torch.arange(start, end)] = 1.0
    return noise


def old_noise(step: int, start: int, end: int) -> Tensor:
    return unit_noise(step, start, end, is_new=False)


def new_noise(step: int, start: int, end: int) -> Tensor:
    """That of the whole track after the section got noise of its own."""
    layer = SECTION.layer(whole_layer(seed=0, stream=0, take=1, start=0, end=1), GRID)
    angles = torch.zeros(NUM_FRAMES, dtype=torch.float64)
    angles[SECTION.start : SECTION.end] = layer.angles(SECTION.start, SECTION.end)
    fresh = unit_noise(step, start, end, is_new=True)
    return feathered_noise(old_noise(step, start, end), fresh, angles[start:end])


def made_from(
    noise: FrameNoise,
    sampler: DDIMSampler,
    adjustment: FrameAdjustment | None = None,
    windows: tuple[int, ...] | None = None,
) -> Tensor:
    vector = torch.ones(1)
    span = PromptSpan(
        start=0, end=NUM_FRAMES, conditioning=vector, unconditional=vector, guidance_scale=1.0
    )
    denoiser = JointDenoiser(
        predict_noise=exact_denoiser,
        grid=GRID,
        prompts=window_prompts(GRID, PromptTimeline([span])),
        max_batch_items=8,
    )
    *_, final = sampling_states(
        initial_state(noise, GRID, adjustment),
        denoiser=denoiser,
        sampler=sampler,
        noise=noise,
        adjustment=adjustment,
        windows=windows,
    )
    return final.latents


@functools.cache
def before(eta: float) -> Tensor:
    return made_from(old_noise, DDIMSampler(SCHEDULE, NUM_STEPS, eta=eta))


@pytest.mark.parametrize("eta", [0.5, 1.0])
def test_frozen_frames_carry_their_fresh_noise_and_the_joins_are_seamless(eta: float) -> None:
    clean = before(eta)
    context = frozen_context(GRID, [SECTION], clean=clean, noise=old_noise(0, 0, NUM_FRAMES))

    sampler = DDIMSampler(SCHEDULE, NUM_STEPS, eta=eta)
    frozen = context.adjustment(sampler, GRID, new_noise)
    after = made_from(new_noise, sampler, frozen, context.windows)

    assert jump_ratio(after, clean, SECTION.start) == pytest.approx(1.0, abs=0.05)
    assert jump_ratio(after, clean, SECTION.end) == pytest.approx(1.0, abs=0.05)
    assert torch.equal(after[:, :, : SECTION.start], clean[:, :, : SECTION.start])
    assert torch.equal(after[:, :, SECTION.end :], clean[:, :, SECTION.end :])
    middle = after[0, 0, (SECTION.start + SECTION.end) // 2]
    share_of_new = middle[NUM_VECTORS // 2 :].square().sum() / middle.square().sum()
    assert float(share_of_new) > 0.7


def test_with_the_first_noise_alone_the_joins_would_be_heard() -> None:
    """Guards the test above, and is what was once done."""
    clean, first = before(1.0), old_noise(0, 0, NUM_FRAMES)
    context = frozen_context(GRID, [SECTION], clean=clean, noise=first)

    frozen = context.adjustment(DDIMSampler(SCHEDULE, NUM_STEPS), GRID)
    sampler = DDIMSampler(SCHEDULE, NUM_STEPS, eta=1.0)
    after = made_from(new_noise, sampler, frozen, context.windows)

    assert jump_ratio(after, clean, SECTION.start) > 1.2
