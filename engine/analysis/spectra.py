"""Spectra of a whole piece in frames of 10 ms, and the curves drawn from them. No torch.

Shape letters in this file:
    N  samples
    T  frames of 10 ms
    B  bands
    H  hops of 100 ms
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_SECOND = 100
"""Four to a latent frame, as the engine's mel spectrogram."""

HOPS_PER_SECOND = 10
NUM_BANDS = 40
SILENCE_LUFS = -70.0
"""The absolute gate of ITU-R BS.1770: what is softer counts as silence."""

_WINDOW_SECONDS = 0.032  # short, so that an onset stays within two frames of its place
_HIGHEST_HZ = 8_000.0
_FLOOR_BELOW_PEAK = 1e-4
_LOWEST_FLOOR = 1e-5
_BLOCK_FRAMES = 2_048
_LUFS_OFFSET_DB = -0.691
_K_WEIGHTING_RATE_HZ = 48_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BandSpectrum:
    """Magnitudes of a sound in mel-spaced bands.

    Attributes:
        magnitudes: (T, B) float32; frame t is centred on t * 10 ms; a full-scale sine is 0.5.
        centres_hz: (B,) middle of each band.
    """

    magnitudes: NDArray[np.float32]
    centres_hz: NDArray[np.float64]

    def log_bands(self) -> NDArray[np.float32]:
        """(T, B) natural logarithms; what is 80 dB below the loudest band counts as silent."""
        peak = float(self.magnitudes.max(initial=0.0))
        floor = max(_LOWEST_FLOOR, peak * _FLOOR_BELOW_PEAK)
        return np.asarray(np.log(np.maximum(self.magnitudes, floor)), np.float32)


def band_spectrum(samples: NDArray[np.float32], sample_rate: int) -> BandSpectrum:
    """Analyse a whole sound, block by block.

    Args:
        samples: (N,) mono, -1 to 1.
        sample_rate: In Hz, at least 8,000.

    Raises:
        ValueError: The rate is too low.
    """
    if sample_rate < 8_000:
        raise ValueError(f"sample_rate must be at least 8000 Hz, got {sample_rate}")
    size = round(_WINDOW_SECONDS * sample_rate) // 2 * 2
    window = np.hanning(size + 1)[:-1]
    window = (window / window.sum()).astype(np.float32)
    edges, centres = _band_edges(size, sample_rate)
    num_frames = len(samples) * FRAMES_PER_SECOND // sample_rate
    magnitudes = np.zeros((num_frames, NUM_BANDS), np.float32)
    for first in range(0, num_frames, _BLOCK_FRAMES):
        count = min(_BLOCK_FRAMES, num_frames - first)
        frames = _frames(samples, first, count, size, sample_rate) * window
        spectrum = np.abs(np.fft.rfft(frames, axis=1)[:, : edges[-1]])
        sums = np.add.reduceat(spectrum, edges[:-1], axis=1)
        magnitudes[first : first + count] = sums / np.diff(edges)
    return BandSpectrum(magnitudes=magnitudes, centres_hz=centres)


def spectral_flux(log_bands: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much grows from frame to frame: ``sum(max(0, S[t] - S[t - 1]))``, 0 at t = 0.

    Args:
        log_bands: (T, B) natural logarithms.

    Returns:
        (T,) nepers.
    """
    flux = np.zeros(len(log_bands))
    for first in range(1, len(log_bands), _BLOCK_FRAMES):
        rise = np.diff(log_bands[first - 1 : first + _BLOCK_FRAMES], axis=0)
        flux[first : first + len(rise)] = np.maximum(rise, 0.0).sum(1)
    return flux


def weighted_powers(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
    """K-weighted power of each hop of 100 ms, (H,); see ITU-R BS.1770-4.

    The filter is applied as a power response to the spectrum of each hop: over three seconds that
    is right to a few hundredths of a dB.

    Args:
        samples: (N,) mono, -1 to 1; counted as it sounds from both channels of a stereo file.
        sample_rate: In Hz.
    """
    size = sample_rate // HOPS_PER_SECOND
    weights = k_weighting_power(np.fft.rfftfreq(size, 1 / sample_rate).astype(np.float64))
    num_hops = len(samples) // size
    powers = np.zeros(num_hops)
    for first in range(0, num_hops, _BLOCK_FRAMES):
        part = samples[first * size : min(num_hops, first + _BLOCK_FRAMES) * size]
        power = np.abs(np.fft.rfft(part.reshape(-1, size), axis=1)) ** 2
        power[:, 1:-1] *= 2  # every bin but the first and last stands for its mirror image
        powers[first : first + len(power)] = 2 * (power @ weights) / size**2
    return powers


def loudness_lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness of mean K-weighted powers, at least ``SILENCE_LUFS``."""
    lowest = 10 ** ((SILENCE_LUFS - _LUFS_OFFSET_DB) / 10)
    return np.asarray(_LUFS_OFFSET_DB + 10 * np.log10(np.maximum(power, lowest)))


def k_weighting_power(frequencies_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power response of the K-weighting filter (ITU-R BS.1770-4, tables 1 and 2).

    Args:
        frequencies_hz: (N,) frequencies; above 24 kHz the response of 24 kHz is given.

    Returns:
        (N,) squared magnitudes.
    """
    heard = np.minimum(frequencies_hz, _K_WEIGHTING_RATE_HZ / 2)
    z = np.exp(-2j * np.pi * heard / _K_WEIGHTING_RATE_HZ)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    response: NDArray[np.float64] = np.abs(shelf * high_pass) ** 2
    return response


def _band_edges(size: int, sample_rate: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """First Fourier bin of each band and the end of the last, and the middles in Hz."""
    highest = min(_HIGHEST_HZ, sample_rate / 2)
    mel = np.linspace(0.0, 2595 * np.log10(1 + highest / 700), NUM_BANDS + 1)
    hz_per_bin = sample_rate / size
    wanted = np.rint(700 * (10 ** (mel / 2595) - 1) / hz_per_bin).astype(np.int64)
    edges = wanted.copy()
    edges[0] = 1  # the mean is no sound
    for band in range(1, len(edges)):
        edges[band] = max(wanted[band], edges[band - 1] + 1)
    centres = 0.5 * (edges[:-1] + edges[1:] - 1) * hz_per_bin
    return edges, centres.astype(np.float64)


def _frames(
    samples: NDArray[np.float32], first: int, count: int, size: int, sample_rate: int
) -> NDArray[np.float32]:
    """(count, size) samples around the frames' centres, zeros beyond the ends."""
    centres = (np.arange(first, first + count) * sample_rate) // FRAMES_PER_SECOND
    begin, end = int(centres[0]) - size // 2, int(centres[-1]) + size // 2
    part = np.zeros(end - begin, np.float32)
    inside = samples[max(0, begin) : end]
    offset = max(0, -begin)
    part[offset : offset + len(inside)] = inside
    views = np.lib.stride_tricks.sliding_window_view(part, size)
    return np.asarray(views[centres - centres[0]])
