"""Sampling a whole track: resuming, sections and extensions."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import Sampler, make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.noise_layers import feathered_noise, whole_layer
from engine.longform.sampling import SamplingState, initial_state, sampling_states
from engine.longform.sections import (
    FrozenContext,
    SectionRange,
    frozen_context,
)
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
SPANS = [
    PromptSpan(
        start=0,
        end=90,
        conditioning=torch.tensor([1.0, 0.0, 0.0]),
        unconditional=torch.tensor([0.0, 0.0, 1.0]),
        guidance_scale=2.0,
    ),
    PromptSpan(
        start=80,
        end=300,
        conditioning=torch.tensor([0.0, 1.0, 0.0]),
        unconditional=torch.tensor([0.0, 0.0, 1.0]),
        guidance_scale=2.0,
    ),
]


def grid(num_frames: int = 200) -> WindowGrid:
    return window_grid(0, num_frames, window=64, stride=32, time_multiple=8, ramp=8)


def noise(g: WindowGrid, take: int = 0) -> Tensor:
    return position_keyed_noise(5, 0, take, g.first_frame, g.num_frames, channels=2, bins=3)


def given(x: Tensor, g: WindowGrid) -> FrameNoise:
    """The noise of a whole track as a sampler asks for it; nothing fresh."""

    def of_frames(step: int, start: int, end: int) -> Tensor:
        assert step == 0
        return x[:, :, start - g.first_frame : end - g.first_frame]

    return of_frames


def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    bias = conditioning @ torch.tensor([0.4, -0.3, 0.1])
    mixed = x + 0.3 * x.roll(1, 2) + 0.2 * x.mean(2, keepdim=True)
    return torch.tanh(mixed + bias.view(-1, 1, 1, 1)) * (timesteps / 1e3).sqrt().view(-1, 1, 1, 1)


def denoiser(g: WindowGrid, calls: list[int] | None = None) -> JointDenoiser:
    def counted(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        if calls is not None:
            calls.append(x.shape[0])
        return network(x, timesteps, conditioning)

    return JointDenoiser(
        predict_noise=counted,
        grid=g,
        prompts=window_prompts(g, PromptTimeline(SPANS)),
        max_batch_items=4,
    )


def sampler(name: str = "ddim", num_steps: int = 6) -> Sampler:
    return make_sampler(name, SCHEDULE, num_steps)


def run(
    g: WindowGrid, x: Tensor, s: Sampler, context: FrozenContext | None = None
) -> list[SamplingState]:
    drawn = given(x, g)
    adjustment = None if context is None else context.adjustment(s, g)
    return list(
        sampling_states(
            initial_state(drawn, g, adjustment),
            denoiser=denoiser(g),
            sampler=s,
            noise=drawn,
            adjustment=adjustment,
            windows=None if context is None else context.windows,
        )
    )


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m", "unipc"])
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(name: str) -> None:
    states = run(grid(), noise(grid()), sampler(name))

    stored = SamplingState.of_arrays(states[2].arrays(), torch.device("cpu"))
    resumed = list(
        sampling_states(
            stored,
            denoiser=denoiser(grid()),
            sampler=sampler(name),
            noise=given(noise(grid()), grid()),
        )
    )

    assert [state.step for state in states] == [1, 2, 3, 4, 5, 6]
    assert torch.equal(resumed[-1].latents, states[-1].latents)
    assert len(resumed) == 3


def test_a_finished_run_has_nothing_left_to_do() -> None:
    states = run(grid(), noise(grid()), sampler())

    rest = sampling_states(
        states[-1],
        denoiser=denoiser(grid()),
        sampler=sampler(),
        noise=given(noise(grid()), grid()),
    )

    assert list(rest) == []


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m", "unipc"])
def test_a_window_independent_network_gives_what_one_window_over_all_gives(name: str) -> None:
    def pointwise(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        return torch.tanh(x) * (timesteps.to(x) / 1e3).view(-1, 1, 1, 1)

    g, s = grid(), sampler(name)
    joint = JointDenoiser(
        predict_noise=pointwise,
        grid=g,
        prompts=window_prompts(g, PromptTimeline(SPANS[:1])),
        max_batch_items=4,
    )
    x, history = noise(g).double(), None
    drawn = given(x, g)
    *_, final = sampling_states(initial_state(drawn, g), denoiser=joint, sampler=s, noise=drawn)

    for index, timestep in enumerate(s.timesteps):
        x, history = s.step(index, x, torch.tanh(x) * timestep / 1e3, history)
    torch.testing.assert_close(final.latents, x, rtol=0, atol=1e-11)


def test_a_stochastic_run_uses_the_noise_of_its_step() -> None:
    g = grid()
    asked: list[int] = []

    def drawn(step: int, start: int, end: int) -> Tensor:
        asked.append(step)
        return position_keyed_noise(5, 0, 0, start, end - start, channels=2, bins=3, step=step)

    stochastic = make_sampler("ddim", SCHEDULE, 3, eta=1.0)
    states = list(
        sampling_states(
            initial_state(drawn, g), denoiser=denoiser(g), sampler=stochastic, noise=drawn
        )
    )

    assert asked == [0, 1, 2, 3]
    assert not torch.equal(states[-1].latents, run(g, noise(g), sampler("ddim", 3))[-1].latents)


@pytest.mark.parametrize("name", ["ddim", "dpm-solver++2m", "unipc"])
def test_a_section_leaves_everything_else_bit_for_bit(name: str) -> None:
    g = grid()
    clean = run(g, noise(g), sampler(name))[-1].latents
    ranges = [SectionRange(start=40, end=75, feather=8), SectionRange(start=150, end=170)]
    x = noise(g)
    for section in ranges:
        inside = slice(section.start, section.end)
        layer = section.layer(whole_layer(seed=0, stream=0, take=1, start=0, end=1), g)
        angles = layer.angles(section.start, section.end)
        x[:, :, inside] = feathered_noise(x[:, :, inside], noise(g, take=1)[:, :, inside], angles)

    context = frozen_context(g, ranges, clean=clean, noise=noise(g))
    states = run(g, x, sampler(name), context)

    free = torch.zeros(g.num_frames, dtype=torch.bool)
    free[40:75] = free[150:170] = True
    got = states[-1].latents
    assert torch.equal(got[:, :, ~free], clean[:, :, ~free])
    assert (got[:, :, free] != clean[:, :, free]).float().mean() > 0.9


def test_a_section_with_its_own_old_noise_gives_the_old_sound_back() -> None:
    """The frozen context lies on its original path only to first order, hence the tolerance."""
    g, s = grid(), sampler("ddim", 100)
    clean = run(g, noise(g), s)[-1].latents
    context = frozen_context(g, [SectionRange(start=80, end=120)], clean=clean, noise=noise(g))

    got = run(g, noise(g), s, context)[-1].latents

    error = (got - clean)[:, :, 80:120].square().mean().sqrt()
    assert error < 0.15 * clean.square().mean().sqrt()


def test_a_section_costs_only_the_windows_it_meets() -> None:
    g = grid(2000)
    calls: list[int] = []
    context = frozen_context(
        g, [SectionRange(start=1000, end=1032)], clean=noise(g), noise=noise(g)
    )

    s, drawn = sampler("ddim", 2), given(noise(g), g)
    adjustment = context.adjustment(s, g)
    list(
        sampling_states(
            initial_state(drawn, g, adjustment),
            denoiser=denoiser(g, calls),
            sampler=s,
            noise=drawn,
            adjustment=adjustment,
            windows=context.windows,
        )
    )

    assert sum(calls) == 2 * 2 * len(g.windows_meeting(1000, 1032))
    assert len(g.windows_meeting(1000, 1032)) == 2


def test_a_section_over_everything_is_a_fresh_run() -> None:
    g = grid()
    context = frozen_context(
        g, [SectionRange(start=0, end=g.end_frame)], clean=noise(g, 7), noise=noise(g, 8)
    )

    got = run(g, noise(g), sampler(), context)[-1].latents

    assert torch.equal(got, run(g, noise(g), sampler())[-1].latents)


def test_an_extension_keeps_what_was_there() -> None:
    short, long = grid(128), grid(200)
    clean = run(short, noise(short), sampler())[-1].latents
    kept = 128 - 16
    padded = torch.zeros(1, 2, long.num_frames, 3)
    padded[:, :, : short.num_frames] = clean

    context = frozen_context(
        long, [SectionRange(start=kept, end=long.end_frame)], clean=padded, noise=noise(long)
    )
    got = run(long, noise(long), sampler(), context)[-1].latents

    assert torch.equal(got[:, :, :kept], clean[:, :, :kept])
    assert got[:, :, 128:200].square().mean() > 0.01
