"""Joins of kept stretches where the right answer is known: the Gaussian track of the seams' test.

Shape letters as there: T frames of the track, V unit vectors (of old noise, then of new noise).
"""

from __future__ import annotations

import functools

import pytest
import torch
from torch import Tensor

from engine.diffusion.samplers import make_sampler
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.placement import PlacedSpan, cuts, freed_at_joins, uncovered, united
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.sections import SectionRange, cropped_grid, frozen_context
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid
from tests.numerics.test_longform_gaussian_seams import (
    NUM_STEPS,
    RAMP,
    SCHEDULE,
    STRIDE,
    WINDOW,
    exact_denoiser,
    jump_ratio,
    made_from,
)

LONGEST = 256
JOIN = 32
EXTENDED = (PlacedSpan(start=0, end=128),)
PREPENDED = (PlacedSpan(start=0, end=128, shift=96),)
CUT = (PlacedSpan(start=0, end=104), PlacedSpan(start=136, end=256, shift=-32))
INSERTED = (PlacedSpan(start=0, end=104), PlacedSpan(start=104, end=224, shift=32))


def grid(num_frames: int) -> WindowGrid:
    return window_grid(0, num_frames, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=RAMP)


def unit_noise(num_frames: int, first_vector: int) -> Tensor:
    """(1, 1, T, V) each frame a unit vector of its own."""
    vectors = torch.eye(2 * LONGEST, dtype=torch.float64)
    return vectors[None, None, first_vector : first_vector + num_frames]


@functools.cache
def finished(num_frames: int) -> Tensor:
    """(1, 1, T, V) a track made from the old noise."""
    return made_from(unit_noise(num_frames, 0), grid(num_frames))


def rebuilt(
    spans: tuple[PlacedSpan, ...], num_old: int, num_new: int, join: int
) -> tuple[Tensor, tuple[tuple[int, int], ...]]:
    """A track that keeps stretches of a finished one, and the ranges that were made."""
    g = grid(num_new)
    assert (g.num_frames, grid(num_old).num_frames) == (num_new, num_old)
    noise, clean = unit_noise(num_new, LONGEST).clone(), torch.zeros(1, 1, num_new, 2 * LONGEST)
    clean = clean.double()
    for span in spans:
        target = slice(span.target_start, span.target_end)
        noise[:, :, target] = unit_noise(num_old, 0)[:, :, span.start : span.end]
        clean[:, :, target] = finished(num_old)[:, :, span.start : span.end]
    holes = uncovered(spans, 0, num_new)
    made = united([*holes, *freed_at_joins(spans, 0, num_new, join)])
    if not made:
        return clean, made
    crop = cropped_grid(g, made)
    frames = [frame for start, end in crop.runs for frame in range(start, end)]
    places = [crop.overlaps(start, end) for start, end in made]
    free = [SectionRange(start=f, end=f + num) for parts in places for f, _, num in parts]
    context = frozen_context(crop, free, clean=clean[:, :, frames], noise=noise[:, :, frames])
    vector = torch.ones(1)
    span_of_all = PromptSpan(
        start=0, end=num_new, conditioning=vector, unconditional=vector, guidance_scale=1.0
    )
    denoiser = JointDenoiser(
        predict_noise=exact_denoiser,
        grid=crop,
        prompts=window_prompts(g, PromptTimeline([span_of_all]), crop.windows),
        max_batch_items=8,
    )
    sampler = make_sampler("ddim", SCHEDULE, NUM_STEPS)
    drawn = noise[:, :, frames]

    def crop_noise(_step: int, start: int, end: int) -> Tensor:
        return drawn[:, :, start:end]

    adjustment = context.adjustment(sampler, crop)
    *_, final = sampling_states(
        initial_state(crop_noise, crop, adjustment),
        denoiser=denoiser,
        sampler=sampler,
        noise=crop_noise,
        adjustment=adjustment,
        windows=context.windows,
    )
    clean[:, :, frames] = final.latents
    return clean, made


def jumps(spans: tuple[PlacedSpan, ...], num_old: int, num_new: int, join: int) -> list[float]:
    """Jump ratio at every border between what was kept, freed and made."""
    result, made = rebuilt(spans, num_old, num_new, join)
    borders = {frame for a, b in (*made, *uncovered(spans, 0, num_new)) for frame in (a, b)}
    borders |= set(cuts(spans))
    reference = made_from(unit_noise(LONGEST, 0), grid(LONGEST))
    return [jump_ratio(result, reference, f) for f in sorted(borders) if 0 < f < num_new]


CASES = {
    "extension": (EXTENDED, 128, 256),
    "prepended": (PREPENDED, 128, 224),
    "cut": (CUT, 256, 224),
    "insertion": (INSERTED, 224, 256),
}


@pytest.mark.parametrize("name", CASES)
def test_freed_frames_make_the_joins_seamless(name: str) -> None:
    ratios = jumps(*CASES[name], join=JOIN)

    assert len(ratios) >= 2
    assert all(0.9 <= ratio <= 1.1 for ratio in ratios), ratios


@pytest.mark.parametrize("name", CASES)
def test_without_freed_frames_the_joins_would_be_heard(name: str) -> None:
    ratios = jumps(*CASES[name], join=0)

    assert max(abs(ratio - 1.0) for ratio in ratios) > 0.25, ratios


def test_what_is_kept_keeps_every_bit() -> None:
    result, made = rebuilt(CUT, 256, 224, JOIN)

    assert made == ((104 - JOIN, 104 + JOIN),)
    before = finished(256)
    assert torch.equal(result[:, :, : 104 - JOIN], before[:, :, : 104 - JOIN])
    assert torch.equal(result[:, :, 104 + JOIN :], before[:, :, 136 + JOIN :])
