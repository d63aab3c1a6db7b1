"""What the report shows. No Qt.

Shape letters in this package:
    M  mel bands, the lowest first
    T  frames of 10 ms
    H  short-term values of loudness
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class RowVerdict(StrEnum):
    """What a number says."""

    NONE = ""
    OK = "as it should be"
    OFF = "not as it should be"
    UNSURE = "too short to tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One number.

    Attributes:
        name: What was measured.
        value: The number with its unit.
        target: What it should be, such as "below 1"; empty for no target.
        verdict: Whether it is.
        meaning: What it says about the sound, as a sentence.
    """

    name: str
    value: str
    target: str = ""
    verdict: RowVerdict = RowVerdict.NONE
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportPicture:
    """What can be shown at once.

    Attributes:
        levels: (M, T), 0 to 255, as ``audio.spectrogram`` makes them.
        seconds: Length of the take.
        colour: Name of the lane's colour.
    """

    levels: NDArray[np.uint8]
    seconds: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportCurves:
    """What is measured along the take.

    Attributes:
        loudness_lufs: (H,) short-term loudness; NaN in silence.
        loudness_rate: Values of it per second.
        flux: (T,) spectral flux in nepers.
        flux_rate: Values of it per second.
        seams: Seconds at which windows of the model meet.
    """

    loudness_lufs: NDArray[np.float64]
    loudness_rate: int
    flux: NDArray[np.float64]
    flux_rate: int
    seams: tuple[float, ...]
