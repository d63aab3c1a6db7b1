"""Our samplers against the schedulers of diffusers, where the conventions agree."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, UniPCMultistepScheduler
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.dpm_solver import DPMSolverSampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.diffusion.unipc import UniPCSampler

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
# The last bits differ: the oracle computes its noise levels in float32.
RTOL, ATOL = 2e-5, 2e-4


def denoiser(latents: Tensor, timestep: int) -> Tensor:
    """Any smooth function of the latents and the timestep."""
    return torch.tanh(latents * (0.5 + timestep / 1000)) + 0.1 * latents.roll(1, 2)


def start() -> Tensor:
    return torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("num_steps", [1, 10, 25, 200])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_ddim_follows_diffusers(num_steps: int, eta: float) -> None:
    oracle = DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.0015,
        beta_end=0.0195,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    oracle.set_timesteps(num_steps)
    sampler = DDIMSampler(SCHEDULE, num_steps, eta=eta)
    assert sampler.timesteps == tuple(oracle.timesteps.tolist())

    ours, theirs, history = start(), start(), None
    generator = torch.Generator().manual_seed(5)
    for index, timestep in enumerate(sampler.timesteps):
        noise = torch.randn(ours.shape, generator=generator)
        ours, history = sampler.step(index, ours, denoiser(ours, timestep), history, noise)
        theirs = oracle.step(
            denoiser(theirs, timestep), timestep, theirs, eta=eta, variance_noise=noise
        ).prev_sample

    torch.testing.assert_close(ours, theirs, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("num_steps", [2, 10, 20, 50])
def test_dpm_solver_follows_diffusers(num_steps: int) -> None:
    oracle = DPMSolverMultistepScheduler(
        num_train_timesteps=1000,
        beta_start=0.0015,
        beta_end=0.0195,
        beta_schedule="scaled_linear",
        algorithm_type="dpmsolver++",
        solver_order=2,
        solver_type="midpoint",
        final_sigmas_type="sigma_min",
        timestep_spacing="trailing",
    )
    oracle.set_timesteps(num_steps)
    sampler = DPMSolverSampler(SCHEDULE, num_steps)
    np.testing.assert_array_equal(sampler.timesteps, oracle.timesteps.numpy())

    ours, theirs, history = start(), start(), None
    for index, timestep in enumerate(sampler.timesteps):
        ours, history = sampler.step(index, ours, denoiser(ours, timestep), history)
        theirs = oracle.step(denoiser(theirs, timestep), timestep, theirs).prev_sample

    torch.testing.assert_close(ours, theirs, rtol=RTOL, atol=ATOL)


@pytest.mark.parametrize("num_steps", [1, 2, 3, 10, 20, 50])
def test_unipc_is_that_of_diffusers(num_steps: int) -> None:
    oracle = UniPCMultistepScheduler(
        num_train_timesteps=1000,
        beta_start=0.0015,
        beta_end=0.0195,
        beta_schedule="scaled_linear",
        solver_order=2,
        solver_type="bh2",
        final_sigmas_type="sigma_min",
        timestep_spacing="trailing",
    )
    oracle.set_timesteps(num_steps)
    sampler = UniPCSampler(SCHEDULE, num_steps)
    np.testing.assert_array_equal(sampler.timesteps, oracle.timesteps.numpy())
    # The oracle keeps its levels in float32; in float64 the two agree to the last digits.
    power = SCHEDULE.alphas_cumprod[[*sampler.timesteps, 0]]
    oracle.sigmas = ((1 - power) / power).sqrt()

    ours, theirs, history = start().double(), start().double(), None
    for index, timestep in enumerate(sampler.timesteps):
        ours, history = sampler.step(index, ours, denoiser(ours, timestep), history)
        prediction = denoiser(theirs, timestep)
        theirs = oracle.step(prediction, oracle.timesteps[index], theirs).prev_sample

    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
