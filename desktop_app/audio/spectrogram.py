"""From natural-log mel spectrograms to the 8-bit levels that a colour map paints."""

import math

import numpy as np
from numpy.typing import NDArray

RANGE_DB = (-78.0, -22.0)
"""Levels painted as the map's first and last colour, relative to a full-scale sine."""

FULL_SCALE_SINE_DB = 19.2
"""What a full-scale sine at 1 kHz reads on AudioLDM's mel scale: 20 log10 of 9.1 (a Hann window of
1,024 samples, Slaney-normalised bands of 46 Hz)."""

# A Python float: numpy's own would turn every spectrogram into float64.
_DB_PER_NEPER = 20 / math.log(10)


def db_from_mel(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels in dB relative to a full-scale sine.

    Args:
        mel: Natural-log mel magnitudes of any shape.
    """
    return np.asarray(mel * _DB_PER_NEPER - FULL_SCALE_SINE_DB, np.float32)


def levels_from_mel(mel: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Picture of a mel spectrogram.

    Args:
        mel: (T, M) natural-log mel.

    Returns:
        (M, T) levels; row 0 is the lowest band, 0 to 255 spans ``RANGE_DB``.
    """
    low, high = RANGE_DB
    scaled = (db_from_mel(mel) - low) * (255 / (high - low))
    return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8).T
