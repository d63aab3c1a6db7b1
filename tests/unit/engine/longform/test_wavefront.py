"""The wavefront order against finishing each step before the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api import Fusion
from engine.diffusion.noise import position_keyed_noise
from engine.diffusion.samplers import Sampler, make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.wavefront import (
    WavefrontAdvance,
    WavefrontState,
    completed_frames,
    diagonal_items,
    initial_wavefront,
    num_diagonals,
    wavefront_advances,
    wavefront_lag,
)
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
CPU = torch.device("cpu")
AXES = torch.eye(3)
SPANS = [
    PromptSpan(start=0, end=90, conditioning=AXES[0], unconditional=AXES[2], guidance_scale=2.0),
    PromptSpan(start=80, end=900, conditioning=AXES[1], unconditional=AXES[2], guidance_scale=3.0),
]
SAMPLERS = {
    "ddim": make_sampler("ddim", SCHEDULE, 7),
    "ddim, eta 1": make_sampler("ddim", SCHEDULE, 6, eta=1.0),
    "dpm-solver++2m": make_sampler("dpm-solver++2m", SCHEDULE, 7),
    "unipc": make_sampler("unipc", SCHEDULE, 7),
    "one step": make_sampler("ddim", SCHEDULE, 1),
}


def grid(stride: int = 32, num_frames: int = 400, first_frame: int = 0) -> WindowGrid:
    return window_grid(first_frame, num_frames, window=64, stride=stride, time_multiple=8, ramp=8)


def noise(step: int, start: int, end: int) -> Tensor:
    """With a level step at frame 100, that a stationary track would not show."""
    drawn = position_keyed_noise(5, 0, 0, start, end - start, channels=2, bins=3, step=step)
    if step == 0:
        drawn[:, :, max(0, 100 - start) :] *= 3.0
    return drawn


def doubled(step: int, start: int, end: int) -> Tensor:
    return noise(step, start, end).double()


def nudged(step: int, start: int, end: int, latents: Tensor) -> Tensor:
    """Depends on the frame, the step and the latents; twice is not once."""
    frames = torch.arange(start, end).to(latents).view(1, 1, -1, 1)
    return torch.where(frames % 3 == step % 3, 0.9 * latents + 0.01 * frames / (step + 1), latents)


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


def step_major(
    g: WindowGrid,
    sampler: Sampler,
    drawn: FrameNoise = noise,
    adjustment: FrameAdjustment | None = None,
) -> Tensor:
    *_, final = sampling_states(
        initial_state(drawn, g, adjustment),
        denoiser=denoiser(g),
        sampler=sampler,
        noise=drawn,
        adjustment=adjustment,
    )
    return final.latents


def advances(
    g: WindowGrid,
    sampler: Sampler,
    drawn: FrameNoise = noise,
    adjustment: FrameAdjustment | None = None,
    state: WavefrontState | None = None,
) -> list[WavefrontAdvance]:
    return list(
        wavefront_advances(
            initial_wavefront(drawn, g, adjustment) if state is None else state,
            denoiser=denoiser(g),
            sampler=sampler,
            noise=drawn,
            adjustment=adjustment,
        )
    )


def joined(parts: list[WavefrontAdvance]) -> Tensor:
    return torch.cat([part.finished for part in parts], dim=2)


@pytest.mark.parametrize("drawn", [noise, doubled])
@pytest.mark.parametrize("stride", [48, 32, 16])
@pytest.mark.parametrize("num_frames", [30, 64, 70, 100, 400])
@pytest.mark.parametrize("name", SAMPLERS)
def test_the_result_is_bit_identical_to_finishing_each_step(
    drawn: FrameNoise, stride: int, num_frames: int, name: str
) -> None:
    g, sampler = grid(stride, num_frames, first_frame=-24), SAMPLERS[name]

    parts = advances(g, sampler, drawn)

    assert torch.equal(joined(parts), step_major(g, sampler, drawn))
    assert parts[-1].state.end_finished == g.end_frame


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("stride", [48, 32, 16])
def test_windows_may_be_joined_in_any_way(stride: int, fusion: Fusion) -> None:
    g = window_grid(-24, 400, window=64, stride=stride, time_multiple=8, ramp=8, fusion=fusion)
    sampler = SAMPLERS["dpm-solver++2m"]

    assert torch.equal(joined(advances(g, sampler, doubled)), step_major(g, sampler, doubled))


@pytest.mark.parametrize("stride", [32, 16])
@pytest.mark.parametrize("name", SAMPLERS)
def test_latents_are_adjusted_alike_in_both_orders(stride: int, name: str) -> None:
    g, sampler = grid(stride, 300, first_frame=-24), SAMPLERS[name]

    got = joined(advances(g, sampler, doubled, nudged))

    assert torch.equal(got, step_major(g, sampler, doubled, nudged))
    assert not torch.equal(got, step_major(g, sampler, doubled))


@dataclass(frozen=True)
class ThreeDeepSampler:
    """Remembers three estimates, stacked along the channels."""

    timesteps: tuple[int, ...] = (900, 700, 500, 300, 100)
    schedule: NoiseSchedule = SCHEDULE
    needs_step_noise: bool = False
    history_parts: int = 3

    def level_after(self, index: int) -> int:
        return (*self.timesteps, 0)[index + 1]

    def step(
        self,
        index: int,
        latents: Tensor,
        noise_pred: Tensor,
        history: Tensor | None,
        step_noise: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        clean = latents - noise_pred
        before = history if history is not None else torch.cat([clean] * 3, dim=1)
        remembered = torch.cat([clean, before[:, : 2 * latents.shape[1]]], dim=1)
        mean = torch.stack(remembered.chunk(3, dim=1)).mean(0)
        return 0.7 * latents + 0.3 * mean, remembered


def test_a_history_may_have_more_channels_than_the_latents() -> None:
    g = grid(16, 300)

    parts = advances(g, ThreeDeepSampler(), doubled)

    assert torch.equal(joined(parts), step_major(g, ThreeDeepSampler(), doubled))
    history = parts[9].state.history
    assert history is not None
    assert history.shape[1] == 6


@pytest.mark.parametrize(("stride", "lag"), [(192, 2), (128, 2), (64, 3)])
def test_the_lag_is_that_of_the_design(stride: int, lag: int) -> None:
    g = window_grid(0, 3000, window=256, stride=stride, time_multiple=8)

    assert wavefront_lag(g) == lag


def test_finished_frames_follow_each_other_and_come_as_early_as_they_can() -> None:
    g, sampler = grid(), make_sampler("ddim", SCHEDULE, 4)
    expected = step_major(g, sampler)

    parts = advances(g, sampler)

    assert len(parts) == num_diagonals(g, 4)
    ends = [part.first_finished + part.finished.shape[2] for part in parts]
    assert ends == [part.state.end_finished for part in parts]
    assert [part.first_finished for part in parts[1:]] == ends[:-1]
    for part in parts:
        frames = slice(part.first_finished, part.first_finished + part.finished.shape[2])
        assert torch.equal(part.finished, expected[:, :, frames])
    assert ends[2 * 3] == g.support(1)[0]
    assert ends[2 * 3 - 1] == 0


@pytest.mark.parametrize("stride", [48, 32, 16])
def test_the_state_does_not_grow_with_the_track(stride: int) -> None:
    sampler = make_sampler("ddim", SCHEDULE, 4)

    def most_frames(num_frames: int) -> int:
        parts = advances(grid(stride, num_frames), sampler)
        return max(part.state.even.shape[2] for part in parts)

    assert most_frames(3000) == most_frames(800)
    lag = wavefront_lag(grid(stride))
    assert most_frames(3000) <= 64 + (lag * 3 + 1) * stride


def test_noise_is_drawn_as_late_as_it_can_be_and_once() -> None:
    g, sampler = grid(num_frames=900), make_sampler("ddim", SCHEDULE, 3, eta=1.0)
    asked: list[tuple[int, int, int]] = []

    def noted(step: int, start: int, end: int) -> Tensor:
        asked.append((step, start, end))
        return noise(step, start, end)

    run = wavefront_advances(
        initial_wavefront(noted, g), denoiser=denoiser(g), sampler=sampler, noise=noted
    )
    next(run)
    assert asked == [(0, 0, 64), (1, 0, g.support(1)[0])]
    list(run)

    for step in range(4):
        ranges = [(start, end) for s, start, end in asked if s == step]
        assert ranges[0][0] == g.first_frame
        assert ranges[-1][1] == g.end_frame
        assert all(a[1] == b[0] for a, b in pairwise(ranges))


def test_the_first_sound_of_ten_minutes_needs_less_than_a_quarter_of_the_work() -> None:
    """25 steps over 117 windows: 626 of 2925 evaluations."""
    g = window_grid(0, 15_000, window=256, stride=128, time_multiple=8)
    assert g.num_windows == 117
    work = [len(diagonal_items(g, 25, d)) for d in range(num_diagonals(g, 25))]
    span = PromptSpan(
        start=0, end=15_000, conditioning=AXES[0], unconditional=AXES[0], guidance_scale=1.0
    )
    calls: list[int] = []

    def counted(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        calls.append(x.shape[0])
        return x

    run = wavefront_advances(
        initial_wavefront(noise, g),
        denoiser=JointDenoiser(
            predict_noise=counted,
            grid=g,
            prompts=window_prompts(g, PromptTimeline([span])),
            max_batch_items=16,
        ),
        sampler=make_sampler("ddim", SCHEDULE, 25),
        noise=noise,
    )
    part = next(part for part in run if part.finished.shape[2])

    assert part.finished.shape[2] == 176
    assert sum(work) == 117 * 25
    assert sum(calls) <= 0.25 * sum(work)


@pytest.mark.parametrize(
    ("name", "stride"), [("ddim, eta 1", 16), ("dpm-solver++2m", 32), ("unipc", 48)]
)
def test_a_run_resumed_after_any_diagonal_is_bit_identical(
    tmp_path: Path, name: str, stride: int
) -> None:
    g, sampler = grid(stride, 200), SAMPLERS[name]
    parts = advances(g, sampler, noise, nudged)

    for number in range(len(parts)):
        with (tmp_path / "state.npz").open("wb") as file:
            np.savez(file, allow_pickle=False, **parts[number].state.arrays())
        with np.load(tmp_path / "state.npz", allow_pickle=False) as file:
            stored = WavefrontState.of_arrays(dict(file), CPU)
        rest = advances(g, sampler, noise, nudged, stored)

        assert len(rest) == len(parts) - number - 1
        assert torch.equal(joined([*parts[: number + 1], *rest]), joined(parts))


def test_a_cancelled_diagonal_leaves_the_last_state_as_it_was() -> None:
    g, sampler = grid(), SAMPLERS["dpm-solver++2m"]
    calls_left = [12]

    def interrupted(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        calls_left[0] -= 1
        if calls_left[0] < 0:
            raise InterruptedError
        return network(x, timesteps, conditioning)

    breaking = JointDenoiser(
        predict_noise=interrupted, grid=g, prompts=denoiser(g).prompts, max_batch_items=2
    )
    parts: list[WavefrontAdvance] = []
    with pytest.raises(InterruptedError):
        parts.extend(
            wavefront_advances(
                initial_wavefront(noise, g), denoiser=breaking, sampler=sampler, noise=noise
            )
        )

    rest = advances(g, sampler, state=parts[-1].state)
    assert torch.equal(joined([*parts, *rest]), step_major(g, sampler))


def test_arrays_that_are_no_state_are_refused() -> None:
    arrays = initial_wavefront(noise, grid()).arrays()

    with pytest.raises(KeyError, match="odd"):
        WavefrontState.of_arrays({k: v for k, v in arrays.items() if k != "odd"}, CPU)
    with pytest.raises(ValueError, match="unpack"):
        WavefrontState.of_arrays({**arrays, "position": arrays["position"][:1]}, CPU)
    with pytest.raises(ValueError, match="must be the same"):
        WavefrontState.of_arrays({**arrays, "even": arrays["even"][:, :, :9]}, CPU)
    with pytest.raises(ValueError, match="does not fit"):
        WavefrontState.of_arrays({**arrays, "history": arrays["even"][:, :, :9]}, CPU)


@settings(max_examples=200, deadline=None)
@given(
    num_frames=st.integers(8, 100_000),
    stride=st.sampled_from([64, 128, 192]),
    num_steps=st.integers(1, 60),
    fusion=st.sampled_from(Fusion),
)
def test_every_step_of_every_window_is_planned_once_and_after_what_it_needs(
    num_frames: int, stride: int, num_steps: int, fusion: Fusion
) -> None:
    g = window_grid(0, num_frames, window=256, stride=stride, time_multiple=8, fusion=fusion)
    lag, diagonals = wavefront_lag(g), num_diagonals(g, num_steps)
    # All diagonals of a long run would take long; its ends hold everything that differs.
    ends = {*range(min(60, diagonals)), *range(max(0, diagonals - 60), diagonals)}

    for diagonal in ends:
        items = diagonal_items(g, num_steps, diagonal)
        assert all(window + lag * step == diagonal for window, step in items)
        assert len(set(items)) == len(items)
    spans = [completed_frames(g, window) for window in range(g.num_windows)]
    assert spans[0][0] == g.first_frame
    assert spans[-1][1] == g.end_frame
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert all(spans[k + lag][0] >= g.starts[k] + g.window for k in range(g.num_windows - lag)), (
        "a window reads frames that are not at its step yet"
    )
    # lag diagonals later the same window goes on: left of it, frames may not be a step ahead.
    assert all(spans[k][1] <= g.starts[k + lag] for k in range(g.num_windows - lag))
    total = sum(len(diagonal_items(g, num_steps, d)) for d in range(diagonals))
    assert total == g.num_windows * num_steps
