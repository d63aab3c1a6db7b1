"""A loop has no beginning: rotations, and exact seams in the Gaussian toy.

As in ``test_longform_gaussian_seams.py``, unit vectors take the place of noise, so that powers are
exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.sampling import Fusion
from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.circular_prompts import circular_timeline
from engine.longform.conditioning import PromptSpan
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import WindowGrid, circular_window_grid

SCHEDULE = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
WINDOW, STRIDE, RAMP = 64, 32, 8

Network = Callable[[Tensor, Tensor, Tensor], Tensor]


def windowed_network(x: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
    """Every frame depends on its place in the window, the whole window, and the prompt."""
    place = torch.linspace(-1, 1, x.shape[2], dtype=x.dtype).view(1, 1, -1, 1)
    bias = conditioning.double().sum(1).view(-1, 1, 1, 1)
    nearby = x.roll(1, dims=2) - 0.5 * x.roll(-3, dims=2)
    level = timesteps.view(-1, 1, 1, 1) / 1000
    return torch.tanh(nearby + bias) + 0.3 * place * x.mean(2, keepdim=True) * level


@functools.cache
def denoising_matrix(timestep: int) -> Tensor:
    """(W, W): the exact noise prediction ``sigma (alpha^2 K + sigma^2 I)^-1``."""
    lag = torch.arange(WINDOW, dtype=torch.float64)
    first_row = (
        0.5 * torch.cos(2 * torch.pi * lag / 12.5) * torch.exp(-lag / 30)
        + 0.3 * torch.exp(-lag / 12)
        + 0.2 * (lag == 0)
    )
    covariance = first_row[(lag[:, None] - lag[None, :]).abs().long()]
    alpha, sigma = SCHEDULE.alpha(timestep), SCHEDULE.sigma(timestep)
    noisy = alpha**2 * covariance + sigma**2 * torch.eye(WINDOW, dtype=torch.float64)
    inverse: Tensor = torch.linalg.inv(noisy)
    return sigma * inverse


def exact_denoiser(x: Tensor, timesteps: Tensor, _conditioning: Tensor) -> Tensor:
    matrices = torch.stack([denoising_matrix(int(t)) for t in timesteps])
    noise_pred: Tensor = torch.einsum("nwu,ncuv->ncwv", matrices, x)
    return noise_pred


def circle(num_frames: int, fusion: Fusion = Fusion.RAMP, stride: int = STRIDE) -> WindowGrid:
    return circular_window_grid(
        0,
        num_frames,
        window=WINDOW,
        stride=stride,
        time_multiple=8,
        ramp=RAMP,
        fusion=fusion,
    )


def two_prompts(first_frame: int, num_frames: int) -> list[PromptSpan]:
    """Two prompts of half a circle each, from ``first_frame`` on."""
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0.3], [0.2, -1.0]]), dim=1)
    half = num_frames // 2
    return [
        PromptSpan(
            start=first_frame + half * number,
            end=first_frame + half * (number + 1),
            conditioning=vectors[number],
            unconditional=vectors[0],
            guidance_scale=1.5,
            transition_latent_frames=16,
        )
        for number in range(2)
    ]


def made_from(
    noise: Tensor, grid: WindowGrid, network: Network, spans: Sequence[PromptSpan]
) -> Tensor:
    timeline = circular_timeline(spans, first_frame=spans[0].start, num_frames=grid.num_frames)
    denoiser = JointDenoiser(
        predict_noise=network,
        grid=grid,
        prompts=window_prompts(grid, timeline),
        max_batch_items=3,
    )

    def drawn(_step: int, start: int, end: int) -> Tensor:
        return noise[:, :, start - grid.first_frame : end - grid.first_frame]

    *_, final = sampling_states(
        initial_state(drawn, grid),
        denoiser=denoiser,
        sampler=make_sampler("ddim", SCHEDULE, 10),
        noise=drawn,
    )
    return final.latents


def rotation_error(grid: WindowGrid, turn: int) -> tuple[float, float]:
    """Largest difference between a loop turned back by ``turn`` frames and the same loop made from
    turned noise under turned prompts; and the largest change that turning it makes."""
    num_frames = grid.num_frames
    noise = torch.randn(
        1, 2, num_frames, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    # A level step, that a stationary loop would not show.
    noise[:, :, num_frames // 3 :] = 3.0 * noise[:, :, num_frames // 3 :] + 1.0
    result = made_from(noise, grid, windowed_network, two_prompts(0, num_frames))
    turned = made_from(
        noise.roll(-turn, dims=2), grid, windowed_network, two_prompts(-turn, num_frames)
    )
    expected = result.roll(-turn, dims=2)
    return float((turned - expected).abs().max()), float((result - expected).abs().max())


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize(("num_frames", "turn"), [(64, 32), (256, 32), (256, 96)])
def test_rotating_the_noise_by_strides_rotates_the_result(
    num_frames: int, turn: int, fusion: Fusion
) -> None:
    error, change = rotation_error(circle(num_frames, fusion), turn)

    assert error < 1e-11
    assert change > 0.1


@settings(deadline=None, max_examples=8)
@given(
    num_strides=st.integers(2, 60),
    turned_strides=st.integers(1, 59),
    stride=st.sampled_from([16, 32]),
)
def test_loops_of_any_length_turn_with_their_noise(
    num_strides: int, turned_strides: int, stride: int
) -> None:
    num_frames = max(WINDOW, stride * num_strides)
    turn = stride * (1 + turned_strides % max(1, num_frames // stride - 1))

    error, change = rotation_error(circle(num_frames, stride=stride), turn)

    assert error < 1e-11
    assert change > 0.1


def test_rotating_by_a_part_of_a_stride_gives_something_else() -> None:
    """Guards the test above: windows lie on their grid, not on the noise."""
    error, _ = rotation_error(circle(256), 8)

    assert error > 1e-3


def jump_powers(grid: WindowGrid) -> Tensor:
    """(T,): the power of the step into every frame, the first one across the wrap."""
    unit_noise = torch.eye(grid.num_frames, dtype=torch.float64)[None, None]
    span = PromptSpan(
        start=0,
        end=grid.num_frames,
        conditioning=torch.ones(1),
        unconditional=torch.ones(1),
        guidance_scale=1.0,
    )
    result = made_from(unit_noise, grid, exact_denoiser, [span])[0, 0]
    steps = result - result.roll(1, dims=0)
    return steps.square().sum(dim=1)


@pytest.mark.parametrize("num_frames", [64, 256])
def test_the_wrap_is_like_every_other_place(num_frames: int) -> None:
    powers = jump_powers(circle(num_frames))

    alike = powers.view(-1, STRIDE)
    torch.testing.assert_close(alike, alike[:1].expand_as(alike), rtol=1e-9, atol=0)


def test_where_the_stride_does_not_divide_the_loop_the_wrap_is_no_worse_than_the_rest() -> None:
    grid = circle(248)
    powers = jump_powers(grid)

    assert len({b - a for a, b in pairwise(grid.starts)}) == 2
    near_wrap = powers[torch.arange(-STRIDE, STRIDE)]
    assert float(near_wrap.max()) <= float(powers[STRIDE:-STRIDE].max()) * 1.0001
    assert float(near_wrap.min()) >= float(powers[STRIDE:-STRIDE].min()) * 0.9999
