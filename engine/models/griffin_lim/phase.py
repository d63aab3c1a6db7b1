"""Starting phases that depend on the frames' addresses and on nothing else."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# SplitMix64 (Steele, Lea and Flood, 2014): increment and the two multipliers of its finaliser.
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_MANTISSA_BITS = 53


def _xor_shift(values: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    return np.bitwise_xor(values, np.right_shift(values, np.uint64(bits)))


def position_keyed_phase(addresses: Tensor, num_bins: int) -> Tensor:
    """Phases that look random but are a fixed function of a frame's address and bin.

    A chunk of a track therefore starts from the same phases as the whole track does.

    Args:
        addresses: (T,) int64, on the CPU: for frames that were never moved their numbers.
        num_bins: Number of frequency bins ``K``.

    Returns:
        (T, K) float64 phases in [0, 2 pi), on the CPU.
    """
    frames = addresses.numpy().astype(np.int64).view(np.uint64)
    bins = np.arange(1, num_bins + 1, dtype=np.uint64)
    # Unsigned arithmetic wraps around, which is what the hash is made of.
    mixed: NDArray[np.uint64] = np.add.outer(np.multiply(frames, np.uint64(num_bins)), bins)
    mixed = np.multiply(mixed, _INCREMENT)
    mixed = np.multiply(_xor_shift(mixed, 30), _MULTIPLIER_1)
    mixed = np.multiply(_xor_shift(mixed, 27), _MULTIPLIER_2)
    mixed = _xor_shift(mixed, 31)
    top_bits = mixed >> np.uint64(64 - _MANTISSA_BITS)
    phase = top_bits.astype(np.float64) * (2.0 * np.pi * 2.0**-_MANTISSA_BITS)
    return torch.from_numpy(phase)
