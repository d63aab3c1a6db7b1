"""Which phases a vocoder starts from in each mel frame: addresses that travel with the material.

A vocoder without weights starts from phases that depend on the frame's number. Material that is
moved keeps the numbers it was made with; otherwise sound that is made again beside it would not
fit. No torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.longform.placement import FrameRange, PlacedSpan
from engine.longform.time import mel_frames_of_latent

_NAMESPACE_BITS = 44
"""Absolute mel frames lie within 42 bits and a sign (``prompt_checks.FURTHEST_LATENT_FRAME``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRun:
    """Mel frames of a piece with consecutive addresses.

    Attributes:
        start: First mel frame, absolute.
        end: First mel frame after the run.
        address: That of the first frame.
    """

    start: int
    end: int
    address: int


def addresses_of(runs: Sequence[AddressRun], start: int, end: int) -> NDArray[np.int64]:
    """Addresses of mel frames.

    Args:
        runs: Of the piece, in order, without a gap.
        start: First mel frame, absolute.
        end: First mel frame after the range.

    Returns:
        (end - start,) int64.

    Raises:
        ValueError: A frame lies in no run.
    """
    parts = [
        np.arange(first, last, dtype=np.int64) + (run.address - run.start)
        for run in runs
        for first, last in [(max(start, run.start), min(end, run.end))]
        if first < last
    ]
    addresses = np.concatenate(parts) if parts else np.empty(0, np.int64)
    if len(addresses) != end - start:
        raise ValueError(f"mel frames [{start}, {end}) are not all known")
    return addresses


def first_run(first_latent_frame: int, num_latent_frames: int) -> AddressRun:
    """Addresses of a piece that is made as a whole: 0, 1, 2, ... from its start."""
    return AddressRun(
        start=mel_frames_of_latent(first_latent_frame),
        end=mel_frames_of_latent(first_latent_frame + num_latent_frames),
        address=0,
    )


def placed_runs(
    runs: Sequence[AddressRun], spans: Iterable[PlacedSpan], new: Sequence[FrameRange]
) -> tuple[AddressRun, ...]:
    """Addresses of a piece that is put together from stretches of another and new material.

    Args:
        runs: Addresses of the other piece.
        spans: Stretches of latent frames that are kept.
        new: Latent frames of the new piece that no stretch covers.

    Returns:
        Runs in order. New frames get numbers that no frame of the other piece has.
    """
    result: list[AddressRun] = []
    for span in spans:
        shift = mel_frames_of_latent(span.shift)
        for run in runs:
            start = max(run.start, mel_frames_of_latent(span.start))
            end = min(run.end, mel_frames_of_latent(span.end))
            if start < end:
                address = run.address + start - run.start
                result.append(AddressRun(start=start + shift, end=end + shift, address=address))
    free = 1 + max((_namespace(run.address) for run in runs), default=0)
    for first, last in new:
        start, end = mel_frames_of_latent(first), mel_frames_of_latent(last)
        result.append(AddressRun(start=start, end=end, address=(free << _NAMESPACE_BITS) + start))
    return _joined(sorted(result, key=lambda run: run.start))


def _namespace(address: int) -> int:
    """Numbers of one namespace lie around a multiple of 2^44."""
    return (address + (1 << (_NAMESPACE_BITS - 1))) >> _NAMESPACE_BITS


def _joined(runs: Sequence[AddressRun]) -> tuple[AddressRun, ...]:
    result: list[AddressRun] = []
    for run in runs:
        last = result[-1] if result else None
        if last is not None and last.address + last.end - last.start == run.address:
            result[-1] = AddressRun(start=last.start, end=run.end, address=last.address)
        else:
            result.append(run)
    return tuple(result)
