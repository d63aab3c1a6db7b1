"""Building blocks of synthetic sounds: noises, filters, envelopes, a room.

Every function works on mono float64 arrays at ``SAMPLE_RATE`` and takes its randomness from the
generator it is given, so that a clip is a pure function of its seed.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import signal

Audio = NDArray[np.float64]

SAMPLE_RATE = 16_000
NYQUIST = SAMPLE_RATE / 2


def seconds(duration: float) -> Audio:
    """The sample times of ``duration`` seconds, in seconds."""
    return np.arange(int(duration * SAMPLE_RATE), dtype=np.float64) / SAMPLE_RATE


def band_pass(audio: Audio, low: float, high: float, order: int = 2) -> Audio:
    """Butterworth band-pass between ``low`` and ``high`` Hz."""
    edges = [max(low, 10.0) / NYQUIST, min(high, NYQUIST * 0.98) / NYQUIST]
    sections = signal.butter(order, edges, "band", output="sos")
    return np.asarray(signal.sosfilt(sections, audio), dtype=np.float64)


def low_pass(audio: Audio, cutoff: float, order: int = 2) -> Audio:
    """Butterworth low-pass at ``cutoff`` Hz."""
    sections = signal.butter(order, cutoff / NYQUIST, "low", output="sos")
    return np.asarray(signal.sosfilt(sections, audio), dtype=np.float64)


def high_pass(audio: Audio, cutoff: float, order: int = 2) -> Audio:
    """Butterworth high-pass at ``cutoff`` Hz."""
    sections = signal.butter(order, cutoff / NYQUIST, "high", output="sos")
    return np.asarray(signal.sosfilt(sections, audio), dtype=np.float64)


def white_noise(rng: Generator, num_samples: int) -> Audio:
    """Gaussian noise of unit variance."""
    return rng.standard_normal(num_samples)


def coloured_noise(rng: Generator, num_samples: int, exponent: float = 1.0) -> Audio:
    """Noise whose power falls as ``1 / frequency ** exponent`` (1: pink, 2: brown)."""
    spectrum = np.fft.rfft(white_noise(rng, num_samples))
    frequency = np.fft.rfftfreq(num_samples, 1 / SAMPLE_RATE)
    frequency[0] = frequency[1]
    return np.fft.irfft(spectrum / frequency ** (exponent / 2), num_samples)


def normalised(audio: Audio) -> Audio:
    """Scaled to a peak of one; silence stays silence."""
    return np.asarray(audio / (np.abs(audio).max() + 1e-9), dtype=np.float64)


def drift(rng: Generator, num_samples: int, rate: float, low: float, high: float) -> Audio:
    """A smooth random curve between ``low`` and ``high`` with about ``rate`` turns a second."""
    num_knots = max(4, int(num_samples / SAMPLE_RATE * rate * 2) + 4)
    knots = rng.random(num_knots)
    position = np.linspace(0, num_knots - 1, num_samples)
    left = np.minimum(position.astype(np.int64), num_knots - 2)
    blend = position - left
    blend = blend * blend * (3 - 2 * blend)
    return np.asarray(
        low + (high - low) * (knots[left] * (1 - blend) + knots[left + 1] * blend),
        dtype=np.float64,
    )


def add_at(target: Audio, event: Audio, time: float) -> None:
    """Add ``event`` into ``target`` in place from ``time`` seconds on, cut at the ends."""
    start = int(time * SAMPLE_RATE)
    if start < 0:
        event, start = event[-start:], 0
    count = min(len(event), len(target) - start)
    if count > 0:
        target[start : start + count] += event[:count]


def decay(num_samples: int, time_constant: float) -> Audio:
    """An exponential falling by ``e`` every ``time_constant`` seconds."""
    return np.asarray(np.exp(-np.arange(num_samples) / SAMPLE_RATE / time_constant))


def tone(frequency: Audio) -> Audio:
    """A sine that follows ``frequency``, in Hz for each sample."""
    return np.asarray(np.sin(2 * np.pi * np.cumsum(frequency) / SAMPLE_RATE))


def in_room(rng: Generator, audio: Audio, reverberation_time: float, wet: float) -> Audio:
    """Add a decaying-noise room response; ``wet`` is the response's energy beside the direct."""
    count = int(reverberation_time * SAMPLE_RATE)
    response = white_noise(rng, count) * np.exp(-6.9 * np.arange(count) / count)
    response = low_pass(response, 5000)
    response /= np.sqrt((response**2).sum())
    return np.asarray(audio + wet * signal.fftconvolve(audio, response)[: len(audio)])


def at_speed(audio: Audio, percent: int) -> Audio:
    """Played at ``percent`` of the speed: pitch and tempo change together."""
    return np.asarray(signal.resample_poly(audio, 100, percent), dtype=np.float64)
