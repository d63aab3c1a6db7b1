"""Loudness and true peak of a whole export, measured while it streams by."""

import numpy as np
import soxr
from numpy.typing import NDArray

from desktop_app.audio.meters import SILENCE_DB, k_weighting_power
from desktop_app.export.chunks import Loudness
from desktop_app.project.time import TIMELINE_RATE_HZ

_HOP_SAMPLES = TIMELINE_RATE_HZ // 10
_BLOCK_HOPS, _SHORT_TERM_HOPS = 4, 30
_OFFSET_DB = -0.691
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_DB, _RANGE_GATE_DB = -10.0, -20.0
_OVERSAMPLING = 4


class ProgrammeMeter:
    """Loudness (ITU-R BS.1770-4), its range and the true peak of a stereo stream at 48 kHz.

    The K-weighting is applied to the spectrum of blocks of 100 ms, as in ``audio.meters``.
    """

    def __init__(self) -> None:
        frequencies = np.fft.rfftfreq(_HOP_SAMPLES, 1 / TIMELINE_RATE_HZ)
        self._weights = k_weighting_power(frequencies.astype(np.float64))
        self._powers: list[float] = []
        self._rest = np.zeros((0, 2), np.float32)
        self._peak = 0.0
        self._oversampler = soxr.ResampleStream(
            TIMELINE_RATE_HZ, _OVERSAMPLING * TIMELINE_RATE_HZ, 2, dtype="float32", quality="HQ"
        )

    def add(self, samples: NDArray[np.float32], *, is_last: bool) -> None:
        """Measure the next (N, 2) samples."""
        between = self._oversampler.resample_chunk(np.ascontiguousarray(samples), last=is_last)
        for part in (samples, between):
            self._peak = max(self._peak, float(np.abs(part).max(initial=0.0)))
        pending = np.concatenate([self._rest, samples])
        num_hops = len(pending) // _HOP_SAMPLES
        hops = pending[: num_hops * _HOP_SAMPLES].reshape(num_hops, _HOP_SAMPLES, 2)
        self._rest = pending[num_hops * _HOP_SAMPLES :]
        if num_hops:
            power = np.abs(np.fft.rfft(hops, axis=1)) ** 2
            power[:, 1:-1] *= 2  # every bin but the first and last stands for its mirror image
            weighted = np.einsum("hfc,f->h", power, self._weights) / _HOP_SAMPLES**2
            self._powers.extend(weighted.tolist())

    def measured(self) -> Loudness:
        """Loudness of everything so far, each value at least ``SILENCE_DB``."""
        short_term = _means(self._powers, _SHORT_TERM_HOPS)
        return Loudness(
            integrated_lufs=_lufs(_gated_mean(_means(self._powers, _BLOCK_HOPS))),
            range_lu=_range_lu(short_term),
            highest_short_term_lufs=_lufs(float(short_term.max(initial=0.0))),
            true_peak_dbtp=_decibels(self._peak**2),
        )


def _means(powers: list[float], num_hops: int) -> NDArray[np.float64]:
    if len(powers) < num_hops:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(powers)])
    means: NDArray[np.float64] = (total[num_hops:] - total[:-num_hops]) / num_hops
    return np.maximum(means, 0.0)


def _gated_mean(blocks: NDArray[np.float64]) -> float:
    loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return 0.0
    gate = float(loud.mean()) * 10 ** (_RELATIVE_GATE_DB / 10)
    return float(loud[loud > gate].mean())


def _range_lu(short_term: NDArray[np.float64]) -> float:
    """EBU Tech 3342: from the 10th to the 95th percentile above a gate 20 LU below the mean."""
    loud = short_term[short_term > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return 0.0
    loud = loud[loud > float(loud.mean()) * 10 ** (_RANGE_GATE_DB / 10)]
    low, high = np.percentile(10 * np.log10(loud), [10, 95])
    return float(high - low)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_DB) / 10))


def _lufs(power: float) -> float:
    return max(SILENCE_DB, _OFFSET_DB + _decibels(power)) if power > 0 else SILENCE_DB


def _decibels(power: float) -> float:
    return max(SILENCE_DB, 10 * float(np.log10(power))) if power > 0 else SILENCE_DB
