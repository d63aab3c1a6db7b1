"""Coherence by reference: early on, windows borrow frames from one window's own trajectory.

In the first steps, when the large forms of the sound settle, every other frame in the middle of
each window is overwritten with the same frame of a reference window, which was sampled alone. The
windows then grow the frames between into something that goes with it (SaFa, Dai et al. 2025,
section 3.3):

    reference   |r r r r r r r r r r r r|
    window k    |. . . . . r . r . r . r . . . .|     middle: no other window counts here
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.longform.frame_noise import FrameNoise
from engine.longform.multidiffusion import JointDenoiser, WindowRequest
from engine.longform.windows import WindowGrid

_NOT_BORROWED = -1


def reference_trajectory(
    denoiser: JointDenoiser,
    sampler: Sampler,
    noise: FrameNoise,
    *,
    window: int,
    num_steps: int,
) -> tuple[Tensor, ...]:
    """Sample one window as if there were no others, and keep how it looked on the way.

    Args:
        denoiser: The network, asked for this window's prompts.
        sampler: The solver of the run.
        noise: The noise of the run.
        window: Number of the reference window in the grid.
        num_steps: How many steps are wanted; costs one evaluation of the window less.

    Returns:
        ``num_steps`` latents (1, C, W, F), each as the step of its number is to see them.
    """
    start = denoiser.grid.starts[window]
    end = start + denoiser.grid.window
    latents, history = noise(0, start, end), None
    trajectory = [latents]
    for step in range(num_steps - 1):
        request = WindowRequest(window=window, latents=latents, timestep=sampler.timesteps[step])
        ((_, noise_pred),) = denoiser.predictions([request])
        fresh = noise(step + 1, start, end) if sampler.needs_step_noise else None
        latents, history = sampler.step(step, latents, noise_pred, history, fresh)
        trajectory.append(latents)
    return tuple(trajectory[:num_steps])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReferenceSwap:
    """The borrowing, as a :class:`~engine.longform.frame_adjustment.FrameAdjustment`.

    What a frame borrows depends on its place in the grid and on the step alone.

    Attributes:
        grid: The windows of the track.
        trajectory: Latents (1, C, W, F) of the reference at the beginning of each of the first
            steps, see :func:`reference_trajectory`. In later steps nothing is borrowed.
    """

    grid: WindowGrid
    trajectory: tuple[Tensor, ...]
    _sources: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sources", borrowed_frames(self.grid))

    def __call__(self, step: int, start: int, end: int, latents: Tensor, /) -> Tensor:
        """Latents (1, C, end - start, F) in which this step's frames are borrowed."""
        if step >= len(self.trajectory):
            return latents
        places = torch.arange(start, end) - self.grid.first_frame
        sources = self._sources[places % self.grid.num_frames]
        is_borrowed = (sources != _NOT_BORROWED).to(latents.device)
        reference = self.trajectory[step].to(latents)
        changed = latents.clone()
        changed[:, :, is_borrowed] = reference[:, :, sources[sources != _NOT_BORROWED]]
        return changed


def borrowed_frames(grid: WindowGrid) -> Tensor:
    """Which frame of the reference window each frame of a track borrows.

    Args:
        grid: The windows.

    Returns:
        (num_frames,) int64: the frame within the reference window, or -1 for none.
    """
    sources = torch.full((grid.num_frames,), _NOT_BORROWED)
    for index, start in enumerate(grid.starts):
        begin, end = _middle(grid, index)
        positions = torch.arange(begin + (begin + 1) % 2, end, 2)
        sources[(start - grid.first_frame + positions) % grid.num_frames] = positions
    return sources


def _middle(grid: WindowGrid, index: int) -> tuple[int, int]:
    """Frames [begin, end) within a window that lie between its ramps, and in no other's middle."""
    begin, end = 0, grid.window
    before, after = _distances(grid, index)
    if before is not None:
        begin = (grid.window - before + grid.ramp) // 2
    if after is not None:
        end = (grid.window + after - grid.ramp) // 2
    return begin, end


def _distances(grid: WindowGrid, index: int) -> tuple[int | None, int | None]:
    """How far the neighbours' starts are away, where there are any."""
    starts = grid.starts
    around = grid.num_frames - (starts[-1] - starts[0]) if grid.is_circular else None
    before = starts[index] - starts[index - 1] if index > 0 else around
    after = starts[index + 1] - starts[index] if index + 1 < grid.num_windows else around
    return before, after
