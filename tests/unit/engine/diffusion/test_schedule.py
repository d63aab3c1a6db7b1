"""The noise schedule and the timesteps taken from it."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.schedule import (
    NoiseSchedule,
    ScheduleConfig,
    leading_timesteps,
    trailing_timesteps,
)

AUDIOLDM = ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195)


@pytest.mark.parametrize(
    ("timestep", "expected"),
    [
        (0, 0.998500000),
        (1, 0.996994427),
        (101, 0.821146198),
        (501, 0.114004784),
        (901, 0.000857845),
        (999, 0.000142304),
    ],
)
def test_signal_power_matches_the_published_schedule(timestep: int, expected: float) -> None:
    assert NoiseSchedule(AUDIOLDM).alpha_cumprod(timestep) == pytest.approx(expected, abs=5e-10)


def test_half_log_snr_spans_the_published_range() -> None:
    schedule = NoiseSchedule(AUDIOLDM)

    assert schedule.half_log_snr(0) == pytest.approx(3.2504, abs=5e-5)
    assert schedule.half_log_snr(999) == pytest.approx(-4.4287, abs=5e-5)


def test_the_levels_are_kept_in_double_precision() -> None:
    assert NoiseSchedule(AUDIOLDM).alphas_cumprod.dtype == torch.float64


def test_alpha_and_sigma_preserve_variance() -> None:
    schedule = NoiseSchedule(AUDIOLDM)

    assert schedule.alpha(321) ** 2 + schedule.sigma(321) ** 2 == pytest.approx(1.0, abs=1e-15)


def test_add_noise_mixes_signal_and_noise() -> None:
    schedule = NoiseSchedule(AUDIOLDM)
    clean, noise = torch.tensor([2.0]), torch.tensor([-3.0])

    got = schedule.add_noise(clean, noise, 501)

    a = 0.114004784
    assert got.item() == pytest.approx(2 * math.sqrt(a) - 3 * math.sqrt(1 - a), abs=1e-6)
    assert got.dtype == torch.float32


@pytest.mark.parametrize("timestep", [-1, 1000])
def test_a_timestep_outside_the_schedule_is_refused(timestep: int) -> None:
    with pytest.raises(ValueError, match=str(timestep)):
        NoiseSchedule(AUDIOLDM).alpha_cumprod(timestep)


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.01), (0.02, 0.01), (0.001, 1.0), (-0.1, 0.5)])
def test_impossible_betas_are_refused(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="beta_start"):
        ScheduleConfig(num_timesteps=10, beta_start=start, beta_end=end)


def test_a_schedule_needs_a_timestep() -> None:
    with pytest.raises(ValueError, match="num_timesteps"):
        ScheduleConfig(num_timesteps=0, beta_start=0.1, beta_end=0.2)


@pytest.mark.parametrize(
    ("num_steps", "first"), [(10, 901), (25, 961), (50, 981), (100, 991), (200, 996), (150, 895)]
)
def test_leading_timesteps_start_where_the_reference_does(num_steps: int, first: int) -> None:
    timesteps = leading_timesteps(num_steps)

    assert timesteps[0] == first
    assert timesteps[-1] == 1
    assert len(timesteps) == num_steps


def test_trailing_timesteps_of_ten_steps() -> None:
    assert trailing_timesteps(10) == (999, 899, 799, 699, 599, 499, 399, 299, 199, 99)


@pytest.mark.parametrize("choose", [leading_timesteps, trailing_timesteps])
@pytest.mark.parametrize("num_steps", [0, 1000])
def test_a_number_of_steps_that_does_not_fit_is_refused(choose: object, num_steps: int) -> None:
    assert callable(choose)
    with pytest.raises(ValueError, match=str(num_steps)):
        choose(num_steps)


@settings(deadline=None)
@given(num_steps=st.integers(1, 999))
def test_timesteps_strictly_decrease_to_at_least_one(num_steps: int) -> None:
    for timesteps in (leading_timesteps(num_steps), trailing_timesteps(num_steps)):
        assert len(timesteps) == num_steps
        assert timesteps[-1] >= 1
        assert timesteps[0] <= 999
        assert all(a > b for a, b in itertools.pairwise(timesteps))
