"""People and guns by formula."""

import numpy as np
from numpy.random import Generator

from engine.training.foundry.signals import (
    SAMPLE_RATE,
    Audio,
    add_at,
    band_pass,
    decay,
    in_room,
    low_pass,
    normalised,
    seconds,
    tone,
    white_noise,
)


def applause(rng: Generator, num_samples: int) -> Audio:
    """Twenty to eighty pairs of hands, each with its own rhythm, in a hall."""
    audio = np.zeros(num_samples)
    for _ in range(int(rng.integers(20, 80))):
        time, period = float(rng.random()) * 0.3, float(rng.uniform(0.18, 0.3))
        centre, loudness = float(rng.uniform(900, 2400)), float(rng.uniform(0.2, 1))
        while time < num_samples / SAMPLE_RATE:
            clap = band_pass(white_noise(rng, 480), centre * 0.6, centre * 1.6, 1)
            add_at(audio, loudness * normalised(clap) * decay(480, 0.006), time)
            time += period * float(rng.uniform(0.85, 1.15))
    return in_room(rng, audio, 0.9, 0.3)


def footsteps(rng: Generator, num_samples: int) -> Audio:
    """Heel and toe, two steps a second, on a hard or a soft floor."""
    audio = np.zeros(num_samples)
    time, period = float(rng.uniform(0, 0.3)), float(rng.uniform(0.42, 0.62))
    is_hard = rng.random() < 0.6
    while time < num_samples / SAMPLE_RATE:
        for late, loudness in ((0.0, 1.0), (float(rng.uniform(0.06, 0.1)), 0.5)):
            noise = white_noise(rng, 1600) * decay(1600, float(rng.uniform(0.008, 0.02)))
            low = low_pass(noise, float(rng.uniform(400, 900)))
            step = 3 * low if is_hard else band_pass(noise, 300, 6000)
            add_at(audio, loudness * normalised(step) * rng.uniform(0.7, 1), time + late)
        time += period * float(rng.uniform(0.95, 1.05))
    return in_room(rng, audio, 0.5, 0.25)


def whistle(rng: Generator, num_samples: int) -> Audio:
    """Someone whistling a tune, with a little breath and vibrato."""
    audio = np.zeros(num_samples)
    time, root = float(rng.uniform(0, 0.3)), float(rng.uniform(850, 1250))
    while time < num_samples / SAMPLE_RATE - 0.3:
        length = float(rng.uniform(0.2, 0.7))
        pitch = root * 2 ** (int(rng.choice([0, 2, 4, 5, 7, 9, 12])) / 12)
        clock = seconds(length)
        wave = tone(pitch * (1 + 0.008 * np.sin(2 * np.pi * 5.5 * clock)))
        breath = 0.05 * band_pass(white_noise(rng, len(clock)), pitch * 0.9, pitch * 1.1)
        add_at(audio, (wave + breath) * np.hanning(len(clock)) ** 0.3, time)
        time += length + 0.03
    return in_room(rng, audio, 0.6, 0.15)


def gunshots(rng: Generator, num_samples: int) -> Audio:
    """Cracks with a dull tail in the open, single or in quick series."""
    audio = np.zeros(num_samples)
    time, clock = float(rng.uniform(0.05, 0.4)), seconds(0.6)
    while time < num_samples / SAMPLE_RATE - 0.4:
        crack = 2 * normalised(white_noise(rng, len(clock))) * np.exp(-clock / 0.02)
        body = normalised(low_pass(white_noise(rng, len(clock)), 900)) * np.exp(-clock / 0.12)
        add_at(audio, np.tanh(2 * (crack + body)), time)
        time += float(rng.choice([0.12, 0.12, float(rng.uniform(0.8, 2))]))
    return in_room(rng, audio, 1.8, 0.35)
