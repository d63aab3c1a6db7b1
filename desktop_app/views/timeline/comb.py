"""The comb of a job: how far each window of the model is. No Qt."""

import numpy as np
from numpy.typing import NDArray


def comb_fill(num_windows: int, fraction: float) -> NDArray[np.float64]:
    """How full each cell is when the engine works in a wavefront.

    A window begins its steps a little after the one before it, so the fill is a staircase that
    walks to the right. Its front is as wide as half of the windows, and the mean of all cells is
    ``fraction``.

    Args:
        num_windows: Cells, at least 1.
        fraction: Finished part of all window steps, 0 to 1.

    Returns:
        (num_windows,), 0 to 1, falling from left to right.
    """
    done = min(max(fraction, 0.0), 1.0)
    front = max(0.5, 1.0 / num_windows)
    centres = (np.arange(num_windows) + 0.5) / num_windows
    low, high = -front, 1.0 + front
    for _ in range(40):
        middle = (low + high) / 2
        fill = np.clip((middle - centres) / front + 0.5, 0.0, 1.0)
        if fill.mean() < done:
            low = middle
        else:
            high = middle
    return fill


def even_fill(num_windows: int, fraction: float) -> NDArray[np.float64]:
    """How full each cell is when all windows finish a step before the next one begins.

    Args:
        num_windows: Cells, at least 1.
        fraction: Finished part of the steps, 0 to 1.

    Returns:
        (num_windows,), 0 to 1, all equal.
    """
    return np.full(num_windows, min(max(fraction, 0.0), 1.0))
