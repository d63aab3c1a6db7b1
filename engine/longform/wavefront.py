"""Sampling in the order in which sound can be heard.

Step ``n + 1`` of window ``k`` needs step ``n`` of its close neighbours only. So the work can run
along diagonals ``k + lag * n``: the first window is finished long before the last one has begun,
and the result is the same, bit for bit, as finishing every step before the next:

    step 3  |        6 7 8
    step 2  |    4 5 6 7 8 9        all work with one number is independent
    step 1  |  2 3 4 5 6 7 8 9
    step 0  |0 1 2 3 4 5 6 7 8
             window 0 1 2 ...       (lag 2)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.multidiffusion import JointDenoiser, WindowRequest
from engine.longform.windows import WindowGrid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WavefrontState:
    """All that is needed to go on: store it after any diagonal, and the run can be resumed exactly.

    The tensors are changed in place by the run that yields this state.

    Attributes:
        diagonal: Number of finished diagonals.
        even: (1, C, T, F) latents of every frame after its last even number of steps.
        odd: (1, C, T, F) latents of every frame after its last odd number of steps.
        fused: (1, C, T, F) predictions of which only the left window is known yet.
        history: (1, C, T, F) last estimate of the clean latents, zero before the first.
        end_finished: First frame, absolute, that is not finished; all before are final.
    """

    diagonal: int
    even: Tensor
    odd: Tensor
    fused: Tensor
    history: Tensor
    end_finished: int


def initial_wavefront(noise: Tensor, grid: WindowGrid) -> WavefrontState:
    """The state before the first step, from unit Gaussian noise (1, C, T, F)."""
    return WavefrontState(
        diagonal=0,
        even=noise.clone(),
        odd=torch.zeros_like(noise),
        fused=torch.zeros_like(noise),
        history=torch.zeros_like(noise),
        end_finished=grid.first_frame,
    )


def wavefront_lag(grid: WindowGrid) -> int:
    """Diagonals between two steps of one window: 2, or 3 at a quarter-window stride."""
    lag = 1
    while grid.num_windows > lag and _completed(grid, lag)[0] < grid.starts[0] + grid.window:
        lag += 1
    return max(lag, 2)


def num_diagonals(grid: WindowGrid, num_steps: int) -> int:
    """Diagonals of a whole run."""
    return grid.num_windows + wavefront_lag(grid) * (num_steps - 1)


def finished_latents(state: WavefrontState, num_steps: int) -> Tensor:
    """(1, C, T, F) the result; final before ``state.end_finished``."""
    return state.odd if num_steps % 2 else state.even


def wavefront_states(
    state: WavefrontState, *, denoiser: JointDenoiser, sampler: Sampler
) -> Iterator[WavefrontState]:
    """Yield the state after each remaining diagonal.

    Args:
        state: Where to start: :func:`initial_wavefront`, or a stored state of the same run.
        denoiser: The network over all windows.
        sampler: A deterministic solver.

    Yields:
        States with growing ``end_finished``; frames before it are final.

    Raises:
        ValueError: The solver adds fresh noise.
    """
    if sampler.needs_step_noise:
        raise ValueError("the wavefront order needs a deterministic sampler: set eta to 0")
    grid, num_steps = denoiser.grid, len(sampler.timesteps)
    lag = wavefront_lag(grid)
    buffers = (state.even, state.odd)
    end_finished = state.end_finished
    for diagonal in range(state.diagonal, num_diagonals(grid, num_steps)):
        items = [
            (window, (diagonal - window) // lag)
            for window in range(min(diagonal, grid.num_windows - 1), -1, -1)
            if (diagonal - window) % lag == 0 and (diagonal - window) // lag < num_steps
        ]
        step_of = dict(items)
        requests = [
            WindowRequest(
                window=window,
                latents=grid.window_of(buffers[step % 2], window),
                timestep=sampler.timesteps[step],
            )
            for window, step in items
        ]
        for request, prediction in denoiser.predictions(requests):
            window, step = request.window, step_of[request.window]
            denoiser.add_weighted(state.fused, window, prediction)
            _advance(state, grid, sampler, window, step)
            if step == num_steps - 1:
                end_finished = _completed(grid, window)[1]
        state = WavefrontState(
            diagonal=diagonal + 1,
            even=state.even,
            odd=state.odd,
            fused=state.fused,
            history=state.history,
            end_finished=end_finished,
        )
        yield state


def _advance(
    state: WavefrontState, grid: WindowGrid, sampler: Sampler, window: int, step: int
) -> None:
    """Move the frames that no later window counts in to the next noise level."""
    begin, end = (frame - grid.first_frame for frame in _completed(grid, window))
    source, target = (state.even, state.odd) if step % 2 == 0 else (state.odd, state.even)
    latents, history = sampler.step(
        step,
        source[:, :, begin:end],
        state.fused[:, :, begin:end],
        None if step == 0 else state.history[:, :, begin:end],
    )
    target[:, :, begin:end] = latents
    state.history[:, :, begin:end] = history
    state.fused[:, :, begin:end] = 0.0


def _completed(grid: WindowGrid, window: int) -> tuple[int, int]:
    """Absolute frames whose prediction is complete with this window, and not before."""
    is_last = window == grid.num_windows - 1
    end = grid.end_frame if is_last else grid.support(window + 1)[0]
    return grid.support(window)[0], end
