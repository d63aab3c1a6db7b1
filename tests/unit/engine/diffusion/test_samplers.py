"""DDIM, DPM-Solver++, UniPC and the choice between them."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.dpm_solver import DPMSolverSampler
from engine.diffusion.samplers import Sampler, make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.diffusion.unipc import UniPCSampler

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
SAMPLERS: list[Sampler] = [
    DDIMSampler(SCHEDULE, 12),
    DDIMSampler(SCHEDULE, 12, x0_clip=100.0),
    DPMSolverSampler(SCHEDULE, 12),
    DPMSolverSampler(SCHEDULE, 20),
    UniPCSampler(SCHEDULE, 12),
]


def noise_of(seed: int) -> Tensor:
    return torch.randn(
        1, 2, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_perfect_prediction_leads_to_the_clean_latents_at_every_level(sampler: Sampler) -> None:
    clean, noise = noise_of(1), noise_of(2)
    latents, history = SCHEDULE.add_noise(clean, noise, sampler.timesteps[0]), None

    for index in range(len(sampler.timesteps)):
        latents, history = sampler.step(index, latents, noise, history)
        expected = SCHEDULE.add_noise(clean, noise, sampler.level_after(index))
        torch.testing.assert_close(latents, expected, rtol=0, atol=1e-11)
        torch.testing.assert_close(history[:, :2], clean, rtol=0, atol=1e-11)
        assert history.shape[1] == 2 * sampler.history_parts


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_step_leaves_its_arguments_alone(sampler: Sampler) -> None:
    latents, noise_pred = noise_of(1), noise_of(2)
    history = noise_of(3).repeat(1, sampler.history_parts, 1, 1)
    before = [x.clone() for x in (latents, noise_pred, history)]

    sampler.step(1, latents, noise_pred, history)

    assert all(
        torch.equal(a, b) for a, b in zip(before, (latents, noise_pred, history), strict=True)
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_last_step_ends_at_the_lowest_noise_level(sampler: Sampler) -> None:
    assert sampler.level_after(len(sampler.timesteps) - 1) == 0
    assert sampler.level_after(0) == sampler.timesteps[1]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_range_of_frames_can_be_advanced_alone(sampler: Sampler) -> None:
    latents, noise_pred = noise_of(1), noise_of(2)
    history = noise_of(3).repeat(1, sampler.history_parts, 1, 1)

    whole = sampler.step(5, latents, noise_pred, history)
    part = sampler.step(5, *(x[:, :, 1:3] for x in (latents, noise_pred, history)))

    assert all(torch.equal(a[:, :, 1:3], b) for a, b in zip(whole, part, strict=True))


def test_what_is_done_to_the_latents_between_two_steps_of_unipc_counts() -> None:
    sampler, noise_pred, history = UniPCSampler(SCHEDULE, 10), noise_of(2), noise_of(3)
    timestep, shift = sampler.timesteps[4], 0.5
    history = history.repeat(1, 2, 1, 1)
    # The clean estimate is made to stay the same, so that only the latents differ.
    other_pred = noise_pred + shift / SCHEDULE.sigma(timestep)

    plain, _ = sampler.step(4, noise_of(1), noise_pred, history)
    moved, _ = sampler.step(4, noise_of(1) + shift, other_pred, history)

    shrink = SCHEDULE.sigma(sampler.level_after(4)) / SCHEDULE.sigma(timestep)
    torch.testing.assert_close(moved - plain, torch.full_like(plain, shrink * shift))


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m", "unipc"])
def test_the_clean_estimate_is_clipped_and_still_explains_the_latents(name: str) -> None:
    sampler = make_sampler(name, SCHEDULE, 10, x0_clip=0.5)
    latents = noise_of(1)
    alpha, sigma = (f(sampler.timesteps[0]) for f in (SCHEDULE.alpha, SCHEDULE.sigma))

    got, history = sampler.step(0, latents, noise_of(2), None)

    clean = history[:, :2]
    after = sampler.level_after(0)
    implied_noise = (latents - alpha * clean) / sigma
    assert clean.abs().max() == 0.5
    torch.testing.assert_close(
        got, SCHEDULE.add_noise(clean, implied_noise, after), rtol=0, atol=1e-12
    )


def test_fresh_noise_keeps_the_variance_of_the_level() -> None:
    sampler = DDIMSampler(SCHEDULE, 10, eta=1.0)
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)

    # No clean signal: what is left is the two noises, and their powers add.
    alpha, sigma = (f(sampler.timesteps[4]) for f in (SCHEDULE.alpha, SCHEDULE.sigma))
    assert alpha > 0
    old, _ = sampler.step(4, sigma * one, one, None, zero)
    new, _ = sampler.step(4, zero, zero, None, one)

    power = float(old**2 + new**2)
    assert power == pytest.approx(SCHEDULE.sigma(sampler.level_after(4)) ** 2, abs=1e-12)
    assert float(new) == pytest.approx(sampler.fresh_noise_std(4))


def test_stochastic_ddim_demands_its_noise() -> None:
    sampler = DDIMSampler(SCHEDULE, 10, eta=0.5)

    assert sampler.needs_step_noise
    with pytest.raises(ValueError, match="step_noise"):
        sampler.step(0, noise_of(1), noise_of(2), None)


def test_deterministic_samplers_ask_for_no_noise() -> None:
    assert not any(sampler.needs_step_noise for sampler in SAMPLERS)


def test_the_solver_uses_its_history_except_at_the_first_and_a_short_run_s_last_step() -> None:
    latents, noise_pred = noise_of(1), noise_of(2)

    def depends_on_history(num_steps: int, index: int) -> bool:
        sampler = DPMSolverSampler(SCHEDULE, num_steps)
        a, _ = sampler.step(index, latents, noise_pred, noise_of(3))
        b, _ = sampler.step(index, latents, noise_pred, noise_of(4))
        return not torch.equal(a, b)

    assert [depends_on_history(10, i) for i in (0, 1, 8, 9)] == [False, True, True, False]
    assert [depends_on_history(15, i) for i in (0, 1, 13, 14)] == [False, True, True, True]


@pytest.mark.parametrize("solver", [DPMSolverSampler(SCHEDULE, 20), UniPCSampler(SCHEDULE, 20)])
def test_second_order_is_more_accurate_on_a_gaussian(solver: Sampler) -> None:
    """Data N(0, s^2) has a linear exact denoiser and a known end point."""
    std = 2.0

    def end_of(sampler: Sampler) -> float:
        x, history = torch.ones(1, 1, 1, 1, dtype=torch.float64), None
        for index, timestep in enumerate(sampler.timesteps):
            a, s = SCHEDULE.alpha(timestep), SCHEDULE.sigma(timestep)
            noise_pred = s * x / (a**2 * std**2 + s**2)
            x, history = sampler.step(index, x, noise_pred, history)
        return float(x)

    def exact(first: int) -> float:
        def spread(t: int) -> float:
            return math.hypot(SCHEDULE.alpha(t) * std, SCHEDULE.sigma(t))

        return spread(0) / spread(first)

    ddim = DDIMSampler(SCHEDULE, 20)
    solver_error = abs(end_of(solver) - exact(solver.timesteps[0]))
    ddim_error = abs(end_of(ddim) - exact(ddim.timesteps[0]))
    assert solver_error < 0.5 * ddim_error


@pytest.mark.parametrize("eta", [-0.1, 1.1])
def test_eta_outside_its_range_is_refused(eta: float) -> None:
    with pytest.raises(ValueError, match="eta"):
        DDIMSampler(SCHEDULE, 10, eta=eta)


@pytest.mark.parametrize("clip", [0.0, -1.0, math.nan])
def test_a_clip_that_is_not_positive_is_refused(clip: float) -> None:
    with pytest.raises(ValueError, match="x0_clip"):
        DDIMSampler(SCHEDULE, 10, x0_clip=clip)
    with pytest.raises(ValueError, match="x0_clip"):
        DPMSolverSampler(SCHEDULE, 10, x0_clip=clip)
    with pytest.raises(ValueError, match="x0_clip"):
        UniPCSampler(SCHEDULE, 10, x0_clip=clip)


def test_samplers_are_made_by_name() -> None:
    assert isinstance(make_sampler("ddim", SCHEDULE, 5, eta=0.3), DDIMSampler)
    assert isinstance(make_sampler("dpm-solver++2m", SCHEDULE, 5), DPMSolverSampler)
    assert isinstance(make_sampler("unipc", SCHEDULE, 5), UniPCSampler)


@pytest.mark.parametrize("name", ["dpm-solver++2m", "unipc"])
def test_a_deterministic_solver_refuses_fresh_noise(name: str) -> None:
    with pytest.raises(ValueError, match="eta"):
        make_sampler(name, SCHEDULE, 5, eta=0.3)


def test_an_unknown_sampler_is_named() -> None:
    with pytest.raises(ValueError, match="euler"):
        make_sampler("euler", SCHEDULE, 5)
