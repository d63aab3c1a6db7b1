"""Directions: conditioning vectors have length one, so they are mixed along the sphere.

A plain average would shrink the vector, to 0.71 of its length at 90 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def angle_degrees(a: Tensor, b: Tensor) -> float:
    """Angle between two vectors in degrees, 0 to 180."""
    a, b = a.double(), b.double()
    cosine = float(a @ b / (a.norm() * b.norm()))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def morphed(vectors: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Weighted mean of unit vectors on the sphere.

    Two vectors are interpolated at constant speed (slerp, Shoemake 1985); more are averaged and
    put back on the sphere.

    Args:
        vectors: At least one (D,) unit vector.
        weights: One for each vector, not negative, with a positive sum.

    Returns:
        (D,) unit vector in the dtype of the first one.
    """
    shares = np.asarray(weights, dtype=np.float64)
    shares = shares / shares.sum()
    stacked = torch.stack([vector.double() for vector in vectors])
    factors = torch.from_numpy(shares)
    if len(vectors) == 2:
        angle = math.radians(angle_degrees(stacked[0], stacked[1]))
        # Below a thousandth of a radian slerp and the plain mean agree to 1e-7.
        if 1e-3 < angle < math.pi - 1e-3:
            factors = torch.sin(factors * angle) / math.sin(angle)
    mean = factors @ stacked
    if float(mean.norm()) < 1e-6:  # opposite vectors: no direction lies between them
        mean = stacked[int(shares.argmax())]
    unit: Tensor = mean / mean.norm()
    return unit.to(vectors[0].dtype)


def moved_towards(vector: Tensor, target: Tensor, share: float) -> Tensor:
    """The vector that lies ``share`` of the way to another one, along the sphere.

    Args:
        vector: (D,) unit vector; comes back bit for bit at a share of 0.
        target: (D,) unit vector.
        share: 0 to 1.

    Returns:
        (D,) unit vector in the dtype of ``vector``.

    Raises:
        ValueError: The share is out of range.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share must lie in 0..1, got {share}")
    if share == 0.0:
        return vector
    return morphed([vector, target], [1.0 - share, share])
