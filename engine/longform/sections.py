"""Making ranges of a track again while the rest stays bit for bit.

The noise of every frame is known, so the frozen frames around a range are known at every noise
level: their clean latents are stored, their noise is generated again. Inside a section the old
noise turns into new noise over a short feather, ``cos(angle) * old + sin(angle) * new``, which
keeps unit variance and makes the joins inaudible at no cost. An extension is the same thing with a
range that has no past.

Only the windows that count in a range are evaluated. They are pushed together into a short track
(:class:`CroppedGrid`), so that the work does not grow with the length of what is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.carried_noise import CarriedNoise
from engine.longform.frame_adjustment import FrameAdjustment
from engine.longform.frame_noise import FrameNoise
from engine.longform.noise_layers import NoiseLayer
from engine.longform.placement import FrameRange, united
from engine.longform.windows import WindowGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRange:
    """A range to be made again, in absolute latent frames.

    Attributes:
        start: First frame of the range.
        end: First frame after it.
        strength: 0 < strength <= 1; 1 replaces the sound, less varies it.
        feather: Frames over which old noise turns into new noise, inside each end; at most a third
            of the range is used.
    """

    start: int
    end: int
    strength: float = 1.0
    feather: int = 32

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a section must not be empty, got [{self.start}, {self.end})")
        if not 0.0 < self.strength <= 1.0:
            raise ValueError(f"strength must lie in (0, 1], got {self.strength}")
        if self.feather < 0:
            raise ValueError(f"feather must not be negative, got {self.feather}")

    def layer(self, noise: NoiseLayer, grid: WindowGrid) -> NoiseLayer:
        """The noise of the section, to be laid over that of the track.

        An end of the section that is also an end of the grid has no feather: nothing is beyond it.
        A circle has no ends, but a range of all of it has nothing beyond it either.

        Args:
            noise: Tells the seed, stream, take and what repeats; its range does not matter.
            grid: Windows of the whole track.
        """
        feather = min(self.feather, (self.end - self.start) // 3)
        has_before, has_after = self.start > grid.first_frame, self.end < grid.end_frame
        if grid.is_circular:
            has_before = has_after = self.end - self.start < grid.num_frames
        return replace(
            noise,
            start=self.start,
            end=self.end,
            visible_start=self.start,
            visible_end=self.end,
            shift=0,
            strength=self.strength,
            fade_in_frames=feather if has_before else 0,
            fade_out_frames=feather if has_after else 0,
        )


def reaching_hidden_ends(
    section: SectionRange, grid: WindowGrid, *, first_frame: int, end_frame: int
) -> SectionRange:
    """The section, stretched over the hidden frames if it touches an end of the visible track.

    Otherwise frames that nobody hears would hold on to the old sound.

    Args:
        section: A range within the visible track; a circle has no hidden frames.
        grid: Windows of the track.
        first_frame: First visible frame.
        end_frame: First frame after the visible track.
    """
    if grid.is_circular:
        return section
    return replace(
        section,
        start=min(section.start, grid.first_frame)
        if section.start <= first_frame
        else section.start,
        end=max(section.end, grid.end_frame) if section.end >= end_frame else section.end,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CroppedGrid(WindowGrid):
    """Some windows of a track, pushed together: frames that none of them reads are left out.

    It is a grid of its own, counted from frame 0, whose windows weigh as they do in the whole:

        whole    |--0--|--1--|--2--|--3--|--4--|--5--|        evaluated: 1 and 4
        crop     |--0--|--1--|

    Attributes:
        whole: Windows of the whole track.
        windows: Numbers of the windows in ``whole``, ascending.
        runs: The frames that they read, absolute, in order and apart from each other.
    """

    whole: WindowGrid
    windows: tuple[int, ...]
    runs: tuple[FrameRange, ...]

    def weights(self, index: int) -> Tensor:
        """As in the whole track; see :meth:`WindowGrid.weights`."""
        return self.whole.weights(self.windows[index])

    def support(self, index: int) -> FrameRange:
        """As in the whole track, in frames of the crop; see :meth:`WindowGrid.support`."""
        start, end = self.whole.support(self.windows[index])
        shift = self.starts[index] - self.whole.starts[self.windows[index]]
        return start + shift, end + shift

    def overlaps(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """Where absolute frames ``[start, end)`` lie in the crop.

        Returns:
            (first frame of the crop, first absolute frame, number of frames) of every part.
        """
        parts: list[tuple[int, int, int]] = []
        position = 0
        for run_start, run_end in self.runs:
            first, last = max(start, run_start), min(end, run_end)
            if first < last:
                parts.append((position + first - run_start, first, last - first))
            position += run_end - run_start
        return tuple(parts)

    def absolute(self, start: int, end: int) -> tuple[FrameRange, ...]:
        """The absolute frames that frames ``[start, end)`` of the crop stand for, in order."""
        parts: list[FrameRange] = []
        position = 0
        for run_start, run_end in self.runs:
            first = max(start, position)
            last = min(end, position + run_end - run_start)
            if first < last:
                parts.append((run_start + first - position, run_start + last - position))
            position += run_end - run_start
        return tuple(parts)


def cropped_grid(whole: WindowGrid, ranges: Sequence[FrameRange]) -> CroppedGrid:
    """The windows that count somewhere in the given ranges.

    Args:
        whole: Windows of the whole track, which is no circle.
        ranges: Absolute frames [start, end).

    Raises:
        ValueError: No window counts in a range, or the track is a circle.
    """
    if whole.is_circular:
        raise ValueError("a circle cannot be cropped")
    windows = sorted({w for start, end in ranges for w in whole.windows_meeting(start, end)})
    if not windows:
        raise ValueError(f"no window of the track meets {list(ranges)}")
    runs = united((whole.starts[w], whole.starts[w] + whole.window) for w in windows)
    starts: list[int] = []
    position = 0
    for run_start, run_end in runs:
        starts += [
            whole.starts[w] - run_start + position
            for w in windows
            if run_start <= whole.starts[w] < run_end
        ]
        position += run_end - run_start
    return CroppedGrid(
        first_frame=0,
        num_frames=position,
        starts=tuple(starts),
        window=whole.window,
        stride=whole.stride,
        ramp=whole.ramp,
        fusion=whole.fusion,
        whole=whole,
        windows=tuple(windows),
        runs=runs,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CroppedNoise:
    """Noise of a track, asked for by the frames of a crop; a ``FrameNoise`` again.

    Attributes:
        noise: Noise by absolute frames.
        crop: What the frames stand for.
    """

    noise: FrameNoise
    crop: CroppedGrid

    def __call__(self, step: int, start: int, end: int, /) -> Tensor:
        """Noise (1, C, end - start, F) of frames of the crop."""
        parts = [self.noise(step, first, last) for first, last in self.crop.absolute(start, end)]
        return torch.cat(parts, dim=2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenContext:
    """What a run must leave alone, and what is known about it.

    Attributes:
        clean: (1, C, T, F) stored latents of the finished track; any values where nothing is yet.
        noise: (1, C, T, F) the noise that the making of the finished track started from.
        is_free: (T,) whether each frame is to be made again.
        windows: Numbers of the windows that must be evaluated.
    """

    clean: Tensor
    noise: Tensor
    is_free: Tensor
    windows: tuple[int, ...]

    def at_level(self, latents: Tensor, schedule: NoiseSchedule, timestep: int) -> Tensor:
        """Latents whose frozen frames are the stored ones, noised to ``timestep``."""
        return self._imposed(latents, schedule.add_noise(self.clean, self.noise, timestep))

    def finished(self, latents: Tensor) -> Tensor:
        """Latents, or clean estimates, whose frozen frames are the stored ones, bit for bit."""
        return self._imposed(latents, self.clean)

    def adjustment(
        self, sampler: Sampler, grid: WindowGrid, step_noise: FrameNoise | None = None
    ) -> FrameAdjustment:
        """The frozen frames as the steps of a sampler are to see them, any range at a time.

        Args:
            sampler: The solver of the run.
            grid: Windows of the run.
            step_noise: The noise of the run by frames of the grid. A solver that adds fresh noise
                needs it: frozen frames carry the noise that was added to them.

        Raises:
            ValueError: The solver adds noise, and it was not given.
        """
        num_steps = len(sampler.timesteps)
        carried = None
        if sampler.needs_step_noise:
            if step_noise is None:
                raise ValueError("frozen frames need the step_noise of a solver that adds noise")
            carried = CarriedNoise(sampler, step_noise)

        def adjusted(step: int, start: int, end: int, latents: Tensor) -> Tensor:
            frames = slice(start - grid.first_frame, end - grid.first_frame)
            part = replace(
                self,
                clean=self.clean[:, :, frames],
                noise=self.noise[:, :, frames],
                is_free=self.is_free[frames],
            )
            if step == num_steps:
                return part.finished(latents)
            if carried is not None:
                part = replace(part, noise=carried(step, start, end))
            return part.at_level(latents, sampler.schedule, sampler.timesteps[step])

        return adjusted

    def _imposed(self, latents: Tensor, known: Tensor) -> Tensor:
        return torch.where(self.is_free.view(1, 1, -1, 1), latents, known)


def frozen_context(
    grid: WindowGrid, ranges: Sequence[SectionRange], *, clean: Tensor, noise: Tensor
) -> FrozenContext:
    """Freeze everything outside the ranges.

    Args:
        grid: Windows of the track, or of a crop.
        ranges: What to make again, in frames of the grid; they may overlap.
        clean: (1, C, T, F) stored latents, ``T = grid.num_frames``.
        noise: (1, C, T, F) noise they were made from.

    Returns:
        The context; only windows that meet a range are to be evaluated.

    Raises:
        ValueError: There is no range, or a shape does not match the grid.
    """
    if not ranges:
        raise ValueError("at least one section range is needed")
    if clean.shape != noise.shape or clean.shape[2] != grid.num_frames:
        raise ValueError(
            f"clean {tuple(clean.shape)} and noise {tuple(noise.shape)} must both have "
            f"{grid.num_frames} frames"
        )
    is_free = torch.zeros(grid.num_frames, dtype=torch.bool)
    windows: set[int] = set()
    for section in ranges:
        for place in grid.places(section.start, section.end):
            is_free[place] = True
        windows.update(grid.windows_meeting(section.start, section.end))
    return FrozenContext(
        clean=clean,
        noise=noise,
        is_free=is_free.to(clean.device),
        windows=tuple(sorted(windows)),
    )
