"""The expected level of sound that is still being made, as bars that never look like sound."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.time import Samples

SAMPLES_PER_MEL_FRAME = 480
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
    heights = np.zeros(num_bars, dtype=np.float32)
    num_frames = levels.shape[1]
    edges = (first_sample + samples_per_bar * np.arange(num_bars + 1)) / SAMPLES_PER_MEL_FRAME
    loudness = np.percentile(levels, 85, axis=0).astype(np.float32)
    for bar in range(num_bars):
        first = int(np.floor(edges[bar]))
        last = max(first + 1, int(np.ceil(edges[bar + 1])))
        if first < 0 or first >= num_frames:
            continue
        heights[bar] = loudness[first : min(last, num_frames)].mean()
    shares = np.clip((heights - _QUIETEST) / (_LOUDEST - _QUIETEST), 0.0, 1.0)
    return np.asarray(shares**1.5, np.float32)


def expected_opacity(fraction: float) -> float:
    """How opaque the bars are, which grows with the steps done (0 to 1)."""
    return 0.25 + 0.4 * min(max(fraction, 0.0), 1.0)


def num_mel_frames(duration: Samples) -> int:
    """Mel frames that cover ``duration``."""
    return -(-duration // SAMPLES_PER_MEL_FRAME)
