"""Do windows agree with each other? A toy in which each window picks one of three styles.

The track is a mixture of three Gaussians that differ in the period of their rhythm; its exact
denoiser is known, so whatever disagrees is the fault of the joint sampling and not of a network.
Overlap makes windows seamless, but it does not make far ones alike; borrowing frames from one
reference window does, to a degree (SaFa, Dai et al. 2025, section 3.3).

Shape letters in this file:
    W  latent frames of a window
    C  independent tracks, in the place of channels
"""

from __future__ import annotations

import functools
from itertools import combinations

import torch
from torch import Tensor

from engine.api import num_reference_steps
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.reference_swap import ReferenceSwap, reference_trajectory
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
PERIODS = (17.0, 25.0, 33.0)
NUM_STEPS = 25
WINDOW, STRIDE, NUM_FRAMES = 128, 64, 640
NUM_TRACKS = 512
GRID = window_grid(0, NUM_FRAMES, window=WINDOW, stride=STRIDE, time_multiple=8, ramp=16)


@functools.cache
def precisions(timestep: int | None) -> tuple[Tensor, Tensor]:
    """(3, W, W) inverse covariance of each style at a noise level, and (3,) log determinants."""
    lag = torch.arange(WINDOW, dtype=torch.float64)
    rows = torch.stack(
        [
            0.6 * torch.cos(2 * torch.pi * lag / period) * torch.exp(-lag / 60)
            + 0.2 * torch.exp(-lag / 12)
            + 0.2 * (lag == 0)
            for period in PERIODS
        ]
    )
    clean = rows[:, (lag[:, None] - lag[None, :]).abs().long()]
    alpha, sigma = (1.0, 0.0)
    if timestep is not None:
        alpha, sigma = SCHEDULE.alpha(timestep), SCHEDULE.sigma(timestep)
    noisy = alpha**2 * clean + sigma**2 * torch.eye(WINDOW, dtype=torch.float64)
    return torch.linalg.inv(noisy), torch.linalg.slogdet(noisy).logabsdet


def styles_of(x: Tensor, timestep: int | None) -> tuple[Tensor, Tensor]:
    """(3, C) posterior of the styles of windows (C, W), and (3, C, W) what each would explain."""
    inverse, log_determinants = precisions(timestep)
    explained = torch.einsum("swv,cv->scw", inverse, x)
    likelihood = -0.5 * (explained * x).sum(-1) - 0.5 * log_determinants[:, None]
    return likelihood.softmax(0), explained


def exact_denoiser(x: Tensor, timesteps: Tensor, _conditioning: Tensor) -> Tensor:
    predictions = []
    for window, timestep in zip(x[..., 0], timesteps.tolist(), strict=True):
        posterior, explained = styles_of(window, timestep)
        mean = (posterior[:, :, None] * explained).sum(0)
        predictions.append(SCHEDULE.sigma(timestep) * mean)
    return torch.stack(predictions).unsqueeze(-1)


def noise(step: int, start: int, end: int) -> Tensor:
    assert step == 0
    generator = torch.Generator().manual_seed(5)
    whole = torch.randn(1, NUM_TRACKS, NUM_FRAMES, 1, dtype=torch.float64, generator=generator)
    return whole[:, :, start:end]


@functools.cache
def made(reference_share: float) -> Tensor:
    """(C, T) tracks; the middle window is the reference."""
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
    sampler = make_sampler("ddim", SCHEDULE, NUM_STEPS)
    kept = reference_trajectory(
        denoiser,
        sampler,
        noise,
        window=GRID.num_windows // 2,
        num_steps=num_reference_steps(reference_share, NUM_STEPS),
    )
    swap = ReferenceSwap(grid=GRID, trajectory=kept)
    latents, history = noise(0, 0, NUM_FRAMES), None
    for step, timestep in enumerate(sampler.timesteps):
        latents = swap(step, 0, NUM_FRAMES, latents)
        noise_pred = denoiser.noise_pred(latents, timestep)
        latents, history = sampler.step(step, latents, noise_pred, history)
    return latents[0, :, :, 0]


def agreement(tracks: Tensor) -> float:
    """Share of the pairs of windows of a track, side by side, that have the same style."""
    windows = torch.split(tracks, WINDOW, dim=1)
    styles = [styles_of(window, None)[0].argmax(0) for window in windows]
    same = [(a == b).double().mean() for a, b in combinations(styles, 2)]
    return float(torch.stack(same).mean())


def test_overlap_alone_leaves_far_windows_at_chance() -> None:
    assert abs(agreement(made(0.0)) - 1 / 3) < 0.06


def test_borrowing_makes_windows_agree_more_often() -> None:
    alone, short, long = (agreement(made(share)) for share in (0.0, 0.3, 0.5))

    # Two standard errors are 0.014.
    assert short > alone + 0.05
    assert long > alone + 0.05


def test_borrowing_keeps_the_power_of_the_sound() -> None:
    alone, borrowed = (made(share).square().mean() for share in (0.0, 0.3))

    assert float(borrowed / alone) > 0.9
