"""The two orders of sampling behind one face, so that storing and showing need not tell them apart.

Each keeps its state after the last whole step or diagonal: a cancelled one leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser
from engine.longform.sampling import SamplingState as StepMajorState
from engine.longform.sampling import initial_state, sampling_states
from engine.longform.wavefront import (
    WavefrontState,
    completed_frames,
    diagonal_items,
    initial_wavefront,
    num_diagonals,
    wavefront_advances,
)
from engine.longform.windows import WindowGrid

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingWork:
    """What is to be sampled.

    Attributes:
        denoiser: The network over all windows.
        sampler: The solver.
        noise: Of the frames of the grid.
        adjustment: Changes latents before a step reads them, or ``None``.
        windows: Numbers of the windows to evaluate if the rest is frozen; ``None`` for all.
    """

    denoiser: JointDenoiser
    sampler: Sampler
    noise: FrameNoise
    adjustment: FrameAdjustment | None = None
    windows: tuple[int, ...] | None = None

    @property
    def grid(self) -> WindowGrid:
        """The windows."""
        return self.denoiser.grid

    @property
    def num_steps(self) -> int:
        """Steps of each window."""
        return len(self.sampler.timesteps)

    @property
    def is_wavefront(self) -> bool:
        """Whether frames become final from left to right, and not all of them at the end."""
        return is_wavefront(self.grid, is_whole=self.windows is None)

    def order(self) -> SamplingOrder:
        """A run from the start, in the order that suits the work."""
        return WavefrontOrder(self) if self.is_wavefront else StepMajorOrder(self)

    def clean(self, first_frame: int, history: Tensor, channels: int) -> Tensor:
        """The estimate in a sampler's history, with frozen frames as they are."""
        estimate = history[:, :channels]
        if self.adjustment is None:
            return estimate
        end = first_frame + estimate.shape[2]
        return self.adjustment(self.num_steps, first_frame, end, estimate)


def is_wavefront(grid: WindowGrid, *, is_whole: bool) -> bool:
    """Whether a piece becomes final from left to right, and not all of it at the end.

    Args:
        grid: Its windows. One alone has no order, and on a circle every one waits for every other.
        is_whole: Whether all windows are evaluated.
    """
    return is_whole and not grid.is_circular and grid.num_windows > 1


class SamplingOrder(Protocol):
    """A run of one piece.

    Attributes:
        items_done: Finished evaluations of single windows.
        items_total: All of them.
    """

    items_done: int
    items_total: int

    @property
    def end_finished(self) -> int:
        """First frame, absolute, that is not final."""
        ...

    def advances(self) -> Iterator[tuple[int, Tensor]]:
        """Go on to the end; yield the frames that became final: first one, and (1, C, n, F).

        Raises:
            FloatingPointError: A value is not finite; the message names step and window.
        """
        ...

    def estimate(self) -> tuple[int, Tensor] | None:
        """First frame, and (1, C, n, F) estimates of the clean latents as far as there are any."""
        ...

    def arrays(self) -> Arrays:
        """The state, to be stored."""
        ...

    def restore(self, arrays: Arrays, device: torch.device) -> None:
        """Go on from a stored state.

        Raises:
            KeyError: The arrays are of another order.
            ValueError: They do not fit together.
        """
        ...


class WavefrontOrder:
    """From left to right; implements :class:`SamplingOrder`."""

    def __init__(self, work: SamplingWork) -> None:
        self._work = work
        self._state = initial_wavefront(work.noise, work.grid, work.adjustment)
        self.items_done = 0
        self.items_total = work.grid.num_windows * work.num_steps

    @property
    def end_finished(self) -> int:
        """First frame, absolute, that is not final."""
        return self._state.end_finished

    def advances(self) -> Iterator[tuple[int, Tensor]]:
        """Go on to the end; see :meth:`SamplingOrder.advances`."""
        work = self._work
        for advance in wavefront_advances(
            self._state,
            denoiser=work.denoiser,
            sampler=work.sampler,
            noise=work.noise,
            adjustment=work.adjustment,
        ):
            items = diagonal_items(work.grid, work.num_steps, self._state.diagonal)
            state = advance.state
            _require_finite(work.grid, items, advance.first_finished, advance.finished)
            for latents in (state.even, state.odd):
                _require_finite(work.grid, items, state.first_frame, latents)
            self._state = state
            self.items_done += len(items)
            yield advance.first_finished, advance.finished

    def estimate(self) -> tuple[int, Tensor] | None:
        """See :meth:`SamplingOrder.estimate`; of the frames that are held."""
        state, grid = self._state, self._work.grid
        if state.history is None:
            return None
        newest = min(state.diagonal - 1, grid.num_windows - 1)
        begun = completed_frames(grid, newest)[1] - state.first_frame
        channels = state.even.shape[1]
        clean = self._work.clean(state.first_frame, state.history[:, :, :begun], channels)
        return state.first_frame, clean

    def arrays(self) -> Arrays:
        """The state, to be stored."""
        return self._state.arrays()

    def restore(self, arrays: Arrays, device: torch.device) -> None:
        """Go on from a stored state; see :meth:`SamplingOrder.restore`."""
        grid, num_steps = self._work.grid, self._work.num_steps
        state = WavefrontState.of_arrays(arrays, device)
        is_within = grid.first_frame <= state.first_frame <= state.end_finished <= grid.end_frame
        if not is_within or not 0 <= state.diagonal <= num_diagonals(grid, num_steps):
            raise ValueError("the state is of another grid")
        self._state = state
        self.items_done = sum(
            len(diagonal_items(grid, num_steps, diagonal)) for diagonal in range(state.diagonal)
        )


class StepMajorOrder:
    """Step by step over all windows; implements :class:`SamplingOrder`."""

    def __init__(self, work: SamplingWork) -> None:
        self._work = work
        self._state = initial_state(work.noise, work.grid, work.adjustment)
        num_windows = work.grid.num_windows if work.windows is None else len(work.windows)
        self.items_done = 0
        self.items_total = max(1, num_windows * work.num_steps)

    @property
    def end_finished(self) -> int:
        """First frame, absolute, that is not final."""
        grid = self._work.grid
        is_done = self._state.step == self._work.num_steps
        return grid.end_frame if is_done else grid.first_frame

    def advances(self) -> Iterator[tuple[int, Tensor]]:
        """Go on to the end; see :meth:`SamplingOrder.advances`."""
        work = self._work
        first = work.grid.first_frame
        for state in sampling_states(
            self._state,
            denoiser=work.denoiser,
            sampler=work.sampler,
            noise=work.noise,
            adjustment=work.adjustment,
            windows=work.windows,
        ):
            items = [(window, state.step - 1) for window in range(work.grid.num_windows)]
            _require_finite(work.grid, items, first, state.latents)
            self._state = state
            self.items_done = self.items_total * state.step // work.num_steps
            is_done = state.step == work.num_steps
            yield first, state.latents if is_done else state.latents[:, :, :0]

    def estimate(self) -> tuple[int, Tensor] | None:
        """See :meth:`SamplingOrder.estimate`; of the whole grid."""
        state, first = self._state, self._work.grid.first_frame
        if state.history is None:
            return None
        return first, self._work.clean(first, state.history, state.latents.shape[1])

    def arrays(self) -> Arrays:
        """The state, to be stored."""
        return self._state.arrays()

    def restore(self, arrays: Arrays, device: torch.device) -> None:
        """Go on from a stored state; see :meth:`SamplingOrder.restore`."""
        state = StepMajorState.of_arrays(arrays, device)
        if state.latents.shape != self._state.latents.shape:
            raise ValueError(f"latents {tuple(state.latents.shape)} are of another grid")
        if not 0 <= state.step <= self._work.num_steps:
            raise ValueError(f"step {state.step} is beyond {self._work.num_steps}")
        self._state = state
        self.items_done = self.items_total * state.step // self._work.num_steps


def _require_finite(
    grid: WindowGrid, items: list[tuple[int, int]], first_frame: int, latents: Tensor
) -> None:
    """Say which of the windows that just made a step is to blame."""
    is_finite = torch.isfinite(latents).all(dim=3).all(dim=1)[0]
    if bool(is_finite.all()):
        return
    frame = first_frame + int((~is_finite).nonzero()[0])
    step_of = dict(items)
    # A wavefront works on none of its neighbours; otherwise the later one begins at this frame.
    window = max(w for w in grid.windows_meeting(frame, frame + 1) if w in step_of)
    raise FloatingPointError(
        f"step {step_of[window] + 1} of the sampler is not finite in window {window + 1}"
    )
