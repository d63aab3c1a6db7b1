"""Making ranges of a finished track again while the rest stays bit for bit.

The noise of every frame is a function of its position, so the frozen frames around a section are
known at every noise level: their clean latents are stored, their noise is generated again. Inside
the section the old noise turns into the new one over a short feather,
``cos(angle) * old + sin(angle) * new``, which keeps unit variance and makes the joins inaudible at
no cost. An extension is the same thing with a range that has no past.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.samplers import Sampler
from engine.diffusion.schedule import NoiseSchedule
from engine.longform.frame_adjustment import FrameAdjustment
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

    def mixing_angles(self, grid: WindowGrid) -> Tensor:
        """Angle between old and new noise: 0 is all old, pi / 2 all new.

        An end of the range that is also an end of the grid has no feather: nothing is beyond it.
        A circle has no ends, but a range of all of it has nothing beyond it either.

        Args:
            grid: Windows of the whole track.

        Returns:
            (grid.num_frames,) float64 radians, 0 outside the range.
        """
        centres = torch.arange(grid.first_frame, grid.end_frame, dtype=torch.float64) + 0.5
        if grid.is_circular:
            centres = self.start + (centres - self.start) % grid.num_frames
        inside = (centres > self.start) & (centres < self.end)
        feather = min(self.feather, (self.end - self.start) // 3)
        beyond = torch.full_like(centres, math.inf)
        has_before, has_after = self.start > grid.first_frame, self.end < grid.end_frame
        if grid.is_circular:
            has_before = has_after = self.end - self.start < grid.num_frames
        from_start = centres - self.start if has_before else beyond
        to_end = self.end - centres if has_after else beyond
        depth = torch.minimum(from_start, to_end)
        rise = (depth / feather).clamp(0.0, 1.0) if feather else torch.ones_like(centres)
        return torch.where(inside, rise * self.strength * math.pi / 2, 0.0)


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


def feathered_noise(old: Tensor, new: Tensor, angles: Tensor) -> Tensor:
    """``cos(angle) * old + sin(angle) * new``, exactly ``old`` where the angle is 0.

    Args:
        old: (1, C, T, F) unit noise.
        new: (1, C, T, F) independent unit noise.
        angles: (T,) radians.

    Returns:
        (1, C, T, F) unit noise in the dtype of ``old``.
    """
    angles = angles.to(device=old.device).view(1, 1, -1, 1)
    mixed = (torch.cos(angles) * old + torch.sin(angles) * new).to(old.dtype)
    return torch.where(angles == 0.0, old, mixed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrozenContext:
    """What a run must leave alone, and what is known about it.

    Attributes:
        clean: (1, C, T, F) stored latents of the finished track; any values where nothing is yet.
        noise: (1, C, T, F) the noise that the finished track was made from.
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

    def adjustment(self, sampler: Sampler, grid: WindowGrid) -> FrameAdjustment:
        """The frozen frames as the steps of a sampler are to see them, any range at a time."""
        num_steps = len(sampler.timesteps)

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
            return part.at_level(latents, sampler.schedule, sampler.timesteps[step])

        return adjusted

    def _imposed(self, latents: Tensor, known: Tensor) -> Tensor:
        return torch.where(self.is_free.view(1, 1, -1, 1), latents, known)


def frozen_context(
    grid: WindowGrid, ranges: Sequence[SectionRange], *, clean: Tensor, noise: Tensor
) -> FrozenContext:
    """Freeze everything outside the ranges.

    Args:
        grid: Windows of the whole track.
        ranges: What to make again; they may overlap.
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
