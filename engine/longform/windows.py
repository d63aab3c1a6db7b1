"""Where the windows of joint diffusion lie, and how much each counts.

Frames far from a window's edge are predicted well, frames near it lack context. So each window
counts fully in its core, not at all near its edges, and neighbours meet in one short ramp, centred
between the two window centres (MultiDiffusion, Bar-Tal et al. 2023, with edge-discarding weights):

    window k      |------#################======------|
    window k+1                  |------======#################------|
                   unused  core          ramp            core  unused

All windows start on a grid that is fixed in absolute time, and the last one keeps a hidden tail
beyond the end instead of being pushed back. So a longer or edited track has the same windows.

The windows of a loop lie on a circle: frame numbers count on past the end, and mean the frames
from the start on. There is no first and no last window, and no hidden frame.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.api.sampling import Fusion
from engine.longform.time import rounded_down, rounded_up
from engine.longform.window_weights import counted_frames, window_weights

DEFAULT_RAMP_LATENT_FRAMES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowGrid:
    """The windows of one track; see :func:`window_grid` and :func:`circular_window_grid`.

    Attributes:
        first_frame: First frame that is computed: the start of the first window, absolute.
        num_frames: Frames that are computed, hidden ones at the ends included.
        starts: First frame of each window, absolute, ascending.
        window: Length of every window.
        stride: Distance between two starts; on a circle they may be closer.
        ramp: Length over which neighbours are mixed.
        fusion: How the predictions of overlapping windows are joined.
        is_circular: Whether the end goes over into the start.
    """

    first_frame: int
    num_frames: int
    starts: tuple[int, ...]
    window: int
    stride: int
    ramp: int
    fusion: Fusion = Fusion.RAMP
    is_circular: bool = False

    @property
    def end_frame(self) -> int:
        """First frame after the last one that is computed."""
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
            (window,) float32 in 0..1, to be left alone. At every frame the weights of all windows
            sum to 1.
        """
        return window_weights(
            self._offsets(index), window=self.window, ramp=self.ramp, fusion=self.fusion
        )

    def support(self, index: int) -> tuple[int, int]:
        """Absolute frames [start, end) in which a window counts at all; may pass a circle's end."""
        begin, end = counted_frames(
            self._offsets(index), window=self.window, ramp=self.ramp, fusion=self.fusion
        )
        return self.starts[index] + begin, self.starts[index] + end

    def places(self, start_frame: int, end_frame: int) -> tuple[slice, ...]:
        """Where absolute frames lie in a track of ``num_frames``.

        Args:
            start_frame: First frame.
            end_frame: First frame after the range.

        Returns:
            Slices in the order of the frames, none empty: of a straight track the part that it
            has; on a circle another one for every time that the range passes the end.
        """
        start, end = start_frame - self.first_frame, end_frame - self.first_frame
        if not self.is_circular:
            start, end = max(0, start), min(end, self.num_frames)
            return (slice(start, end),) if start < end else ()
        pieces = []
        while start < end:
            place = start % self.num_frames
            length = min(end - start, self.num_frames - place)
            pieces.append(slice(place, place + length))
            start += length
        return tuple(pieces)

    def window_of(self, track: Tensor, index: int) -> Tensor:
        """The frames of a window.

        Args:
            track: (1, C, num_frames, F).
            index: Number of the window.

        Returns:
            (1, C, window, F): a view, or a copy where the window passes the end of a circle.
        """
        start = self.starts[index]
        pieces = [track[:, :, place] for place in self.places(start, start + self.window)]
        return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=2)

    def windows_meeting(self, start_frame: int, end_frame: int) -> tuple[int, ...]:
        """Numbers of the windows that count somewhere in ``[start_frame, end_frame)``."""
        return tuple(
            index
            for index in range(self.num_windows)
            if self._meet(self.support(index), (start_frame, end_frame))
        )

    def _meet(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        if not self.is_circular:
            return a[0] < b[1] and b[0] < a[1]
        a_is_within_b = (a[0] - b[0]) % self.num_frames < b[1] - b[0]
        return a_is_within_b or (b[0] - a[0]) % self.num_frames < a[1] - a[0]

    def _offsets(self, index: int) -> tuple[int, ...]:
        """Starts of the windows that overlap a window, relative to its own."""
        start = self.starts[index]
        turns = (-self.num_frames, 0, self.num_frames) if self.is_circular else (0,)
        found = []
        for turn in turns:
            low = bisect_left(self.starts, start - self.window + 1 - turn)
            high = bisect_left(self.starts, start + self.window - turn)
            found += [other + turn - start for other in self.starts[low:high]]
        return tuple(found)


def window_grid(
    first_frame: int,
    num_frames: int,
    *,
    window: int,
    stride: int,
    time_multiple: int,
    ramp: int = DEFAULT_RAMP_LATENT_FRAMES,
    origin_frame: int | None = None,
    fusion: Fusion = Fusion.RAMP,
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
        fusion: How the predictions of overlapping windows are joined.

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
            fusion=fusion,
        )
    num_windows = -(-(length - window) // stride) + 1
    return WindowGrid(
        first_frame=start,
        num_frames=(num_windows - 1) * stride + window,
        starts=tuple(start + index * stride for index in range(num_windows)),
        window=window,
        stride=stride,
        ramp=ramp,
        fusion=fusion,
    )


def circular_window_grid(
    first_frame: int,
    num_frames: int,
    *,
    window: int,
    stride: int,
    time_multiple: int,
    ramp: int = DEFAULT_RAMP_LATENT_FRAMES,
    fusion: Fusion = Fusion.RAMP,
) -> WindowGrid:
    """Lay out windows on a circle, as few as ``stride`` allows and as evenly as possible.

    If the stride divides the length, rotating the noise by the stride rotates the result. Even a
    circle of a single window's length gets at least two windows, so that every frame, also those
    beside the wrap, lies in the core of one.

    Args:
        first_frame: First latent frame, absolute.
        num_frames: Latent frames of the circle: a multiple of ``time_multiple``, at least
            ``window``.
        window: Length of a window in latent frames: the length that the model was trained on.
        stride: Greatest distance between windows in latent frames.
        time_multiple: All starts, and the network's time axis, are multiples of this.
        ramp: Most latent frames over which neighbours are mixed, even; less where windows are
            closer together than that.
        fusion: How the predictions of overlapping windows are joined.

    Returns:
        A grid of exactly ``num_frames`` frames.

    Raises:
        ValueError: The numbers do not fit together; the message says which.
    """
    _require_fitting(num_frames, window, stride, time_multiple, ramp)
    if num_frames < window or num_frames % time_multiple:
        raise ValueError(
            f"num_frames of a circle must be a multiple of {time_multiple} and at least the "
            f"window of {window}, got {num_frames}"
        )
    num_windows = -(-num_frames // stride)
    steps = num_frames // time_multiple
    offsets = [steps * index // num_windows * time_multiple for index in range(num_windows)]
    nearest = steps // num_windows * time_multiple
    return WindowGrid(
        first_frame=first_frame,
        num_frames=num_frames,
        starts=tuple(first_frame + offset for offset in offsets),
        window=window,
        stride=stride,
        ramp=min(ramp, nearest // 2 * 2),
        fusion=fusion,
        is_circular=True,
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
