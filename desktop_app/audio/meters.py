"""Levels of what is being heard."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.ids import LaneId
from desktop_app.project.time import TIMELINE_RATE_HZ

SILENCE_DB = -120.0

_HOP_SAMPLES = TIMELINE_RATE_HZ // 10
_SHORT_TERM_HOPS = 30
_LUFS_OFFSET_DB = -0.691


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """What the meters show.

    Attributes:
        left_db: Sample peak of the left channel since the last reading, dBFS.
        right_db: The same of the right channel.
        short_term_lufs: Loudness of the last three seconds (ITU-R BS.1770, EBU Tech 3341).
        highest_db: Highest sample peak since playback began, dBFS.
        lanes_db: Sample peak of each audible lane, dBFS.
    """

    left_db: float = SILENCE_DB
    right_db: float = SILENCE_DB
    short_term_lufs: float = SILENCE_DB
    highest_db: float = SILENCE_DB
    lanes_db: Mapping[LaneId, float] = field(default_factory=dict)


def peak_db(samples: NDArray[np.float32]) -> float:
    """Highest absolute sample in dBFS, at least ``SILENCE_DB``."""
    peak = float(np.abs(samples).max(initial=0.0))
    return max(SILENCE_DB, 20 * float(np.log10(peak))) if peak > 0 else SILENCE_DB


class LoudnessMeter:
    """Short-term loudness of a stereo stream at 48 kHz.

    The K-weighting filter is applied as a power response to the spectrum of 100 ms blocks. Over
    three seconds this agrees with the filter of ITU-R BS.1770-4 to a few hundredths of a dB, and it
    needs no sample-by-sample recursion.
    """

    def __init__(self) -> None:
        frequencies = np.fft.rfftfreq(_HOP_SAMPLES, 1 / TIMELINE_RATE_HZ)
        self._weights = k_weighting_power(frequencies.astype(np.float64))
        self._powers: deque[float] = deque(maxlen=_SHORT_TERM_HOPS)
        self._rest = np.zeros((0, 2), np.float32)

    def add(self, samples: NDArray[np.float32]) -> None:
        """Measure the next (N, 2) samples."""
        pending = np.concatenate([self._rest, samples])
        while len(pending) >= _HOP_SAMPLES:
            self._powers.append(self._power(pending[:_HOP_SAMPLES]))
            pending = pending[_HOP_SAMPLES:]
        self._rest = pending

    @property
    def short_term_lufs(self) -> float:
        """Loudness of the last three seconds, at least ``SILENCE_DB``."""
        power = sum(self._powers) / _SHORT_TERM_HOPS
        if power <= 0:
            return SILENCE_DB
        return max(SILENCE_DB, _LUFS_OFFSET_DB + 10 * float(np.log10(power)))

    def _power(self, block: NDArray[np.float32]) -> float:
        spectrum = np.abs(np.fft.rfft(block, axis=0)) ** 2
        # Parseval: every bin but the first and the last stands for its mirror image, too.
        spectrum[1:-1] *= 2
        return float((spectrum.sum(1) * self._weights).sum()) / _HOP_SAMPLES**2


def k_weighting_power(frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power response of the K-weighting filter of ITU-R BS.1770-4, table 1 and 2, at 48 kHz.

    Args:
        frequencies_hz: (N,) frequencies below 24 kHz.

    Returns:
        (N,) squared magnitudes.
    """
    z = np.exp(-2j * np.pi * frequencies_hz / TIMELINE_RATE_HZ)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    response: NDArray[np.float64] = np.abs(shelf * high_pass) ** 2
    return response
