"""Layers on a range of frames, exactly as on the whole track.

All ranges are half-open. On a straight track they lie within it, and convolutions see zeros beyond
its true ends. On a circle they may go around, and convolutions see real frames everywhere.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.longform.tiled_vae.statistics import NormStatistics


class Frames(Protocol):
    """A tensor over the track of which any range of frames can be had."""

    @property
    def num_frames(self) -> int:
        """Length of the track at this resolution."""
        ...

    @property
    def is_circular(self) -> bool:
        """Whether the end of the track goes over into its start."""
        ...

    def read(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) values of the frames ``[start, end)``."""
        ...


class HeldFrames:
    """A range of frames held in memory, as part of a track.

    Args:
        values: (1, C, n, F) the frames from ``start`` on.
        start: Number of the first of them.
        num_frames: Length of the track.
        is_circular: Whether the end of the track goes over into its start.
    """

    def __init__(
        self, values: Tensor, start: int, num_frames: int, *, is_circular: bool = False
    ) -> None:
        self._values = values
        self._start = start
        self.num_frames = num_frames
        self.is_circular = is_circular

    def read(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) values; the range must be held."""
        return self._values[:, :, start - self._start : end - self._start]


class Normaliser:
    """A group normalisation with the statistics of the whole track.

    Args:
        norm: The layer; only its parameters are used.
    """

    def __init__(self, norm: nn.GroupNorm) -> None:
        self.norm = norm
        self.statistics: NormStatistics | None = None

    def normalised(self, x: Tensor) -> Tensor:
        """Scale and shift every channel of (1, C, n, F).

        Raises:
            RuntimeError: The statistics are not known yet.
        """
        if self.statistics is None:
            raise RuntimeError("a normalisation was used before its statistics were gathered")
        per_group = self.norm.num_channels // self.norm.num_groups
        mean = self.statistics.mean.repeat_interleave(per_group)
        rstd = (self.statistics.variance + self.norm.eps).rsqrt().repeat_interleave(per_group)
        scale = rstd * self.norm.weight.double().cpu()
        shift = self.norm.bias.double().cpu() - mean * scale
        # Scale and shift keep at least float32, and so does what is computed with them; batch
        # normalisation by known numbers does just that, in one pass over the features.
        dtype = torch.float64 if x.dtype == torch.float64 else torch.float32
        scale, shift = (v.to(x.device, dtype) for v in (scale, shift))
        zero, one = torch.zeros_like(scale), torch.ones_like(scale)
        return F.batch_norm(x, zero, one, scale, shift, training=False, eps=0.0)

    def activated(self, x: Tensor) -> Tensor:
        """``silu(normalised(x))``."""
        return F.silu(self.normalised(x), inplace=True)


def readable(frames: Frames, start: int, end: int) -> tuple[int, int]:
    """The part of a range that a track has; on a circle all of it."""
    if frames.is_circular:
        return start, end
    return max(0, start), min(frames.num_frames, end)


def wrapped(track: Tensor, start: int, end: int) -> Tensor:
    """Frames ``[start, end)`` of a circle.

    Args:
        track: (1, C, T, F) the circle, once.
        start: First frame, any integer.
        end: First frame after the range.

    Returns:
        (1, C, end - start, F): a view if the range does not pass the end.
    """
    num_frames = track.shape[2]
    pieces = []
    while start < end:
        place = start % num_frames
        length = min(end - start, num_frames - place)
        pieces.append(track[:, :, place : place + length])
        start += length
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=2)


def convolved(
    conv: nn.Conv2d,
    frames: Frames,
    start: int,
    end: int,
    normaliser: Normaliser | None = None,
) -> Tensor:
    """A 3 by 3 convolution on ``[start, end)``, after a normalisation and SiLU if given.

    Returns:
        (1, C', end - start, F).
    """
    low, high = readable(frames, start - 1, end + 1)
    x = frames.read(low, high)
    if normaliser is not None:
        x = normaliser.activated(x)
    before, after = low - (start - 1), (end + 1) - high
    if before == after:
        return F.conv2d(x, conv.weight, conv.bias, padding=(before, 1))
    x = F.pad(x, (0, 0, before, after))
    return F.conv2d(x, conv.weight, conv.bias, padding=(0, 1))


def upsampled(conv: nn.Conv2d, frames: Frames, start: int, end: int) -> Tensor:
    """Doubled frames and bins, then a 3 by 3 convolution, on ``[start, end)`` of the doubled track.

    Returns:
        (1, C', end - start, 2 F).
    """
    first, last = readable(frames, (start - 1) // 2, (end + 2) // 2)
    x = F.interpolate(frames.read(first, last), scale_factor=2.0, mode="nearest")
    doubled = HeldFrames(x, 2 * first, 2 * frames.num_frames, is_circular=frames.is_circular)
    return convolved(conv, doubled, start, end)
