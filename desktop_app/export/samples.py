"""From float samples to the bytes of a file."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.export.settings import SampleFormat


def encoded(
    samples: NDArray[np.float32], sample_format: SampleFormat, dither: np.random.Generator
) -> bytes:
    """The samples as little-endian bytes.

    Going to 16 bits adds triangular dither of two steps' width (Lipshitz, Wannamaker and Vanderkooy
    1992), so that what is quieter than a step stays audible instead of becoming distortion. At 24
    bits the sound itself is noisier than that.

    Args:
        samples: (N, 2) with full scale at 1; what is beyond is clipped, except in floats.
        sample_format: Word length.
        dither: Source of the noise; used for 16 bits only.
    """
    if sample_format.is_float:
        return samples.astype("<f4", copy=False).tobytes()
    scale = 2 ** (sample_format.num_bits - 1)
    steps = samples.astype(np.float64) * scale
    if sample_format.num_bits == 16:
        # Pairs side by side, so that the noise does not depend on how the sound is cut up.
        pairs = dither.random((*samples.shape, 2))
        steps += pairs[..., 0] - pairs[..., 1]
    whole: NDArray[np.float64] = np.clip(np.rint(steps), -scale, scale - 1)
    if sample_format.num_bits == 16:
        return whole.astype("<i2").tobytes()
    words = whole.astype("<i4").reshape(-1, 1).view(np.uint8)
    lower_bytes: NDArray[np.uint8] = words[:, :3]
    return lower_bytes.tobytes()


def num_clipped(samples: NDArray[np.float32], sample_format: SampleFormat) -> int:
    """How many samples are beyond what the format can hold."""
    if sample_format.is_float:
        return 0
    highest = 1 - 2.0 ** (1 - sample_format.num_bits)
    return int(np.count_nonzero((samples > highest) | (samples < -1)))
