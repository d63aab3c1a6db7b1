from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.start import SamplingStart, start_from_noise, start_from_sound

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
FIRST, NUM = -8, 40


def noise(step: int, start: int, end: int) -> Tensor:
    return position_keyed_noise(1, 2, 3, start, end - start, channels=2, bins=4, step=step)


def clean() -> Tensor:
    """Quiet, then loud."""
    latents = torch.randn(1, 2, NUM, 4, generator=torch.Generator().manual_seed(1))
    latents[:, :, NUM // 2 :] *= 5.0
    return latents


def start(strength: float, num_steps: int = 20, name: str = "ddim") -> SamplingStart:
    return start_from_sound(
        make_sampler(name, SCHEDULE, num_steps),
        noise,
        clean=clean(),
        first_frame=FIRST,
        strength=strength,
    )


@pytest.mark.parametrize(
    ("strength", "first_step"), [(1e-9, 19), (0.05, 19), (0.3, 14), (0.5, 10), (0.9, 2), (1.0, 0)]
)
def test_strength_is_the_share_of_the_steps_that_are_taken(
    strength: float, first_step: int
) -> None:
    assert start(strength).first_step == first_step


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m"])
def test_the_sound_is_noised_to_exactly_the_level_of_the_first_step(name: str) -> None:
    begun = start(0.5, name=name)

    got = begun.initial(FIRST, FIRST + NUM)

    timestep = begun.sampler.timesteps[0]
    assert timestep == make_sampler(name, SCHEDULE, 20).timesteps[10]
    expected = SCHEDULE.alpha(timestep) * clean() + SCHEDULE.sigma(timestep) * noise(
        0, FIRST, FIRST + NUM
    )
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-6)


def test_any_range_is_the_same_part_of_the_whole() -> None:
    begun = start(0.7)
    whole = begun.initial(FIRST, FIRST + NUM)

    assert torch.equal(begun.initial(3, 17), whole[:, :, 11:25])


def test_full_strength_leaves_nothing_of_the_sound() -> None:
    sampler = make_sampler("ddim", SCHEDULE, 20)

    got = start(1.0).initial(0, 16)

    assert torch.equal(got, noise(0, 0, 16))
    assert torch.equal(got, start_from_noise(sampler, noise).initial(0, 16))


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m"])
def test_the_remaining_steps_are_the_last_ones_of_the_whole(name: str) -> None:
    whole, rest = make_sampler(name, SCHEDULE, 20), start(0.6, name=name).sampler
    latents, predicted, history = clean(), 0.5 * clean(), 0.3 * clean()

    assert rest.timesteps == whole.timesteps[8:]
    assert [rest.level_after(i) for i in range(12)] == [whole.level_after(i) for i in range(8, 20)]
    got, _ = rest.step(3, latents, predicted, history)
    expected, _ = whole.step(11, latents, predicted, history)
    assert torch.equal(got, expected)


def test_a_solver_of_second_order_begins_in_the_middle_with_the_first() -> None:
    rest = start(0.6, name="dpm-solver++2m").sampler

    with_none, _ = rest.step(0, clean(), 0.5 * clean(), None)

    # The first order is DDIM between the same two levels (Lu et al. 2022, section 4.1).
    here, after = rest.timesteps[0], rest.level_after(0)
    estimate = (clean() - SCHEDULE.sigma(here) * 0.5 * clean()) / SCHEDULE.alpha(here)
    expected = SCHEDULE.alpha(after) * estimate + SCHEDULE.sigma(after) * 0.5 * clean()
    torch.testing.assert_close(with_none, expected, rtol=0, atol=1e-5)


def test_fresh_noise_keeps_the_number_of_the_step_that_adds_it() -> None:
    assert torch.equal(start(0.5).noise(3, 0, 8), noise(13, 0, 8))


def test_a_run_from_the_middle_with_a_perfect_network_gives_the_sound_back() -> None:
    """With the very noise predicted, DDIM ends at the sound at the level of timestep 0."""
    begun = start(0.6)
    known = noise(0, FIRST, FIRST + NUM)
    latents = begun.initial(FIRST, FIRST + NUM)
    for index in range(len(begun.sampler.timesteps)):
        latents, _ = begun.sampler.step(index, latents, known, None)

    torch.testing.assert_close(latents, SCHEDULE.add_noise(clean(), known, 0), rtol=0, atol=1e-5)


@pytest.mark.parametrize("strength", [0.0, -0.1, 1.01, float("nan")])
def test_strengths_out_of_range_are_refused(strength: float) -> None:
    with pytest.raises(ValueError, match="strength"):
        start(strength)


@pytest.mark.parametrize(("first", "last"), [(FIRST - 1, 4), (0, FIRST + NUM + 1), (4, 4)])
def test_frames_beyond_the_sound_are_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="not within the 40 frames from -8"):
        start(0.5).initial(first, last)
