"""Which parts of a finished spectrogram are written again, and how they are faded in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.longform.splice import splice_shares


def merged(
    ranges: Sequence[tuple[int, int]], num_frames: int, *, is_circular: bool = False
) -> list[tuple[int, int]]:
    """Ranges within ``[0, num_frames)``, in order, overlapping and touching ones joined.

    Args:
        ranges: Ranges [start, end). What lies beyond the ends of a straight track is left out; on
            a circle it is what lies on the other side of the wrap.
        num_frames: Length of the track.
        is_circular: Whether the end goes over into the start.
    """
    if is_circular:
        ranges = [piece for span in ranges for piece in _around(*span, num_frames)]
    result: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(num_frames, b)) for a, b in ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def new_shares(
    dirty: Sequence[tuple[int, int]], num_frames: int, *, is_circular: bool = False
) -> NDArray[np.float32]:
    """How much of the new spectrogram is taken in every frame.

    Args:
        dirty: Ranges as :func:`merged` gives them.
        num_frames: Length of the track.
        is_circular: Whether the end goes over into the start.

    Returns:
        (num_frames,): 1 in the ranges, ramps at those of their ends that something old lies
        beyond, 0 outside.
    """
    shares = np.zeros(num_frames, np.float32)
    for start, end in _joined_at_wrap(dirty, num_frames) if is_circular else dirty:
        is_everything = end - start == num_frames
        values = splice_shares(
            end - start,
            fades_in=not is_everything if is_circular else start > 0,
            fades_out=not is_everything if is_circular else end < num_frames,
        )
        shares[np.arange(start, end) % num_frames] = values.numpy()
    return shares


def _around(start: int, end: int, num_frames: int) -> list[tuple[int, int]]:
    """The parts of a range on a circle, each within ``[0, num_frames)``."""
    if end - start >= num_frames:
        return [(0, num_frames)]
    start, end = start % num_frames, start % num_frames + end - start
    if end <= num_frames:
        return [(start, end)]
    return [(start, num_frames), (0, end - num_frames)]


def _joined_at_wrap(dirty: Sequence[tuple[int, int]], num_frames: int) -> Sequence[tuple[int, int]]:
    """Ranges of which the last one goes on beyond the end if the first one begins there."""
    if len(dirty) < 2 or dirty[0][0] > 0 or dirty[-1][1] < num_frames:
        return dirty
    return [*dirty[1:-1], (dirty[-1][0], num_frames + dirty[0][1])]
