"""Borrowing frames from a reference window in the first steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.reference_swap import (
    ReferenceSwap,
    borrowed_frames,
    reference_trajectory,
)
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid

WINDOW = 64


def grid(num_frames: int = 200, stride: int = 32, first: int = -40) -> WindowGrid:
    return window_grid(first, num_frames, window=WINDOW, stride=stride, time_multiple=8, ramp=8)


def trajectory(num_steps: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(3)
    return tuple(torch.randn(1, 2, WINDOW, 3, generator=generator) for _ in range(num_steps))


def noise(step: int, start: int, end: int) -> Tensor:
    """A function of place and step, with a level step in the middle of the track."""
    frames = [
        torch.randn(2, 3, generator=torch.Generator().manual_seed(1000 * step + frame + 500))
        + (2.0 if frame > 60 else 0.0)
        for frame in range(start, end)
    ]
    return torch.stack(frames, dim=1).unsqueeze(0)


def slow_swap(g: WindowGrid, reference: Tensor, start: int, latents: Tensor) -> Tensor:
    """Every other frame that a window counts in alone, one by one."""
    changed = latents.clone()
    for offset in range(latents.shape[2]):
        frame = start + offset
        heard = [
            k
            for k in range(g.num_windows)
            if 0 <= frame - g.starts[k] < g.window
            and float(g.weights(k)[frame - g.starts[k]]) == 1.0
        ]
        if heard and (frame - g.starts[heard[0]]) % 2 == 1:
            changed[:, :, offset] = reference[:, :, frame - g.starts[heard[0]]]
    return changed


@pytest.mark.parametrize("stride", [32, 48])
def test_every_other_frame_of_the_cores_comes_from_the_reference(stride: int) -> None:
    g, kept = grid(stride=stride), trajectory(2)
    latents = noise(0, g.first_frame, g.end_frame)

    changed = ReferenceSwap(grid=g, trajectory=kept)(1, g.first_frame, g.end_frame, latents)

    assert torch.equal(changed, slow_swap(g, kept[1], g.first_frame, latents))
    assert torch.equal(latents, noise(0, g.first_frame, g.end_frame))
    num_changed = int((changed != latents).any(dim=1).any(dim=2).sum())
    assert num_changed > g.num_frames // 4


@settings(deadline=None, max_examples=30)
@given(start=st.integers(-40, 150), length=st.integers(1, 60), step=st.integers(0, 4))
def test_what_a_frame_borrows_does_not_depend_on_the_range(
    start: int, length: int, step: int
) -> None:
    swap = ReferenceSwap(grid=grid(), trajectory=trajectory(3))
    whole = noise(step, -40, 210)

    end = min(start + length, 200)
    part = swap(step, start, end, whole[:, :, start + 40 : end + 40])

    expected = swap(step, -40, 200, whole[:, :, :240])
    assert torch.equal(part, expected[:, :, start + 40 : end + 40])


def test_later_steps_borrow_nothing() -> None:
    swap = ReferenceSwap(grid=grid(), trajectory=trajectory(3))
    latents = noise(0, 0, 50)

    assert not torch.equal(swap(2, 0, 50, latents), latents)
    assert torch.equal(swap(3, 0, 50, latents), latents)


def test_the_windows_of_a_loop_have_a_middle_each_and_turn_with_it() -> None:
    # Four windows of 64 on a circle of 128 frames: the last two pass its end.
    circle = circular_window_grid(40, 128, window=WINDOW, stride=32, time_multiple=8, ramp=8)
    assert circle.starts == (40, 72, 104, 136)

    sources = borrowed_frames(circle)

    assert torch.equal(sources, sources.roll(32))
    # Windows are 32 apart, so the middle 24 frames [20, 44) lie between two ramps of 8.
    assert sources[20:44].tolist() == [j if j % 2 else -1 for j in range(20, 44)]
    assert sources[44:52].tolist() == [-1] * 8


def denoiser(g: WindowGrid, calls: list[int]) -> JointDenoiser:
    vectors = torch.eye(3)
    spans = [
        PromptSpan(
            start=g.first_frame,
            end=60,
            conditioning=vectors[0],
            unconditional=vectors[2],
            guidance_scale=2.0,
        ),
        PromptSpan(
            start=60,
            end=g.end_frame,
            conditioning=vectors[1],
            unconditional=vectors[2],
            guidance_scale=2.0,
        ),
    ]

    def network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        calls.append(len(x))
        bias = (conditioning @ torch.tensor([0.5, -0.3, 0.1])).view(-1, 1, 1, 1)
        return torch.tanh(x + bias) + x.mean(2, keepdim=True) * 0.1

    return JointDenoiser(
        predict_noise=network,
        grid=g,
        prompts=window_prompts(g, PromptTimeline(spans)),
        max_batch_items=4,
    )


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_the_trajectory_is_that_of_the_window_sampled_alone(eta: float) -> None:
    g, calls = grid(), list[int]()
    joint = denoiser(g, calls)
    schedule = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
    sampler = make_sampler("ddim", schedule, 10, eta=eta)
    start = g.starts[2]

    kept = reference_trajectory(joint, sampler, noise, window=2, num_steps=4)

    assert sum(calls) == 3 * joint.num_evaluations(2, 500)
    alone = replace(
        joint,
        grid=replace(g, first_frame=start, num_frames=WINDOW, starts=(start,)),
        prompts=replace(joint.prompts, terms=(joint.prompts.terms[2],)),
    )
    latents = noise(0, start, start + WINDOW)
    for step in range(4):
        assert torch.equal(kept[step], latents)
        predicted = alone.noise_pred(latents, sampler.timesteps[step])
        fresh = noise(step + 1, start, start + WINDOW) if eta else None
        latents, _ = sampler.step(step, latents, predicted, None, fresh)


def test_no_steps_are_no_trajectory() -> None:
    g, calls = grid(), list[int]()
    sampler = make_sampler(
        "ddim",
        NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195)),
        10,
    )

    assert reference_trajectory(denoiser(g, calls), sampler, noise, window=0, num_steps=0) == ()
    assert calls == []
