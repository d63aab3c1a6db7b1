"""The expected level of sound that is still being made, as bars that never look like sound."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.time import Samples

SAMPLES_PER_MEL_FRAME = 480
_FRAMES_OF_A_BAR = 8
_QUIETEST, _LOUDEST = 40.0, 225.0


def expected_heights(
    levels: NDArray[np.uint8], first_sample: float, samples_per_bar: float, num_bars: int
) -> NDArray[np.float32]:
    """How high the bars over a preview stand.

    Args:
        levels: (M, T), levels of the preview, 0 to 255; frame 0 at sample 0.
        first_sample: Left edge of the first bar, in timeline samples from the preview's start.
        samples_per_bar: Distance of the bars in timeline samples.
        num_bars: How many.

    Returns:
        (num_bars,), 0 to 1; 0 beyond the preview.
    """
    num_frames = levels.shape[1]
    edges = (first_sample + samples_per_bar * np.arange(num_bars + 1)) / SAMPLES_PER_MEL_FRAME
    first = np.floor(edges[:-1]).astype(np.int64)
    last = np.minimum(np.maximum(first + 1, np.ceil(edges[1:]).astype(np.int64)), num_frames)
    is_inside = (first >= 0) & (first < num_frames)
    heights = np.zeros(num_bars, dtype=np.float32)
    if not is_inside.any():
        return heights
    first, counts = first[is_inside], (last - first)[is_inside]
    # An hour has 360,000 frames and is drawn several times a second: a few of each bar must do.
    num_samples = int(min(counts.max(), _FRAMES_OF_A_BAR))
    frames = first[:, None] + np.arange(num_samples) * counts[:, None] // num_samples
    loudness = np.percentile(levels[:, frames.ravel()], 85, axis=0)
    heights[is_inside] = loudness.reshape(frames.shape).mean(axis=1)
    shares = np.clip((heights - _QUIETEST) / (_LOUDEST - _QUIETEST), 0.0, 1.0)
    return np.asarray(shares**1.5, np.float32)


def expected_opacity(fraction: float) -> float:
    """How opaque the bars are, which grows with the steps done (0 to 1)."""
    return 0.25 + 0.4 * min(max(fraction, 0.0), 1.0)


def num_mel_frames(duration: Samples) -> int:
    """Mel frames that cover ``duration``."""
    return -(-duration // SAMPLES_PER_MEL_FRAME)
