"""Values over time, read at the frames of a window."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.api.prompts import Curve

FrameValues = npt.NDArray[np.float64]


def frame_centres(first_frame: int, num_frames: int) -> FrameValues:
    """Where the middles of frames lie on the axis whose whole numbers are their starts.

    Args:
        first_frame: First latent frame, absolute.
        num_frames: Number of latent frames.

    Returns:
        (num_frames,) float64.
    """
    return np.arange(first_frame, first_frame + num_frames, dtype=np.float64) + 0.5


def curve_values(value: float, curve: Curve | None, centres: FrameValues) -> FrameValues:
    """The curve where there is one, else the value, at every place.

    Args:
        value: Holds everywhere without a curve.
        curve: Straight lines between its points, constant before and after them.
        centres: (T,) places in latent frames, absolute.

    Returns:
        (T,) float64.
    """
    if curve is None:
        return np.full_like(centres, value)
    return np.interp(centres, curve.latent_frames, curve.values)


def require_curve(name: str, curve: Curve | None) -> None:
    """Refuse a curve that has no value somewhere, or two.

    Raises:
        ValueError: It has no points, not as many places as values, or is not ascending.
    """
    if curve is None:
        return
    if not curve.latent_frames or len(curve.latent_frames) != len(curve.values):
        raise ValueError(
            f"{name} needs as many values as places and at least one, got"
            f" {len(curve.latent_frames)} places and {len(curve.values)} values"
        )
    for before, after in pairwise(curve.latent_frames):
        if after <= before:
            raise ValueError(f"{name} must be ascending, got {before} before {after}")
