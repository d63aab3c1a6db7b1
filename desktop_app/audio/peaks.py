"""Minimum, maximum and root mean square of audio at any zoom, from a pyramid that can grow."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BASE_BIN_SAMPLES = 32
"""Samples in a bin of the finest level: 2 ms at the engine's 16 kHz."""

LEVEL_FACTOR = 4
"""Bins of one level in a bin of the next."""

_NUM_LEVELS = 8

Floats = NDArray[np.float32]
_Reduce = Callable[[NDArray[np.float32], int], NDArray[np.float32]]


class PeakColumns(NamedTuple):
    """What to draw for each column; a column without sound is NaN.

    Attributes:
        minimum: (N,) lowest sample.
        maximum: (N,) highest sample.
        rms: (N,) root mean square.
    """

    minimum: Floats
    maximum: Floats
    rms: Floats


class _Level:
    """Bins of one size, in arrays that double when they are full."""

    def __init__(self, bin_samples: int) -> None:
        self.bin_samples = bin_samples
        self.num_bins = 0
        self._data = np.zeros((3, 64), np.float32)

    @property
    def bins(self) -> Floats:
        """(3, N) minimum, maximum and mean square of the bins."""
        return self._data[:, : self.num_bins]

    def append(self, bins: Floats) -> None:
        needed = self.num_bins + bins.shape[1]
        if needed > self._data.shape[1]:
            grown = np.zeros((3, max(needed, 2 * self._data.shape[1])), np.float32)
            grown[:, : self.num_bins] = self.bins
            self._data = grown
        self._data[:, self.num_bins : needed] = bins
        self.num_bins = needed


class Peaks:
    """A pyramid of overviews of one mono signal.

    Args:
        sample_rate: Rate of the samples in Hz.

    Attributes:
        num_samples: Length so far.
        revision: Counts changes, to tell one state from the next.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.num_samples = 0
        self.revision = 0
        self._rest = np.zeros(0, np.float32)
        self._levels = [_Level(BASE_BIN_SAMPLES * LEVEL_FACTOR**n) for n in range(_NUM_LEVELS)]

    @classmethod
    def of(cls, samples: Floats, sample_rate: int) -> "Peaks":
        """The finished overview of a whole signal."""
        peaks = cls(sample_rate)
        peaks.append(samples)
        return peaks

    def append(self, samples: Floats) -> None:
        """Add sound at the end.

        Args:
            samples: (N,) mono float32.
        """
        self.num_samples += len(samples)
        self.revision += 1
        pending = np.concatenate([self._rest, samples])
        whole = len(pending) // BASE_BIN_SAMPLES * BASE_BIN_SAMPLES
        self._rest = pending[whole:].copy()
        if whole:
            self._levels[0].append(_binned(pending[:whole]))
        for finer, coarser in zip(self._levels, self._levels[1:], strict=False):
            _extend(coarser, finer)

    def overwrite(self, first_sample: int, samples: Floats) -> None:
        """Replace sound that is there already.

        Args:
            first_sample: Its place, a multiple of ``BASE_BIN_SAMPLES``.
            samples: (N,) mono float32, whole bins or up to the present end.

        Raises:
            ValueError: It begins or ends inside a bin, or beyond the end.
        """
        end = first_sample + len(samples)
        if first_sample % BASE_BIN_SAMPLES or end > self.num_samples:
            raise ValueError(f"cannot overwrite samples {first_sample} to {end}")
        if end % BASE_BIN_SAMPLES and end != self.num_samples:
            raise ValueError(f"sample {end} lies inside a bin")
        self.revision += 1
        whole = len(samples) // BASE_BIN_SAMPLES * BASE_BIN_SAMPLES
        if whole < len(samples):
            self._rest = samples[whole:].copy()
        first, last = first_sample // BASE_BIN_SAMPLES, end // BASE_BIN_SAMPLES
        self._levels[0].bins[:, first:last] = _binned(samples[:whole])
        for finer, coarser in zip(self._levels, self._levels[1:], strict=False):
            first = first // LEVEL_FACTOR
            last = min(-(-last // LEVEL_FACTOR), coarser.num_bins)
            if last > first:
                fine = finer.bins[:, first * LEVEL_FACTOR : last * LEVEL_FACTOR]
                coarser.bins[:, first:last] = _grouped(fine)

    def columns(
        self, first_sample: float, samples_per_column: float, num_columns: int
    ) -> PeakColumns:
        """Summarise a stretch of the signal for drawing.

        Args:
            first_sample: Position of the first column, may lie outside the signal.
            samples_per_column: Zoom, greater than 0.
            num_columns: Number of columns, at least 0.

        Returns:
            One value of each kind for every column; NaN outside the signal.
        """
        level = self._level_for(samples_per_column)
        edges = first_sample + samples_per_column * np.arange(num_columns + 1, dtype=np.float64)
        first = np.floor(edges[:-1] / level.bin_samples).astype(np.int64)
        last = np.maximum(np.ceil(edges[1:] / level.bin_samples).astype(np.int64), first + 1)
        first, last = np.clip(first, 0, level.num_bins), np.clip(last, 0, level.num_bins)
        result = np.full((3, num_columns), np.nan, np.float32)
        inside = last > first
        if inside.any():
            starts, ends = first[inside], last[inside]
            result[0, inside] = _reduced(np.minimum, level.bins[0], starts, ends)
            result[1, inside] = _reduced(np.maximum, level.bins[1], starts, ends)
            sums = _reduced(np.add, level.bins[2], starts, ends)
            result[2, inside] = np.sqrt(sums / (ends - starts))
        return PeakColumns(result[0], result[1], result[2])

    def _level_for(self, samples_per_column: float) -> _Level:
        fitting = [level for level in self._levels if level.bin_samples <= samples_per_column]
        level = fitting[-1] if fitting else self._levels[0]
        return level if level.num_bins else self._levels[0]


def _extend(coarser: _Level, finer: _Level) -> None:
    """Fill the coarser level from the bins of the finer one that it does not cover yet."""
    done = coarser.num_bins * LEVEL_FACTOR
    available = (finer.num_bins - done) // LEVEL_FACTOR
    if available:
        fresh = finer.bins[:, done : done + available * LEVEL_FACTOR]
        coarser.append(_grouped(fresh))


def _binned(samples: Floats) -> Floats:
    """(3, N) bins of N times ``BASE_BIN_SAMPLES`` samples."""
    blocks = samples.reshape(-1, BASE_BIN_SAMPLES)
    return np.stack([blocks.min(1), blocks.max(1), np.square(blocks).mean(1)])


def _grouped(bins: Floats) -> Floats:
    """(3, N) bins from 4 N finer ones."""
    groups = bins.reshape(3, -1, LEVEL_FACTOR)
    return np.stack([groups[0].min(1), groups[1].max(1), groups[2].mean(1, dtype=np.float32)])


def _reduced(
    ufunc: np.ufunc, values: Floats, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Floats:
    """Apply ``ufunc`` over ``values[start:end]`` for every pair; all ranges are non-empty."""
    # reduceat takes pairs of borders; the guard value lets a range end at the array's end.
    first = starts[0]
    guarded = np.append(values[first : ends[-1]], np.float32(0))
    borders = np.stack([starts - first, ends - first], axis=1).ravel()
    reduced: Floats = ufunc.reduceat(guarded, borders)[::2]
    return reduced
