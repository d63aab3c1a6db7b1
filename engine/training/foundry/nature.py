"""Weather, water, fire and animals by formula."""

import numpy as np
from numpy.random import Generator
from scipy import signal

from engine.training.foundry.recipes import CLIP_SAMPLES, Recipe, Sound
from engine.training.foundry.signals import (
    SAMPLE_RATE,
    Audio,
    add_at,
    band_pass,
    coloured_noise,
    decay,
    drift,
    high_pass,
    in_room,
    low_pass,
    normalised,
    seconds,
    tone,
    white_noise,
)


def rain(rng: Generator, num_samples: int, heaviness: float) -> Audio:
    """A hiss of far drops with single near drops on top; ``heaviness`` from 0 to 1."""
    hiss = high_pass(coloured_noise(rng, num_samples, 0.5), 800)
    audio = normalised(hiss) * 0.25 * (0.4 + heaviness)
    num_drops = int(num_samples / SAMPLE_RATE * (60 + 500 * heaviness))
    for _ in range(num_drops):
        time = seconds(float(rng.uniform(0.003, 0.012)))
        pitch = rng.uniform(1500, 6500)
        chirp = np.sin(2 * np.pi * pitch * time * (1 + time * rng.uniform(0, 20)))
        drop = rng.exponential(0.16) * np.exp(-time * rng.uniform(250, 700)) * chirp
        add_at(audio, drop, float(rng.random()) * num_samples / SAMPLE_RATE)
    return audio


def rain_over(recording: Recipe) -> Recipe:
    """Rain by formula over a recorded rain, from light to heavy."""

    def recipe(rng: Generator) -> Sound:
        heaviness = float(rng.random())
        bed = normalised(recording(rng).audio[:CLIP_SAMPLES])
        share = float(rng.uniform(0.3, 1.0))
        audio = bed + share * normalised(rain(rng, CLIP_SAMPLES, heaviness))
        adjective = "heavy" if heaviness > 0.7 else "light" if heaviness < 0.3 else ""
        return Sound(audio=audio, adjective=adjective)

    return recipe


def thunder(rng: Generator, num_samples: int) -> Audio:
    """Rolling claps: filtered noise under a sum of random decays, over a little rain hiss."""
    audio = 0.02 * normalised(band_pass(coloured_noise(rng, num_samples, 0.5), 500, 6000))
    time = float(rng.uniform(0.0, 0.6))
    while time < num_samples / SAMPLE_RATE - 0.5:
        count = int(rng.uniform(3, 5) * SAMPLE_RATE)
        envelope = np.zeros(count)
        for _ in range(int(rng.integers(8, 25))):
            start = int(abs(rng.normal(0, 0.25)) * count * 0.6)
            if start < count:
                tail = decay(count - start, float(rng.uniform(0.1, 0.7)))
                envelope[start:] += rng.random() * tail
        noise = white_noise(rng, count)
        rumble = low_pass(noise, float(rng.uniform(150, 500))) * 3
        crack = 0.25 * band_pass(noise, 200, 2500) * decay(count, 0.6)
        clap = normalised((rumble + crack) * envelope) * rng.uniform(0.5, 1)
        add_at(audio, clap, time)
        time += float(rng.uniform(2.5, 4.5))
    return audio


def howl(rng: Generator, num_samples: int) -> Audio:
    """Three slowly wandering resonances in noise, swelling together, over a low rumble."""
    audio = np.zeros(num_samples)
    gusts = drift(rng, num_samples, 0.5, 0, 1)
    block, radius = 400, 0.985
    for voice in range(3):
        centre = drift(rng, num_samples, 0.4, 250, 900) * (1 + voice * 0.6)
        noise = white_noise(rng, num_samples)
        voiced = np.zeros(num_samples)
        state = np.zeros(2)
        for start in range(0, num_samples, block):
            angle = 2 * np.pi * centre[start] / SAMPLE_RATE
            poles = [1.0, -2 * radius * np.cos(angle), radius * radius]
            piece = noise[start : start + block]
            voiced[start : start + block], state = signal.lfilter(
                [1 - radius], poles, piece, zi=state
            )
        audio += voiced * (0.3 + gusts) ** 2 / (1 + voice)
    rumble = low_pass(coloured_noise(rng, num_samples, 1.5), 300)
    return np.asarray(audio + 0.5 * rumble * (0.2 + gusts))


def wind(rng: Generator, num_samples: int) -> Audio:
    """Low noise in gusts with a fast flutter, a rustle above, and at times a howl."""
    is_howling = rng.random() < 0.4
    exponent, cutoff = (1.0, 400.0) if is_howling else (2.0, 2000.0)
    gusts = drift(rng, num_samples, 0.6, 0, 1) ** 2
    flutter = drift(rng, num_samples, 4, 0.6, 1)
    body = normalised(low_pass(coloured_noise(rng, num_samples, exponent), cutoff, 1))
    audio = body * (0.3 + 0.7 * gusts) * flutter
    if is_howling:
        audio += 0.5 * normalised(howl(rng, num_samples))
    rustle = normalised(band_pass(coloured_noise(rng, num_samples, 0.5), 400, 4000))
    return np.asarray(audio + (0.1 if is_howling else 0.05) * rustle * (0.2 + gusts))


def ocean(rng: Generator, num_samples: int) -> Audio:
    """Waves that swell and run out, every four to eight seconds, over a quiet sea."""
    audio = 0.03 * normalised(coloured_noise(rng, num_samples, 1))
    time = -float(rng.uniform(0, 3))
    while time < num_samples / SAMPLE_RATE:
        period = float(rng.uniform(4, 8))
        count = int(period * 1.4 * SAMPLE_RATE)
        phase = np.linspace(0, 1, count)
        swell = np.where(phase < 0.4, (phase / 0.4) ** 2, np.exp(-(phase - 0.4) * 5))
        body = normalised(low_pass(coloured_noise(rng, count, 0.8), 3500)) * 0.6
        foam = normalised(high_pass(white_noise(rng, count), 2500)) * 0.25
        wave = (body + foam * np.clip(swell * 2 - 0.8, 0, 1)) * swell * rng.uniform(0.6, 1)
        skipped = max(0, -int(time * SAMPLE_RATE))
        add_at(audio, wave[skipped:], max(time, 0.0))
        time += period
    return audio


def fire(rng: Generator, num_samples: int) -> Audio:
    """A low roar with clicks of widely differing loudness."""
    roar = normalised(low_pass(coloured_noise(rng, num_samples, 1.5), 400))
    audio = 0.06 * roar * drift(rng, num_samples, 2, 0.5, 1)
    audio += 0.02 * normalised(band_pass(white_noise(rng, num_samples), 500, 3000))
    for _ in range(int(rng.poisson(num_samples / SAMPLE_RATE * rng.uniform(14, 32)))):
        count = int(rng.uniform(0.001, 0.008) * SAMPLE_RATE) + 8
        click = white_noise(rng, count) * np.exp(-np.arange(count) / count * 5)
        click = high_pass(click, float(rng.uniform(300, 2500)), 1)
        time = float(rng.random()) * num_samples / SAMPLE_RATE
        add_at(audio, float(rng.pareto(2.2)) * 0.12 * click, time)
    return np.tanh(audio * 1.5)


def birds(rng: Generator, num_samples: int) -> Audio:
    """Two to four birds, each with its own range, singing short groups of gliding chirps."""
    audio = 0.01 * normalised(coloured_noise(rng, num_samples))
    for _ in range(int(rng.integers(2, 5))):
        centre = rng.uniform(2200, 5200)
        loudness = rng.uniform(0.3, 1)
        has_trill = rng.integers(3) > 0
        time = float(rng.random())
        while time < num_samples / SAMPLE_RATE:
            for _ in range(int(rng.integers(2, 9))):
                length = float(rng.uniform(0.04, 0.14))
                start, end = centre * rng.uniform(0.75, 1.35, 2)
                clock = seconds(length)
                pitch = np.linspace(start, end, len(clock))
                if has_trill:
                    rate = rng.uniform(20, 60)
                    pitch = pitch + rng.uniform(0, 400) * np.sin(2 * np.pi * rate * clock)
                add_at(audio, loudness * tone(pitch) * np.hanning(len(clock)), time)
                time += length + float(rng.uniform(0.01, 0.08))
            time += float(rng.uniform(0.3, 1.6))
    return in_room(rng, audio, 0.8, 0.15)


def crickets(rng: Generator, num_samples: int) -> Audio:
    """Two or three crickets: groups of three or four short pulses near 4.5 kHz."""
    audio = 0.02 * normalised(coloured_noise(rng, num_samples))
    pulse = seconds(0.02)
    window = np.hanning(len(pulse))
    for _ in range(int(rng.integers(2, 4))):
        pitch = rng.uniform(3900, 5000)
        period = float(rng.uniform(0.35, 0.8))
        loudness = rng.uniform(0.3, 1)
        time = float(rng.random())
        while time < num_samples / SAMPLE_RATE:
            for index in range(int(rng.integers(3, 5))):
                chirp = loudness * np.sin(2 * np.pi * pitch * pulse) * window
                add_at(audio, chirp, time + index * 0.033)
            time += period
    return audio
