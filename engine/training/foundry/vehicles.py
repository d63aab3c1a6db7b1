"""Motors and wheels by formula."""

import numpy as np
from numpy.random import Generator

from engine.training.foundry.signals import (
    SAMPLE_RATE,
    Audio,
    band_pass,
    coloured_noise,
    drift,
    low_pass,
    normalised,
    white_noise,
)


def motorcycle(rng: Generator, num_samples: int) -> Audio:
    """Two unlike strokes in turn, 25 to 75 a second, each with a puff of noise."""
    phase = np.cumsum(drift(rng, num_samples, 0.6, 25, 75)) / SAMPLE_RATE
    position = phase % 1
    audio = np.exp(-position * 9) * (1 + 0.4 * (phase.astype(np.int64) % 2))
    audio += 0.3 * white_noise(rng, num_samples) * np.exp(-position * 8)
    return np.tanh(3 * band_pass(audio, 60, 2200))


def helicopter(rng: Generator, num_samples: int) -> Audio:
    """Blades that chop low noise 9 to 14 times a second."""
    time = np.arange(num_samples) / SAMPLE_RATE
    chop = np.exp(-(float(rng.uniform(9, 14)) * time % 1) * 7) + 0.25
    audio = normalised(low_pass(coloured_noise(rng, num_samples), 900)) * chop**1.5
    hiss = normalised(band_pass(white_noise(rng, num_samples), 800, 4000))
    return np.asarray(audio * drift(rng, num_samples, 0.2, 0.5, 1) + 0.15 * hiss * chop)
