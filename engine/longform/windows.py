"""Where the windows of joint diffusion lie, and how much each counts.

Frames far from a window's edge are predicted well, frames near it lack context. So each window
counts fully in its core, not at all near its edges, and neighbours meet in one short ramp, centred
between the two window centres (MultiDiffusion, Bar-Tal et al. 2023, with edge-discarding weights):

    window k      |------#################======------|
    window k+1                  |------======#################------|
                   unused  core          ramp            core  unused

All windows start on a grid that is fixed in absolute time, and the last one keeps a hidden tail
beyond the end instead of being pushed back. So a longer or edited track has the same windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.longform.time import rounded_down, rounded_up

DEFAULT_RAMP_LATENT_FRAMES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowGrid:
    """The windows of one track, in absolute latent frames; see :func:`window_grid`.

    Attributes:
        first_frame: First frame that is computed: the start of the first window.
        num_frames: Frames that are computed, hidden ones at the ends included.
        starts: First frame of each window, ascending.
        window: Length of every window.
        stride: Distance between two starts.
        ramp: Length over which neighbours are mixed.
    """

    first_frame: int
    num_frames: int
    starts: tuple[int, ...]
    window: int
    stride: int
    ramp: int

    @property
    def end_frame(self) -> int:
        """First frame after the last window."""
        return self.first_frame + self.num_frames

    @property
    def num_windows(self) -> int:
        """How many windows there are."""
        return len(self.starts)

    def weights(self, index: int) -> Tensor:
        """How much each frame of a window counts.

        Args:
            index: Number of the window.

        Returns:
            (window,) float32 in 0..1. At every frame the weights of all windows sum to 1.
        """
        weights = torch.ones(self.window, dtype=torch.float32)
        rise = (torch.arange(self.ramp, dtype=torch.float32) + 0.5) / self.ramp
        if index > 0:
            begin = (self.window - self.stride - self.ramp) // 2
            weights[:begin] = 0.0
            weights[begin : begin + self.ramp] = rise
        if index < self.num_windows - 1:
            begin = (self.window + self.stride - self.ramp) // 2
            weights[begin : begin + self.ramp] = 1.0 - rise
            weights[begin + self.ramp :] = 0.0
        return weights

    def support(self, index: int) -> tuple[int, int]:
        """Absolute frames [start, end) in which a window counts at all."""
        start = self.starts[index]
        begin, end = 0, self.window
        if index > 0:
            begin = (self.window - self.stride - self.ramp) // 2
        if index < self.num_windows - 1:
            end = (self.window + self.stride + self.ramp) // 2
        return start + begin, start + end

    def window_of(self, track: Tensor, index: int) -> Tensor:
        """The frames of a window, (1, C, window, F), as a view of a track (1, C, num_frames, F)."""
        begin = self.starts[index] - self.first_frame
        return track[:, :, begin : begin + self.window]

    def windows_meeting(self, start_frame: int, end_frame: int) -> tuple[int, ...]:
        """Numbers of the windows that count somewhere in ``[start_frame, end_frame)``."""
        return tuple(
            index
            for index in range(self.num_windows)
            if self.support(index)[0] < end_frame and start_frame < self.support(index)[1]
        )


def window_grid(
    first_frame: int,
    num_frames: int,
    *,
    window: int,
    stride: int,
    time_multiple: int,
    ramp: int = DEFAULT_RAMP_LATENT_FRAMES,
    origin_frame: int | None = None,
) -> WindowGrid:
    """Lay out windows that cover ``[first_frame, first_frame + num_frames)``.

    A track that is shorter than a window gets one window of its own length, rounded up.

    Args:
        first_frame: First wanted latent frame, absolute; may be negative.
        num_frames: Wanted latent frames, at least 1.
        window: Length of a window in latent frames: the length that the model was trained on.
        stride: Distance between windows in latent frames.
        time_multiple: The network's time axis must be a multiple of this.
        ramp: Latent frames over which neighbours are mixed; even.
        origin_frame: A point of the grid; by default ``first_frame``. Keep the first one when a
            track grows to the left.

    Returns:
        A grid whose computed range contains the wanted one.

    Raises:
        ValueError: The numbers do not fit together; the message says which.
    """
    _require_fitting(num_frames, window, stride, time_multiple, ramp)
    origin = first_frame if origin_frame is None else origin_frame
    start = origin + rounded_down(first_frame - origin, stride)
    length = first_frame + num_frames - start
    if length <= window:
        short = rounded_up(length, time_multiple)
        return WindowGrid(
            first_frame=start,
            num_frames=short,
            starts=(start,),
            window=short,
            stride=stride,
            ramp=ramp,
        )
    num_windows = -(-(length - window) // stride) + 1
    return WindowGrid(
        first_frame=start,
        num_frames=(num_windows - 1) * stride + window,
        starts=tuple(start + index * stride for index in range(num_windows)),
        window=window,
        stride=stride,
        ramp=ramp,
    )


def _require_fitting(
    num_frames: int, window: int, stride: int, time_multiple: int, ramp: int
) -> None:
    if num_frames < 1:
        raise ValueError(f"num_frames must be at least 1, got {num_frames}")
    for name, value in (("window", window), ("stride", stride)):
        if value < 1 or value % time_multiple:
            raise ValueError(f"{name} must be a positive multiple of {time_multiple}, got {value}")
    if ramp < 2 or ramp % 2 or ramp > min(stride, window - stride):
        raise ValueError(
            f"ramp must be even and fit into the overlap of {window - stride} and the stride of "
            f"{stride} frames, got {ramp}"
        )
