"""Seams where the right answer is known: a Gaussian track, whose exact denoiser is a matrix.

Everything is linear, so feeding unit vectors instead of noise gives the matrix from noise to
result, and with it the exact covariance of what the engine makes: no sampling, no luck. One
"frequency bin" is one unit vector.

Shape letters in this file:
    T  latent frames of the track
    W  latent frames of a window
    V  unit vectors
"""

from __future__ import annotations

import functools

import pytest
import torch
from torch import Tensor

from engine.api.sampling import Fusion
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.noise_layers import feathered_noise, whole_layer
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.sections import FrozenContext, SectionRange, frozen_context
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
NUM_STEPS = 25
WINDOW, STRIDE, RAMP = 64, 32, 8
NUM_FRAMES = 256
LOCAL = 32


def covariance(num_frames: int) -> Tensor:
    """(T, T): a rhythm that loses its phase, a slow texture, and some white noise."""
    lag = torch.arange(num_frames, dtype=torch.float64)
    first_row = (
        0.5 * torch.cos(2 * torch.pi * lag / 12.5) * torch.exp(-lag / 30)
        + 0.3 * torch.exp(-lag / 12)
        + 0.2 * (lag == 0)
    )
    index = (lag[:, None] - lag[None, :]).abs().long()
    toeplitz: Tensor = first_row[index]
    return toeplitz


@functools.cache
def denoising_matrix(num_frames: int, timestep: int) -> Tensor:
    """(W, W): the exact noise prediction ``sigma (alpha^2 K + sigma^2 I)^-1``."""
    alpha, sigma = SCHEDULE.alpha(timestep), SCHEDULE.sigma(timestep)
    noisy = alpha**2 * covariance(num_frames)
    noisy = noisy + sigma**2 * torch.eye(num_frames, dtype=torch.float64)
    inverse: Tensor = torch.linalg.inv(noisy)
    return sigma * inverse


def exact_denoiser(x: Tensor, timesteps: Tensor, _conditioning: Tensor) -> Tensor:
    matrices = torch.stack([denoising_matrix(x.shape[2], int(t)) for t in timesteps])
    noise_pred: Tensor = torch.einsum("nwu,ncuv->ncwv", matrices, x)
    return noise_pred


def grid(window: int = WINDOW, stride: int = STRIDE, fusion: Fusion = Fusion.RAMP) -> WindowGrid:
    return window_grid(
        0,
        NUM_FRAMES,
        window=window,
        stride=stride,
        time_multiple=8,
        ramp=min(RAMP, stride),
        fusion=fusion,
    )


def made_from(noise: Tensor, g: WindowGrid, context: FrozenContext | None = None) -> Tensor:
    vector = torch.ones(1)
    span = PromptSpan(
        start=0, end=NUM_FRAMES, conditioning=vector, unconditional=vector, guidance_scale=1.0
    )
    denoiser = JointDenoiser(
        predict_noise=exact_denoiser,
        grid=g,
        prompts=window_prompts(g, PromptTimeline([span])),
        max_batch_items=8,
    )
    sampler = make_sampler("ddim", SCHEDULE, NUM_STEPS)
    adjustment = None if context is None else context.adjustment(sampler, g)

    def drawn(step: int, start: int, end: int) -> Tensor:
        assert step == 0
        return noise[:, :, start:end]

    *_, final = sampling_states(
        initial_state(drawn, g, adjustment),
        denoiser=denoiser,
        sampler=sampler,
        noise=drawn,
        adjustment=adjustment,
        windows=None if context is None else context.windows,
    )
    return final.latents


def unit_noise() -> Tensor:
    """(1, 1, T, T) every unit vector of noise."""
    return torch.eye(NUM_FRAMES, dtype=torch.float64)[None, None]


def root(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    result: Tensor = vectors @ torch.diag(values.clamp_min(0).sqrt()) @ vectors.T
    return result


def wasserstein2(a: Tensor, b: Tensor) -> float:
    """Distance of two centred Gaussians by their covariances (Gelbrich 1990)."""
    root_a = root(a)
    cross = root(root_a @ b @ root_a)
    return float((a.trace() + b.trace() - 2 * cross.trace()).clamp_min(0).sqrt())


def distances(result: Tensor, reference: Tensor) -> list[float]:
    """W2 of the covariance of 32 frames around every fourth frame away from the ends."""
    got = result[0, 0] @ result[0, 0].T
    expected = reference[0, 0] @ reference[0, 0].T
    starts = range(WINDOW, NUM_FRAMES - WINDOW - LOCAL, 4)
    return [
        wasserstein2(got[s : s + LOCAL, s : s + LOCAL], expected[s : s + LOCAL, s : s + LOCAL])
        for s in starts
    ]


@pytest.fixture(scope="module")
def whole() -> Tensor:
    return made_from(unit_noise(), grid(window=NUM_FRAMES, stride=NUM_FRAMES // 2))


def test_core_and_ramp_at_half_overlap_are_close_to_the_whole_track(whole: Tensor) -> None:
    ramp = distances(made_from(unit_noise(), grid()), whole)
    flat = distances(made_from(unit_noise(), grid(fusion=Fusion.MEAN)), whole)

    assert max(ramp) < 0.2
    assert max(flat) > 0.4
    assert max(flat) > 3 * max(ramp)


def test_more_overlap_is_closer_still(whole: Tensor) -> None:
    half = distances(made_from(unit_noise(), grid()), whole)
    three_quarters = distances(made_from(unit_noise(), grid(stride=16)), whole)

    assert max(three_quarters) < max(half)


def test_edge_discarding_beats_the_mean_of_four_times_the_windows(whole: Tensor) -> None:
    cheap = distances(made_from(unit_noise(), grid()), whole)
    costly = distances(made_from(unit_noise(), grid(stride=8, fusion=Fusion.MEAN)), whole)

    assert max(cheap) < 0.5 * max(costly)


def test_power_is_kept_everywhere() -> None:
    result = made_from(unit_noise(), grid())[0, 0]

    power = result.square().sum(dim=1)
    assert float(power[WINDOW:-WINDOW].min() / power[WINDOW:-WINDOW].max()) > 0.97


def jump_ratio(result: Tensor, reference: Tensor, frame: int) -> float:
    """Power of the step into ``frame``, relative to the undisturbed track."""
    step = result[0, 0, frame] - result[0, 0, frame - 1]
    normal = reference[0, 0, frame] - reference[0, 0, frame - 1]
    return float(step.square().sum() / normal.square().sum())


def regenerated(feather: int) -> tuple[Tensor, Tensor]:
    """A section [104, 168) with new noise, as maps from old and new unit noise (V = 2 T)."""
    g = grid()
    zero = torch.zeros_like(unit_noise())
    old = torch.cat((unit_noise(), zero), dim=3)
    new = torch.cat((zero, unit_noise()), dim=3)
    before = made_from(old, g)
    section = SectionRange(start=104, end=168, feather=feather)
    context = frozen_context(g, [section], clean=before, noise=old)
    mixed = old.clone()
    inside = slice(section.start, section.end)
    layer = section.layer(whole_layer(seed=0, stream=0, take=1, start=0, end=1), g)
    angles = layer.angles(section.start, section.end)
    mixed[:, :, inside] = feathered_noise(old[:, :, inside], new[:, :, inside], angles)
    return made_from(mixed, g, context), before


def test_the_noise_feather_makes_the_joins_of_a_section_seamless() -> None:
    after, before = regenerated(feather=16)

    assert jump_ratio(after, before, 104) == pytest.approx(1.0, abs=0.1)
    assert jump_ratio(after, before, 168) == pytest.approx(1.0, abs=0.1)
    assert torch.equal(after[:, :, :104], before[:, :, :104])
    assert torch.equal(after[:, :, 168:], before[:, :, 168:])


def test_without_the_feather_the_joins_would_be_heard() -> None:
    after, before = regenerated(feather=0)

    assert jump_ratio(after, before, 104) > 1.4


def test_the_middle_of_a_section_is_new() -> None:
    after, _ = regenerated(feather=16)

    middle = after[0, 0, 136]
    share_of_new = middle[NUM_FRAMES:].square().sum() / middle.square().sum()
    assert float(share_of_new) > 0.8
