"""Borrowing frames from a reference, with curves and guidance at some levels, in both orders."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.api.prompts import Curve
from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.reference_swap import ReferenceSwap, reference_trajectory
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.wavefront import initial_wavefront, wavefront_advances
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
NUM_STEPS = 7
AXES = torch.eye(3)
SPANS = [
    PromptSpan(start=0, end=90, conditioning=AXES[0], unconditional=AXES[2], guidance_scale=2.0),
    PromptSpan(
        start=80,
        end=900,
        conditioning=AXES[1],
        unconditional=AXES[2],
        guidance_scale=3.0,
        guidance_curve=Curve(latent_frames=(50, 300), values=(1.0, 5.0)),
    ),
]


def noise(step: int, start: int, end: int) -> Tensor:
    """With a level step at frame 100."""
    drawn = position_keyed_noise(5, 0, 0, start, end - start, channels=2, bins=3, step=step)
    if step == 0:
        drawn[:, :, max(0, 100 - start) :] *= 3.0
    return drawn


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    slope = torch.linspace(-1, 1, x.shape[2]).view(1, 1, -1, 1)
    bias = (conditioning @ torch.tensor([2.0, 1.0, -0.5])).view(-1, 1, 1, 1)
    level = timesteps.view(-1, 1, 1, 1) / 1000
    return torch.tanh(x + bias) + slope * x.mean(2, keepdim=True) / 10 + level


@pytest.mark.parametrize("stride", [48, 32, 16])
@pytest.mark.parametrize(("name", "eta"), [("ddim", 0.0), ("ddim", 1.0), ("dpm-solver++2m", 0.0)])
def test_both_orders_give_the_same_bits(stride: int, name: str, eta: float) -> None:
    grid = window_grid(0, 400, window=64, stride=stride, time_multiple=8, ramp=8)
    sampler = make_sampler(name, SCHEDULE, NUM_STEPS, eta=eta)
    denoiser = JointDenoiser(
        predict_noise=network,
        grid=grid,
        prompts=window_prompts(grid, PromptTimeline(SPANS)),
        max_batch_items=5,
        guidance_interval=(200, 700),
    )

    def made(num_reference_steps: int) -> tuple[Tensor, Tensor]:
        kept = reference_trajectory(
            denoiser, sampler, noise, window=1, num_steps=num_reference_steps
        )
        swap = ReferenceSwap(grid=grid, trajectory=kept)
        *_, last = sampling_states(
            initial_state(noise, grid, swap),
            denoiser=denoiser,
            sampler=sampler,
            noise=noise,
            adjustment=swap,
        )
        parts = wavefront_advances(
            initial_wavefront(noise, grid, swap),
            denoiser=denoiser,
            sampler=sampler,
            noise=noise,
            adjustment=swap,
        )
        return last.latents, torch.cat([part.finished for part in parts], dim=2)

    step_by_step, in_a_wavefront = made(3)

    assert torch.equal(in_a_wavefront, step_by_step)
    assert not torch.equal(step_by_step, made(0)[0])
