"""Look-up tables for spectrograms, interpolated in OKLab. No Qt.

OKLab: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NUM_ENTRIES = 256

_LMS_FROM_LINEAR = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB_FROM_ROOT_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab_from_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """OKLab (L in 0..1, a, b) of sRGB colours; both (..., 3)."""
    encoded = rgb.astype(np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _LMS_FROM_LINEAR.T) @ _LAB_FROM_ROOT_LMS.T
    return lab


def rgb_from_oklab(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The nearest sRGB colours inside the gamut; both (..., 3)."""
    lms = (lab @ np.linalg.inv(_LAB_FROM_ROOT_LMS).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_LMS_FROM_LINEAR).T, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    rounded: NDArray[np.uint8] = np.rint(encoded * 255).astype(np.uint8)
    return rounded


def colour_map_table(stops: Sequence[str], gamma: float) -> NDArray[np.uint8]:
    """The colours of all levels.

    Args:
        stops: "#RRGGBB", evenly spaced from the lowest to the highest level, at least two.
        gamma: Exponent applied to the level, greater than 0.

    Returns:
        (256, 3) red, green, blue; read-only.
    """
    rgb = np.array(
        [[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], dtype=np.uint8
    )
    lab = oklab_from_rgb(rgb)
    at = (np.arange(NUM_ENTRIES) / (NUM_ENTRIES - 1)) ** gamma * (len(stops) - 1)
    positions = np.arange(len(stops))
    columns = [np.interp(at, positions, lab[:, part]) for part in range(3)]
    table = rgb_from_oklab(np.stack(columns, axis=-1))
    table.setflags(write=False)
    return table
