"""The wavefront order against finishing each step before the next."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import Sampler, make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.wavefront import (
    WavefrontState,
    finished_latents,
    initial_wavefront,
    num_diagonals,
    wavefront_lag,
    wavefront_states,
)
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
AXES = torch.eye(3)
SPANS = [
    PromptSpan(start=0, end=90, conditioning=AXES[0], unconditional=AXES[2], guidance_scale=2.0),
    PromptSpan(start=80, end=900, conditioning=AXES[1], unconditional=AXES[2], guidance_scale=3.0),
]


def grid(stride: int = 32, num_frames: int = 400, first_frame: int = 0) -> WindowGrid:
    return window_grid(first_frame, num_frames, window=64, stride=stride, time_multiple=8, ramp=8)


def noise(g: WindowGrid) -> Tensor:
    return position_keyed_noise(5, 0, 0, g.first_frame, g.num_frames, channels=2, bins=3)


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    """Sums in a fixed order, so that no batching changes the rounding."""
    bias = conditioning[:, 0] * 0.4 - conditioning[:, 1] * 0.3
    mixed = x + 0.3 * x.roll(5, 2) - 0.2 * x.flip(2)
    return torch.tanh(mixed + bias.view(-1, 1, 1, 1)) * (timesteps / 1e3).view(-1, 1, 1, 1)


def denoiser(g: WindowGrid, calls: list[int] | None = None) -> JointDenoiser:
    def counted(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        if calls is not None:
            calls.append(x.shape[0])
        return network(x, timesteps, conditioning)

    return JointDenoiser(
        predict_noise=counted,
        grid=g,
        prompts=window_prompts(g, PromptTimeline(SPANS)),
        max_batch_items=5,
    )


def step_major(g: WindowGrid, sampler: Sampler) -> Tensor:
    *_, final = sampling_states(initial_state(noise(g)), denoiser=denoiser(g), sampler=sampler)
    return final.latents


def run(g: WindowGrid, sampler: Sampler) -> list[WavefrontState]:
    return list(
        wavefront_states(initial_wavefront(noise(g), g), denoiser=denoiser(g), sampler=sampler)
    )


@pytest.mark.parametrize("stride", [48, 32, 16])
@pytest.mark.parametrize("num_frames", [30, 64, 70, 100, 400])
@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m"])
def test_the_result_is_bit_identical_to_finishing_each_step(
    stride: int, num_frames: int, name: str
) -> None:
    g = grid(stride, num_frames, first_frame=-24)
    sampler = make_sampler(name, SCHEDULE, 7)

    final = run(g, sampler)[-1]

    assert torch.equal(finished_latents(final, 7), step_major(g, sampler))
    assert final.end_finished == g.end_frame


def test_an_even_number_of_steps_ends_in_the_other_buffer() -> None:
    g, sampler = grid(), make_sampler("ddim", SCHEDULE, 6)

    assert torch.equal(finished_latents(run(g, sampler)[-1], 6), step_major(g, sampler))


@pytest.mark.parametrize(("stride", "lag"), [(192, 2), (128, 2), (64, 3)])
def test_the_lag_is_that_of_the_design(stride: int, lag: int) -> None:
    g = window_grid(0, 3000, window=256, stride=stride, time_multiple=8)

    assert wavefront_lag(g) == lag


def test_frames_are_final_as_soon_as_they_are_called_finished() -> None:
    g, sampler = grid(), make_sampler("ddim", SCHEDULE, 4)
    expected = step_major(g, sampler)
    ends = []

    states = wavefront_states(initial_wavefront(noise(g), g), denoiser=denoiser(g), sampler=sampler)
    for state in states:
        end = state.end_finished
        ends.append(end)
        assert torch.equal(finished_latents(state, 4)[:, :, :end], expected[:, :, :end])

    assert ends == sorted(ends)
    assert len(ends) == num_diagonals(g, 4)
    assert ends[2 * 3] == g.support(1)[0]
    assert ends[2 * 3 - 1] == 0


def test_the_first_sound_needs_a_small_part_of_the_work() -> None:
    g = grid(num_frames=3000)
    calls: list[int] = []
    sampler = make_sampler("ddim", SCHEDULE, 5)

    states = wavefront_states(
        initial_wavefront(noise(g), g), denoiser=denoiser(g, calls), sampler=sampler
    )
    while next(states).end_finished == 0:
        pass

    assert sum(calls) < 0.08 * 5 * denoiser(g).prompts.num_evaluations


def test_a_resumed_run_is_bit_identical() -> None:
    g, sampler = grid(), make_sampler("dpm-solver++2m", SCHEDULE, 5)
    states = wavefront_states(initial_wavefront(noise(g), g), denoiser=denoiser(g), sampler=sampler)
    for _ in range(9):
        state = next(states)
    stored = WavefrontState(
        diagonal=state.diagonal,
        even=state.even.clone(),
        odd=state.odd.clone(),
        fused=state.fused.clone(),
        history=state.history.clone(),
        end_finished=state.end_finished,
    )

    *_, final = wavefront_states(stored, denoiser=denoiser(g), sampler=sampler)

    assert torch.equal(finished_latents(final, 5), step_major(g, sampler))


def test_the_noise_that_was_given_stays_as_it_was() -> None:
    g = grid()
    given = noise(g)

    list(
        wavefront_states(
            initial_wavefront(given, g),
            denoiser=denoiser(g),
            sampler=make_sampler("ddim", SCHEDULE, 3),
        )
    )

    assert torch.equal(given, noise(g))


def test_a_stochastic_sampler_is_refused() -> None:
    g = grid()

    with pytest.raises(ValueError, match="eta"):
        next(
            wavefront_states(
                initial_wavefront(noise(g), g),
                denoiser=denoiser(g),
                sampler=make_sampler("ddim", SCHEDULE, 3, eta=1.0),
            )
        )
