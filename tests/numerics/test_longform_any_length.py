"""Tracks from 8 to 100,000 frames (over an hour): the orders agree, and windows leave no trace.

A network that works frame by frame does not care where windows lie. So whatever the windows, their
weights and the order of the work, the result is that of the solver over the whole track at once.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.sampling import Fusion
from engine.diffusion.samplers import Sampler, make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.circular_noise import CircularNoise
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser, PredictNoise
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.wavefront import initial_wavefront, wavefront_advances
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
LONGEST = 100_000
NUM_STEPS = 3
SAMPLERS = {
    "ddim": make_sampler("ddim", SCHEDULE, NUM_STEPS),
    "ddim, eta 1": make_sampler("ddim", SCHEDULE, NUM_STEPS, eta=1.0),
    "dpm-solver++2m": make_sampler("dpm-solver++2m", SCHEDULE, NUM_STEPS),
    "unipc": make_sampler("unipc", SCHEDULE, NUM_STEPS),
}
VALUES = torch.from_numpy(np.random.default_rng(3).standard_normal((NUM_STEPS + 1, LONGEST + 512)))


def noise(step: int, start: int, end: int) -> Tensor:
    """(1, 1, end - start, 1) float64; from frame 4000 on ten times as loud and shifted."""
    drawn = VALUES[step, start:end].clone()
    if step == 0:
        loud = slice(max(0, 4000 - start), None)
        drawn[loud] = 10.0 * drawn[loud] + 5.0
    return drawn.view(1, 1, -1, 1)


def frame_by_frame(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    level = timesteps.double().view(-1, 1, 1, 1) / 1000
    return torch.tanh(x) * level + 0.1 * conditioning.double()[:, :1, None, None]


def window_by_window(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    """Every frame hears the whole window; sums in a fixed order."""
    return frame_by_frame(0.7 * x - 0.3 * x.flip(2) + 0.2 * x.roll(7, 2), timesteps, conditioning)


def denoiser(grid: WindowGrid, network: PredictNoise) -> JointDenoiser:
    span = PromptSpan(
        start=0,
        end=grid.num_frames,
        conditioning=torch.tensor([1.0, 0.0]),
        unconditional=torch.tensor([0.0, 1.0]),
        guidance_scale=3.0,
    )
    return JointDenoiser(
        predict_noise=network,
        grid=grid,
        prompts=window_prompts(grid, PromptTimeline([span])),
        max_batch_items=32,
    )


def step_by_step(
    grid: WindowGrid, sampler: Sampler, network: PredictNoise, drawn: FrameNoise = noise
) -> Tensor:
    *_, last = sampling_states(
        initial_state(drawn, grid), denoiser=denoiser(grid, network), sampler=sampler, noise=drawn
    )
    return last.latents


def in_a_wavefront(grid: WindowGrid, sampler: Sampler, network: PredictNoise) -> Tensor:
    parts = wavefront_advances(
        initial_wavefront(noise, grid),
        denoiser=denoiser(grid, network),
        sampler=sampler,
        noise=noise,
    )
    return torch.cat([part.finished for part in parts], dim=2)


def without_windows(num_frames: int, sampler: Sampler) -> Tensor:
    """The solver over everything at once; guidance 3 of a bias of 0.1 against none."""
    x, history = noise(0, 0, num_frames), None
    for index, timestep in enumerate(sampler.timesteps):
        predicted = torch.tanh(x) * timestep / 1000 + 3.0 * 0.1
        fresh = noise(index + 1, 0, num_frames) if sampler.needs_step_noise else None
        x, history = sampler.step(index, x, predicted, history, fresh)
    return x


def error(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).abs().max() / expected.square().mean().sqrt())


def straight(num_frames: int, stride: int, fusion: Fusion) -> WindowGrid:
    return window_grid(0, num_frames, window=256, stride=stride, time_multiple=8, fusion=fusion)


strides = st.sampled_from([192, 128, 64])
fusions = st.sampled_from(Fusion)
names = st.sampled_from(sorted(SAMPLERS))


@settings(deadline=None, max_examples=12)
@given(num_frames=st.integers(8, 9000), stride=strides, fusion=fusions, name=names)
@example(num_frames=8, stride=128, fusion=Fusion.RAMP, name="unipc")
@example(num_frames=LONGEST, stride=192, fusion=Fusion.RAMP, name="dpm-solver++2m")
def test_both_orders_give_the_same_bits(
    num_frames: int, stride: int, fusion: Fusion, name: str
) -> None:
    grid, sampler = straight(num_frames, stride, fusion), SAMPLERS[name]

    got = in_a_wavefront(grid, sampler, window_by_window)

    assert got.shape[2] == grid.num_frames
    assert torch.equal(got, step_by_step(grid, sampler, window_by_window))


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("name", SAMPLERS)
def test_windows_leave_no_trace_in_what_is_made_frame_by_frame(name: str, fusion: Fusion) -> None:
    for num_frames, stride in ((8, 128), (300, 192), (5000, 64), (5000, 192)):
        grid = straight(num_frames, stride, fusion)

        got = in_a_wavefront(grid, SAMPLERS[name], frame_by_frame)

        # Weights are kept in float32; those of a ramp and of two windows are exact all the same.
        assert error(got, without_windows(grid.num_frames, SAMPLERS[name])) < 1e-6
        if fusion in (Fusion.RAMP, Fusion.ALTERNATE):
            assert error(got, without_windows(grid.num_frames, SAMPLERS[name])) < 1e-12


def test_nor_in_more_than_an_hour() -> None:
    grid, sampler = straight(LONGEST, 128, Fusion.RAMP), SAMPLERS["unipc"]

    got = in_a_wavefront(grid, sampler, frame_by_frame)

    assert error(got, without_windows(grid.num_frames, sampler)) < 1e-12


@settings(deadline=None, max_examples=10)
@given(
    num_frames=st.integers(32, 600).map(lambda n: 8 * n), stride=strides, fusion=fusions, name=names
)
@example(num_frames=LONGEST, stride=192, fusion=Fusion.RAMP, name="ddim")
def test_nor_in_loops_of_any_length(
    num_frames: int, stride: int, fusion: Fusion, name: str
) -> None:
    grid = circular_window_grid(
        0, num_frames, window=256, stride=stride, time_multiple=8, fusion=fusion
    )
    drawn = CircularNoise(noise=noise, grid=grid)

    got = step_by_step(grid, SAMPLERS[name], frame_by_frame, drawn)

    assert error(got, without_windows(num_frames, SAMPLERS[name])) < 1e-6
