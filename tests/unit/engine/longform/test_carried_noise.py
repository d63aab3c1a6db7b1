"""The noise that frames carry where a solver adds fresh noise."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.diffusion.ddim import DDIMSampler
from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.carried_noise import CarriedNoise
from engine.longform.start import RemainingSteps

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
NUM_STEPS = 9


def noise(step: int, start: int, end: int) -> Tensor:
    drawn = position_keyed_noise(3, 0, 0, start, end - start, channels=2, bins=3, step=step)
    return drawn.double()


def slowly(sampler: DDIMSampler, step: int, start: int, end: int) -> Tensor:
    """By equation 12 of DDIM for a network that is right: the noise that is left, and the new."""
    carried = noise(0, start, end)
    for index in range(step):
        here = SCHEDULE.alpha_cumprod(sampler.timesteps[index])
        after = SCHEDULE.alpha_cumprod(sampler.timesteps[index + 1])
        power = sampler.eta**2 * (1 - after) / (1 - here) * (1 - here / after)
        left = math.sqrt(1 - after - power) * carried
        carried = (left + math.sqrt(power) * noise(index + 1, start, end)) / math.sqrt(1 - after)
    return carried


@pytest.mark.parametrize("eta", [0.3, 1.0])
@pytest.mark.parametrize("clip", [None, 4.0])
def test_it_is_what_equation_12_leaves_of_every_noise(eta: float, clip: float | None) -> None:
    sampler = DDIMSampler(SCHEDULE, NUM_STEPS, eta=eta, x0_clip=clip)
    carried = CarriedNoise(sampler, noise)

    for step in range(NUM_STEPS):
        expected = slowly(sampler, step, -5, 200)
        torch.testing.assert_close(carried(step, -5, 200), expected, rtol=0, atol=1e-12)


def test_whatever_was_asked_before_the_answer_is_the_same() -> None:
    sampler = DDIMSampler(SCHEDULE, NUM_STEPS, eta=1.0)
    asked = CarriedNoise(sampler, noise)

    for step, start, end in [
        (4, 0, 50),
        (7, 0, 50),
        (2, 0, 50),
        (3, 10, 50),
        (3, 10, 60),
        (0, 9, 12),
    ]:
        expected = CarriedNoise(sampler, noise)(step, 0, 60)[:, :, start:end]
        assert torch.equal(asked(step, start, end), expected)


def test_a_run_draws_every_noise_once() -> None:
    drawn: list[int] = []

    def counted(step: int, start: int, end: int) -> Tensor:
        drawn.append(step)
        return noise(step, start, end)

    carried = CarriedNoise(DDIMSampler(SCHEDULE, NUM_STEPS, eta=1.0), counted)
    for step in range(NUM_STEPS):
        carried(step, 0, 40)

    assert drawn == list(range(NUM_STEPS))


def test_it_keeps_unit_power() -> None:
    carried = CarriedNoise(DDIMSampler(SCHEDULE, NUM_STEPS, eta=1.0), noise)

    last = carried(NUM_STEPS - 1, 0, 20_000)

    assert float(last.square().mean()) == pytest.approx(1.0, abs=0.02)
    assert abs(float((last * noise(0, 0, 20_000)).mean())) < 0.1


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m", "unipc"])
def test_a_deterministic_solver_leaves_the_noise_alone(name: str) -> None:
    def silent_later(step: int, start: int, end: int) -> Tensor:
        return noise(0, start, end) * (step == 0)

    carried = CarriedNoise(make_sampler(name, SCHEDULE, NUM_STEPS), silent_later)

    torch.testing.assert_close(carried(6, 3, 70), noise(0, 3, 70), rtol=0, atol=1e-12)


def test_a_run_that_begins_later_carries_what_its_own_steps_add() -> None:
    whole = DDIMSampler(SCHEDULE, NUM_STEPS, eta=1.0)

    def of_the_rest(step: int, start: int, end: int) -> Tensor:
        return noise(step + 4 if step else 0, start, end)

    rest = CarriedNoise(RemainingSteps(whole=whole, first_step=4), of_the_rest)

    factor = whole.fresh_noise_std(4) / SCHEDULE.sigma(whole.timesteps[5])
    expected = math.sqrt(1 - factor**2) * noise(0, 0, 30) + factor * noise(5, 0, 30)
    torch.testing.assert_close(rest(1, 0, 30), expected, rtol=0, atol=1e-12)
