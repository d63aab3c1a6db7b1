"""The comb of a job: how far each window of the model is. No Qt."""

import numpy as np
from numpy.typing import NDArray


def comb_fill(num_windows: int, num_steps: int, share: float, lag: int) -> NDArray[np.float64]:
    """How full each cell is when the engine works in a wavefront.

    The engine takes the steps along diagonals (``engine.longform.wavefront``): step n of window k
    belongs to diagonal ``k + lag * n``. So the fill is a staircase that walks to the right.

    Args:
        num_windows: Cells, at least 1.
        num_steps: Steps of every window, at least 1.
        share: Finished part of all steps of all windows, 0 to 1.
        lag: Windows between neighbouring steps, at least 1.

    Returns:
        (num_windows,), 0 to 1, never rising from left to right.
    """
    done = round(min(max(share, 0.0), 1.0) * num_windows * num_steps)
    windows = np.arange(num_windows)
    few, enough = 0, num_windows + lag * (num_steps - 1)
    while few < enough:
        diagonals = (few + enough) // 2
        if _steps_done(windows, diagonals, num_steps, lag).sum() < done:
            few = diagonals + 1
        else:
            enough = diagonals
    return _steps_done(windows, few, num_steps, lag) / num_steps


def even_fill(num_windows: int, fraction: float) -> NDArray[np.float64]:
    """How full each cell is when all windows finish a step before the next one begins.

    Args:
        num_windows: Cells, at least 1.
        fraction: Finished part of the steps, 0 to 1.

    Returns:
        (num_windows,), 0 to 1, all equal.
    """
    return np.full(num_windows, min(max(fraction, 0.0), 1.0))


def _steps_done(
    windows: NDArray[np.int_], diagonals: int, num_steps: int, lag: int
) -> NDArray[np.int_]:
    """Steps of each window that lie on the first diagonals: n with k + lag * n < diagonals."""
    return np.clip(-((windows - diagonals) // lag), 0, num_steps)
