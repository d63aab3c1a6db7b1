"""Sampling in the order in which sound can be heard.

Step ``n + 1`` of window ``k`` needs step ``n`` of its close neighbours only. So the work can run
along diagonals ``k + lag * n``: the first window is finished long before the last one has begun,
and the result is the same, bit for bit, as finishing every step before the next:

    step 3  |        6 7 8
    step 2  |    4 5 6 7 8 9        all work with one number is independent
    step 1  |  2 3 4 5 6 7 8 9
    step 0  |0 1 2 3 4 5 6 7 8
             window 0 1 2 ...       (lag 2)

Only the frames between the first window that is not finished and the last one that has begun are
held, about ``lag * num_steps`` windows, however long the track is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser, WindowRequest
from engine.longform.windows import WindowGrid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WavefrontState:
    """All that is needed to go on: store it after any diagonal, and the run can be resumed exactly.

    Shape letters: A, the active frames ``[first_frame, end_frame)``; H, channels of the history.

    Attributes:
        diagonal: Number of finished diagonals.
        first_frame: First active frame, absolute: where the first unfinished window begins.
        end_finished: First frame, absolute, that is not final.
        even: (1, C, A, F) latents of every frame after its last even number of steps.
        odd: (1, C, A, F) latents of every frame after its last odd number of steps.
        fused: (1, C, A, F) predictions of which only the left window is known yet.
        history: (1, H, A, F) what the sampler remembers, zero where nothing yet; ``None`` before
            the first step.
    """

    diagonal: int
    first_frame: int
    end_finished: int
    even: Tensor
    odd: Tensor
    fused: Tensor
    history: Tensor | None

    @property
    def end_frame(self) -> int:
        """First frame, absolute, that has not begun."""
        return self.first_frame + self.even.shape[2]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The state as plain arrays, for ``.npz`` files; see :meth:`of_arrays`."""
        tensors = {"even": self.even, "odd": self.odd, "fused": self.fused}
        if self.history is not None:
            tensors["history"] = self.history
        return {
            "position": np.asarray([self.diagonal, self.first_frame, self.end_finished], np.int64),
            **{name: tensor.cpu().numpy() for name, tensor in tensors.items()},
        }

    @classmethod
    def of_arrays(
        cls, arrays: Mapping[str, NDArray[np.generic]], device: torch.device
    ) -> WavefrontState:
        """The state that :meth:`arrays` was called on.

        Raises:
            KeyError: An array is missing.
            ValueError: The arrays do not fit together.
        """
        diagonal, first_frame, end_finished = (int(value) for value in arrays["position"])
        even, odd, fused = (torch.tensor(arrays[n]).to(device) for n in ("even", "odd", "fused"))
        history = torch.tensor(arrays["history"]).to(device) if "history" in arrays else None
        if even.ndim != 4 or not even.shape == odd.shape == fused.shape:
            raise ValueError(f"shapes {even.shape}, {odd.shape} and {fused.shape} must be the same")
        if history is not None and history.shape[2:] != even.shape[2:]:
            raise ValueError(f"history {history.shape} does not fit latents {even.shape}")
        return cls(
            diagonal=diagonal,
            first_frame=first_frame,
            end_finished=end_finished,
            even=even,
            odd=odd,
            fused=fused,
            history=history,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WavefrontAdvance:
    """What one diagonal brought.

    Attributes:
        state: Where the run is now; never changed by what follows.
        first_finished: First of the frames, absolute, that just became final.
        finished: (1, C, n, F) their values, ``n >= 0``; the state forgets them.
    """

    state: WavefrontState
    first_finished: int
    finished: Tensor


def initial_wavefront(
    noise: FrameNoise, grid: WindowGrid, adjustment: FrameAdjustment | None = None
) -> WavefrontState:
    """The state before the first step; holds the first window."""
    latents = _fresh(noise, adjustment, grid.first_frame, grid.starts[0] + grid.window)
    return WavefrontState(
        diagonal=0,
        first_frame=grid.first_frame,
        end_finished=grid.first_frame,
        even=latents,
        odd=torch.zeros_like(latents),
        fused=torch.zeros_like(latents),
        history=None,
    )


def wavefront_lag(grid: WindowGrid) -> int:
    """Diagonals between two steps of one window: 2, or 3 at a quarter-window stride."""
    lag = 1
    while grid.num_windows > lag and completed_frames(grid, lag)[0] < grid.starts[0] + grid.window:
        lag += 1
    return max(lag, 2)


def num_diagonals(grid: WindowGrid, num_steps: int) -> int:
    """Diagonals of a whole run."""
    return grid.num_windows + wavefront_lag(grid) * (num_steps - 1)


def diagonal_items(grid: WindowGrid, num_steps: int, diagonal: int) -> list[tuple[int, int]]:
    """Windows and steps, both from 0, that a diagonal works on; from right to left."""
    lag = wavefront_lag(grid)
    last = min(diagonal, grid.num_windows - 1)
    first = max(0, diagonal - lag * (num_steps - 1))
    return [
        (window, (diagonal - window) // lag)
        for window in range(last, first - 1, -1)
        if (diagonal - window) % lag == 0
    ]


def completed_frames(grid: WindowGrid, window: int) -> tuple[int, int]:
    """Absolute frames whose prediction is complete with this window, and not before."""
    is_last = window == grid.num_windows - 1
    end = grid.end_frame if is_last else grid.support(window + 1)[0]
    return grid.support(window)[0], end


def wavefront_advances(
    state: WavefrontState,
    *,
    denoiser: JointDenoiser,
    sampler: Sampler,
    noise: FrameNoise,
    adjustment: FrameAdjustment | None = None,
) -> Iterator[WavefrontAdvance]:
    """Yield what each remaining diagonal brings.

    Args:
        state: Where to start: :func:`initial_wavefront`, or a stored state of the same run.
        denoiser: The network over all windows of the track.
        sampler: Any solver.
        noise: What the frames start from, and what a stochastic solver adds.
        adjustment: Changes latents before a step reads them.

    Yields:
        The finished frames of all advances follow each other without a gap, up to the end of the
        grid.
    """
    run = _Run(denoiser, sampler, noise, adjustment)
    for diagonal in range(state.diagonal, num_diagonals(denoiser.grid, len(sampler.timesteps))):
        advance = run.advanced(state, diagonal)
        state = advance.state
        yield advance


class _Run:
    """What stays the same from diagonal to diagonal."""

    def __init__(
        self,
        denoiser: JointDenoiser,
        sampler: Sampler,
        noise: FrameNoise,
        adjustment: FrameAdjustment | None,
    ) -> None:
        self._denoiser = denoiser
        self._grid = denoiser.grid
        self._sampler = sampler
        self._num_steps = len(sampler.timesteps)
        self._noise = noise
        self._adjustment = adjustment
        self._lag = wavefront_lag(denoiser.grid)

    def advanced(self, state: WavefrontState, diagonal: int) -> WavefrontAdvance:
        """Work off one diagonal on a copy, so that a cancelled one leaves the state as it was."""
        grid = self._grid
        newest = grid.starts[min(diagonal, grid.num_windows - 1)] + grid.window
        active = _ActiveFrames(state)
        if newest > state.end_frame:
            active.append(_fresh(self._noise, self._adjustment, state.end_frame, newest))
        items = diagonal_items(grid, self._num_steps, diagonal)
        requests = [
            WindowRequest(
                window=window,
                latents=active.after(step, grid.starts[window], grid.starts[window] + grid.window),
                timestep=self._sampler.timesteps[step],
            )
            for window, step in items
        ]
        step_of = dict(items)
        for request, prediction in self._denoiser.predictions(requests):
            self._denoiser.add_weighted(
                active.fused, request.window, prediction, first_frame=active.first_frame
            )
            self._step(active, request.window, step_of[request.window])
        return self._finished(state, active, diagonal + 1)

    def _step(self, active: _ActiveFrames, window: int, step: int) -> None:
        """Move the frames that no later window counts in to the next noise level."""
        start, end = completed_frames(self._grid, window)
        fresh = self._noise(step + 1, start, end) if self._sampler.needs_step_noise else None
        latents, history = self._sampler.step(
            step,
            active.after(step, start, end),
            active.of(active.fused, start, end),
            None if step == 0 else active.remembered(start, end),
            fresh,
        )
        if self._adjustment is not None:
            latents = self._adjustment(step + 1, start, end, latents)
        active.after(step + 1, start, end).copy_(latents)
        active.remember(start, end, history)
        active.of(active.fused, start, end).zero_()

    def _finished(
        self, state: WavefrontState, active: _ActiveFrames, diagonal: int
    ) -> WavefrontAdvance:
        """Let go of what no later diagonal reads."""
        grid = self._grid
        oldest = max(0, diagonal - self._lag * (self._num_steps - 1))
        is_done = oldest >= grid.num_windows
        end_finished = grid.end_frame if is_done else grid.support(oldest)[0]
        # Of finished frames, the last unfinished windows still read the level before the last.
        kept_from = grid.end_frame if is_done else grid.starts[oldest]
        finished = active.after(self._num_steps, state.end_finished, end_finished).clone()
        return WavefrontAdvance(
            state=active.state(diagonal, kept_from, end_finished),
            first_finished=state.end_finished,
            finished=finished,
        )


class _ActiveFrames:
    """A copy of a state to work on; positions are absolute frames."""

    def __init__(self, state: WavefrontState) -> None:
        self.first_frame = state.first_frame
        self.fused = state.fused.clone()
        self._levels = [state.even.clone(), state.odd.clone()]
        self._history = None if state.history is None else state.history.clone()

    def append(self, latents: Tensor) -> None:
        """Take in frames that begin now."""
        self._levels[0] = torch.cat([self._levels[0], latents], dim=2)
        self._levels[1] = _lengthened(self._levels[1], latents.shape[2])
        self.fused = _lengthened(self.fused, latents.shape[2])
        if self._history is not None:
            self._history = _lengthened(self._history, latents.shape[2])

    def of(self, frames: Tensor, start: int, end: int) -> Tensor:
        """A view of some frames of a tensor over all of them."""
        return frames[:, :, start - self.first_frame : end - self.first_frame]

    def after(self, num_steps: int, start: int, end: int) -> Tensor:
        """A view of latents after so many steps."""
        return self.of(self._levels[num_steps % 2], start, end)

    def remembered(self, start: int, end: int) -> Tensor | None:
        """A view of the history, if there is any."""
        return None if self._history is None else self.of(self._history, start, end)

    def remember(self, start: int, end: int, history: Tensor) -> None:
        """Replace the history; how many channels it has is the sampler's affair."""
        if self._history is None:
            batch, channels, _, bins = history.shape
            num_frames = self.fused.shape[2]
            self._history = torch.zeros(batch, channels, num_frames, bins).to(history)
        self.of(self._history, start, end).copy_(history)

    def state(self, diagonal: int, kept_from: int, end_finished: int) -> WavefrontState:
        """What is left from an absolute frame on; this copy must not be worked on any more."""
        skip = kept_from - self.first_frame
        even, odd = (_without_first(level, skip) for level in self._levels)
        return WavefrontState(
            diagonal=diagonal,
            first_frame=kept_from,
            end_finished=end_finished,
            even=even,
            odd=odd,
            fused=_without_first(self.fused, skip),
            history=None if self._history is None else _without_first(self._history, skip),
        )


def _fresh(noise: FrameNoise, adjustment: FrameAdjustment | None, start: int, end: int) -> Tensor:
    latents = noise(0, start, end)
    return latents if adjustment is None else adjustment(0, start, end, latents)


def _lengthened(frames: Tensor, num_frames: int) -> Tensor:
    batch, channels, _, bins = frames.shape
    return torch.cat([frames, frames.new_zeros(batch, channels, num_frames, bins)], dim=2)


def _without_first(frames: Tensor, num_frames: int) -> Tensor:
    """In memory of its own: a view would keep what is left out alive."""
    return frames[:, :, num_frames:].clone() if num_frames else frames
