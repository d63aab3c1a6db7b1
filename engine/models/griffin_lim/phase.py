"""Starting phases that depend on the place in the track and on nothing else."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

# SplitMix64 (Steele, Lea and Flood, 2014): increment and the two multipliers of its finaliser.
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_MANTISSA_BITS = 53


def position_keyed_phase(first_frame: int, num_frames: int, num_bins: int) -> Tensor:
    """Phases that look random but are a fixed function of absolute frame and bin.

    A chunk of a track therefore starts from the same phases as the whole track does.

    Args:
        first_frame: Absolute number of the first frame.
        num_frames: Number of frames ``T``.
        num_bins: Number of frequency bins ``K``.

    Returns:
        (T, K) float64 phases in [0, 2 pi), on the CPU.
    """
    frames = np.arange(first_frame, first_frame + num_frames, dtype=np.int64)
    # Unsigned arithmetic wraps around, which is what the hash is made of.
    counters = frames.view(np.uint64)[:, None] * np.uint64(num_bins)
    counters = counters + np.arange(num_bins, dtype=np.uint64)
    mixed = (counters + np.uint64(1)) * _INCREMENT
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MULTIPLIER_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MULTIPLIER_2
    mixed ^= mixed >> np.uint64(31)
    unit = (mixed >> np.uint64(64 - _MANTISSA_BITS)).astype(np.float64) * 2.0**-_MANTISSA_BITS
    return torch.from_numpy(unit * (2.0 * np.pi))
