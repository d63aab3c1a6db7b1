"""Whether the piece says the same thing twice.

Shape letters in this file:
    T  frames
    D  features
    P  principal components
    L  frames of a stretch
"""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measurement import Measurement, Verdict, judged, not_measured

REPETITION_TARGET = 0.9

_NUM_COMPONENTS = 24
_MOST_STRETCHES = 256
_LEAST_SHARE_OF_ENERGY = 1e-3


def repetition(
    features: NDArray[np.float32], *, window: int, frames_per_second: float
) -> Measurement:
    """The highest normalised cross-correlation of a stretch with what comes a window later.

    Stretches of half a window are compared with the whole track at lags of at least a window, in
    the space of the first principal components; each is freed of its own mean, so that a steady
    sound does not count as repeated.

    Args:
        features: (T, D) latents or log-mel.
        window: Frames of a window: what is nearer is heard together, and need not be new.
        frames_per_second: Rate of the features.
    """
    key, name = "repetition", "Repetition"
    length = window // 2
    if len(features) < window + length:
        return not_measured(
            key, name, f"needs {(window + length) / frames_per_second:.0f} s of sound."
        )
    components = _principal_components(features)
    value, first, lag = _highest_correlation(components, length, window)
    if value is None:
        return not_measured(key, name, "nothing ever changes.")
    verdict = judged(value, None, REPETITION_TARGET)
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=REPETITION_TARGET,
        verdict=verdict,
        meaning="Nothing is repeated literally."
        if verdict is Verdict.OK
        else f"What sounds at {first / frames_per_second:.1f} s comes again"
        f" {lag / frames_per_second:.1f} s later.",
    )


def _principal_components(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """(T, P) the strongest directions, each feature with unit variance first."""
    centred = features - features.mean(0, dtype=np.float64)
    spread = centred.std(0)
    centred = centred / np.where(spread > 1e-6, spread, np.inf)
    covariance = centred.T @ centred
    _, directions = np.linalg.eigh(covariance)
    return np.asarray(centred @ directions[:, ::-1][:, :_NUM_COMPONENTS])


def _highest_correlation(
    track: NDArray[np.float64], length: int, least_lag: int
) -> tuple[float | None, int, int]:
    """Highest correlation, the stretch's first frame and its lag."""
    num = len(track)
    size = 1 << (num + length - 1).bit_length()
    spectra = np.fft.rfft(track, size, axis=0)
    energies = _local_energies(track, length)
    enough = _LEAST_SHARE_OF_ENERGY * length * float(np.mean(np.sum(track**2, axis=1)))
    firsts = np.arange(0, num - length - least_lag + 1, length)
    if len(firsts) > _MOST_STRETCHES:
        firsts = firsts[np.linspace(0, len(firsts) - 1, _MOST_STRETCHES).astype(np.int64)]
    best: tuple[float | None, int, int] = (None, 0, 0)
    for first in firsts:
        if energies[first] <= enough:
            continue
        stretch = track[first : first + length]
        stretch = stretch - stretch.mean(0)
        own = np.fft.rfft(stretch, size, axis=0)
        cross = np.fft.irfft(np.sum(spectra * own.conj(), axis=1), size)
        begin = first + least_lag
        later = energies[begin:]
        norm = np.sqrt(energies[first] * np.maximum(later, enough))
        correlations = cross[begin : begin + len(later)] / norm
        place = int(correlations.argmax())
        if best[0] is None or correlations[place] > best[0]:
            best = (float(correlations[place]), int(first), place + least_lag)
    return best


def _local_energies(track: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """(T - L + 1,) energy of each stretch around its own mean."""
    zero = np.zeros((1, track.shape[1]))
    sums = np.concatenate([zero, np.cumsum(track, axis=0)])
    squares = np.concatenate([zero, np.cumsum(track**2, axis=0)])
    mean = (sums[length:] - sums[:-length]) / length
    energy = (squares[length:] - squares[:-length]) - length * mean**2
    total: NDArray[np.float64] = np.maximum(energy, 0.0).sum(1)
    return total
