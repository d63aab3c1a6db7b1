"""Layers on a range of frames, exactly as on the whole track.

All ranges are half-open and lie within the track. Convolutions see zeros beyond the true ends of
the track, and real frames everywhere else.
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

    def read(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) values of the frames ``[start, end)``."""
        ...


class HeldFrames:
    """A range of frames held in memory, as part of a track.

    Args:
        values: (1, C, n, F) the frames from ``start`` on.
        start: Number of the first of them.
        num_frames: Length of the track.
    """

    def __init__(self, values: Tensor, start: int, num_frames: int) -> None:
        self._values = values
        self._start = start
        self.num_frames = num_frames

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
        scale, shift = (v.to(x.device, x.dtype).view(1, -1, 1, 1) for v in (scale, shift))
        return torch.addcmul(shift, x, scale)

    def activated(self, x: Tensor) -> Tensor:
        """``silu(normalised(x))``."""
        return F.silu(self.normalised(x), inplace=True)


def clipped(start: int, end: int, num_frames: int) -> tuple[int, int]:
    """The part of a range that lies within the track."""
    return max(0, start), min(num_frames, end)


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
    low, high = clipped(start - 1, end + 1, frames.num_frames)
    x = frames.read(low, high)
    if normaliser is not None:
        x = normaliser.activated(x)
    x = F.pad(x, (1, 1, low - (start - 1), (end + 1) - high))
    return F.conv2d(x, conv.weight, conv.bias)


def upsampled(conv: nn.Conv2d, frames: Frames, start: int, end: int) -> Tensor:
    """Doubled frames and bins, then a 3 by 3 convolution, on ``[start, end)`` of the doubled track.

    Returns:
        (1, C', end - start, 2 F).
    """
    low, high = clipped(start - 1, end + 1, 2 * frames.num_frames)
    first = low // 2
    x = frames.read(first, (high + 1) // 2)
    x = F.interpolate(x, scale_factor=2.0, mode="nearest")
    doubled = HeldFrames(x, 2 * first, 2 * frames.num_frames)
    return convolved(conv, doubled, start, end)
