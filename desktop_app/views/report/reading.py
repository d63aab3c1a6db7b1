"""What lies under the pointer in a report, and where its time axis has numbers. No Qt."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.spectrogram import RANGE_DB
from desktop_app.project.time import samples_from_seconds_rounded
from desktop_app.views.report.values import ReportCurves, ReportPicture
from desktop_app.views.spectrogram.frequency import frequency_text, hz_at_height, note_name
from desktop_app.views.widgets.time_text import MINUS, clock_text

_SPACE = "   "
_STEPS_SECONDS = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600,
)  # fmt: skip
_SMALLEST_GAP_PX = 72


def reading_text(
    picture: ReportPicture, curves: ReportCurves | None, seconds: float, height: float | None
) -> str:
    """The reading: "1:12.480   2.41 kHz   D7   −38 dB   −23.4 LUFS   flux 4.1".

    Args:
        picture: The spectrogram.
        curves: The curves, once they are measured.
        seconds: Where in the take.
        height: Where in the spectrogram, 0 at the bottom to 1; ``None`` beside it.
    """
    words = [clock_text(samples_from_seconds_rounded(max(seconds, 0.0)))]
    if height is not None:
        frequency = hz_at_height(height)
        words += [frequency_text(frequency), note_name(frequency)]
        if (level := level_db(picture, seconds, height)) is not None:
            words.append(f"{level:.0f} dB")
    if curves is not None:
        loudness = _value_at(curves.loudness_lufs, curves.loudness_rate, seconds)
        words.append("silent" if loudness is None else f"{loudness:.1f} LUFS")
        if (flux := _value_at(curves.flux, curves.flux_rate, seconds)) is not None:
            words.append(f"flux {flux:.1f}")
    return _SPACE.join(word for word in words if word).replace("-", MINUS)


def level_db(picture: ReportPicture, seconds: float, height: float) -> float | None:
    """Level of the spectrogram at a point; ``None`` outside.

    Args:
        picture: The spectrogram.
        seconds: Where in the take.
        height: 0 at the bottom to 1.
    """
    bands, frames = picture.levels.shape
    frame = math.floor(seconds / picture.seconds * frames)
    if not 0 <= frame < frames:
        return None
    band = min(max(int(height * bands), 0), bands - 1)
    low, high = RANGE_DB
    return low + (high - low) * float(picture.levels[band, frame]) / 255


def tick_step(seconds: float, width_px: float) -> float:
    """Seconds between two numbers of the time axis.

    Args:
        seconds: What is in view.
        width_px: On so many pixels.
    """
    fewest = seconds * _SMALLEST_GAP_PX / max(width_px, 1.0)
    return next((step for step in _STEPS_SECONDS if step >= fewest), _STEPS_SECONDS[-1])


def tick_words(values: Sequence[float], step: float) -> list[str]:
    """Times for the axis, with as many decimals as the step needs."""
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 2
    return [clock_text(samples_from_seconds_rounded(max(value, 0.0)), decimals) for value in values]


def _value_at(values: NDArray[np.float64], rate: int, seconds: float) -> float | None:
    index = round(seconds * rate)
    if not 0 <= index < len(values) or not np.isfinite(values[index]):
        return None
    return float(values[index])
