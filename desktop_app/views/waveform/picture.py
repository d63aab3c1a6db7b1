"""Columns of extremes as a picture of three shades, one device pixel a column."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.peaks import PeakColumns, Peaks
from desktop_app.project.time import TIMELINE_RATE_HZ

DISPLAY_POWER = 0.72
"""Amplitudes are drawn to this power, so that quiet sound is seen."""

NOTHING, PEAK, RMS = 0, 1, 2
"""The shades: ground, the extremes, and the part that carries the energy."""


def displayed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Amplitudes on the display's scale: sign kept, magnitude limited to 1."""
    magnitude = np.minimum(np.abs(values), np.float32(1.0)) ** np.float32(DISPLAY_POWER)
    return np.copysign(magnitude, values)


def waveform_picture(columns: PeakColumns, height_px: int) -> NDArray[np.uint8]:
    """Draw columns about a centre line.

    Args:
        columns: N columns, -1 to 1; one without sound (NaN) is drawn as silence.
        height_px: Height in device pixels, at least 1.

    Returns:
        (height_px, N) of ``NOTHING``, ``PEAK`` and ``RMS``. Every column has at least its centre
        pixel, the hairline of silence.
    """
    minimum, maximum = np.nan_to_num(columns.minimum), np.nan_to_num(columns.maximum)
    rms = np.nan_to_num(columns.rms)
    centre = (height_px - 1) / 2
    top = np.rint(centre - displayed(maximum) * centre).astype(np.int16)
    bottom = np.rint(centre - displayed(minimum) * centre).astype(np.int16)
    loud = displayed(rms) * np.float32(centre)
    rms_top = np.maximum(np.rint(centre - loud).astype(np.int16), top)
    rms_bottom = np.minimum(np.rint(centre + loud).astype(np.int16), bottom)
    middle = np.int16(round(centre))
    top, bottom = np.minimum(top, middle), np.maximum(bottom, middle)
    rms_top, rms_bottom = np.minimum(rms_top, middle), np.maximum(rms_bottom, middle)
    rows = np.arange(height_px, dtype=np.int16)[:, None]
    picture = ((rows >= top) & (rows <= bottom)).view(np.uint8)
    picture = picture + ((rows >= rms_top) & (rows <= rms_bottom)).view(np.uint8)
    return np.asarray(picture, np.uint8)


def waveform_tile(
    source: Peaks,
    first_timeline_sample: float,
    timeline_samples_per_column: float,
    num_columns: int,
    height_px: int,
) -> NDArray[np.uint8]:
    """The picture of a stretch of ``source``, empty where it has no audio.

    Args:
        source: The audio; its sample 0 is timeline sample 0 here.
        first_timeline_sample: Left edge of the first column, at 48 kHz; may be negative.
        timeline_samples_per_column: Width of a device pixel in timeline samples, above 0.
        num_columns: Width of the picture.
        height_px: Height of the picture in device pixels.

    Returns:
        (height_px, num_columns), see :func:`waveform_picture`.
    """
    picture = np.zeros((height_px, num_columns), dtype=np.uint8)
    ratio = source.sample_rate / TIMELINE_RATE_HZ
    per_column = timeline_samples_per_column * ratio
    origin = first_timeline_sample * ratio
    first = max(0, int(np.ceil(-origin / per_column)))
    last = min(num_columns, int(np.ceil((source.num_samples - origin) / per_column)))
    if last > first:
        columns = source.columns(origin + first * per_column, per_column, last - first)
        picture[:, first:last] = waveform_picture(columns, height_px)
    return picture
