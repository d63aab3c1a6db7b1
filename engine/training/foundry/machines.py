"""Signals, engines, weapons and a heart by formula."""

import numpy as np
from numpy.random import Generator

from engine.training.foundry.signals import (
    SAMPLE_RATE,
    Audio,
    add_at,
    coloured_noise,
    drift,
    in_room,
    low_pass,
    normalised,
    seconds,
    tone,
    white_noise,
)


def siren(rng: Generator, num_samples: int) -> Audio:
    """A wailing or two-tone siren in the open, over a little street noise."""
    time = np.arange(num_samples) / SAMPLE_RATE
    period = float(rng.choice([0.4, 1.2, 3.5, 4.5]))
    if rng.random() < 0.7:
        pitch = 900 + 350 * np.sin(2 * np.pi * time / period + rng.uniform(0, 6))
    else:
        pitch = np.where((time / period * 2).astype(np.int64) % 2 == 1, 960.0, 770.0)
    audio = in_room(rng, np.tanh(2 * tone(pitch)), 1, 0.2)
    return np.asarray(audio + 0.05 * normalised(coloured_noise(rng, num_samples)))


def alarm(rng: Generator, num_samples: int) -> Audio:
    """Square-wave beeps, half on and half off."""
    time = np.arange(num_samples) / SAMPLE_RATE
    pitch = rng.uniform(900, 3100)
    period = rng.uniform(0.2, 0.9)
    is_on = (time % period) < period * 0.5
    return np.asarray(np.sign(np.sin(2 * np.pi * pitch * time)) * 0.5 * is_on)


def car_engine(rng: Generator, num_samples: int) -> Audio:
    """Thirty harmonics of the firing rate, driven hard, with a puff of noise per stroke."""
    rpm = drift(rng, num_samples, 0.5, 700, float(rng.choice([1100, 3500])))
    phase = np.cumsum(rpm / 60 / SAMPLE_RATE * 2)
    audio = np.zeros(num_samples)
    throb = 1 + 0.3 * np.sin(np.pi * phase)
    for harmonic in range(1, 30):
        offset = rng.random() * 6
        audio += np.sin(2 * np.pi * harmonic * phase + offset) / harmonic**0.9 * throb
    puff = white_noise(rng, num_samples) * np.maximum(0, np.sin(2 * np.pi * phase)) ** 6
    audio = low_pass(np.tanh(audio * 0.9) + 0.6 * puff, 1200)
    return np.asarray(normalised(audio) + 0.05 * normalised(coloured_noise(rng, num_samples)))


def telephone(rng: Generator, num_samples: int) -> Audio:
    """A mechanical bell: inharmonic tones gated 20 times a second, two seconds on, two off."""
    time = np.arange(num_samples) / SAMPLE_RATE
    pitch = rng.uniform(1100, 1700)
    hammer = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * rng.uniform(18, 24) * time))
    hammer = np.convolve(hammer, np.ones(200) / 200, "same")
    bell = np.zeros(num_samples)
    for index, ratio in enumerate((1, 1.25, 2.1, 2.7)):
        bell += np.sin(2 * np.pi * pitch * ratio * time) / (index + 1)
    shifted = (time + rng.uniform(0, 2)) % rng.uniform(2.2, 4)
    return np.asarray(bell * hammer * (shifted < rng.uniform(1.2, 2)))


def laser(rng: Generator, num_samples: int) -> Audio:
    """Shots: fast falling glides, some as square waves."""
    audio = np.zeros(num_samples)
    time = 0.1
    while time < num_samples / SAMPLE_RATE - 0.3:
        clock = seconds(float(rng.uniform(0.15, 0.45)))
        start, end = rng.uniform(2500, 5000), rng.uniform(120, 500)
        shot = tone(start * (end / start) ** (clock / clock[-1]))
        if rng.random() < 0.4:
            shot = np.sign(shot) * 0.4
        add_at(audio, shot * np.linspace(1, 0, len(shot)), time)
        time += float(rng.uniform(0.3, 1))
    return in_room(rng, audio, 0.8, 0.2)


def explosion(rng: Generator, num_samples: int) -> Audio:
    """A crack, a falling thump and a long low roar, every few seconds."""
    audio = np.zeros(num_samples)
    time = float(rng.uniform(0.05, 0.4))
    clock = seconds(4)
    while time < num_samples / SAMPLE_RATE - 1:
        roar = 3 * normalised(low_pass(white_noise(rng, len(clock)), rng.uniform(120, 350)))
        crack = normalised(low_pass(white_noise(rng, len(clock)), 2500))
        thump = tone(90 * np.exp(-clock * 3) + 28) * np.exp(-clock / 0.5)
        blast = roar * np.exp(-clock / 0.9) + crack * np.exp(-clock / 0.25) + 1.2 * thump
        add_at(audio, np.tanh(blast * 1.2), time)
        time += float(rng.uniform(3, 5))
    return in_room(rng, audio, 2, 0.25)


def heartbeat(rng: Generator, num_samples: int) -> Audio:
    """Two low thumps a beat, 55 to 110 beats a minute."""
    audio = np.zeros(num_samples)
    period = 60 / float(rng.uniform(55, 110))
    clock = seconds(0.2)
    shape = np.minimum(1, clock / 0.01) * np.exp(-clock / 0.035)
    time = float(rng.uniform(0, 0.4))
    while time < num_samples / SAMPLE_RATE:
        add_at(audio, np.sin(2 * np.pi * 55 * clock) * shape, time)
        add_at(audio, 0.7 * np.sin(2 * np.pi * 70 * clock) * shape, time + 0.3 * period**0.5)
        time += period
    return audio
