"""Phrases played on SoundFonts through ``tinysoundfont`` (an optional package).

The fonts are Debian packages under the MIT licence (see DATA_SOURCES.md); ``engine.training fetch``
unpacks them into a folder which the environment variable ``LONGWAVE_SOUNDFONTS`` names.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.training.foundry.signals import SAMPLE_RATE, Audio

FOLDER_VARIABLE = "LONGWAVE_SOUNDFONTS"

MUSESCORE = "MuseScore_General_Lite.sf3"
FLUID_MONO = "FluidR3Mono_GM.sf3"
FLUID_GS = "FluidR3_GS.sf2"

DRUM_BANK = 128


class SoundFontMissingError(RuntimeError):
    """A soundfont or its player is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One key held from ``start`` for ``length`` seconds."""

    start: float
    length: float
    key: int
    velocity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Notes on one preset of a font; ``bank`` 128 is the drum kits."""

    program: int
    notes: Sequence[Note]
    bank: int = 0
    channel: int = field(default=0)


class _Synth(Protocol):
    """The part of ``tinysoundfont.Synth`` that is used here."""

    def sfload(self, path: str) -> int: ...
    def program_select(
        self,
        channel: int,
        font: int,
        bank: int,
        program: int,
        is_drums: bool,  # noqa: FBT001 - the library's own order
    ) -> None: ...
    def noteon(self, channel: int, key: int, velocity: int) -> None: ...
    def noteoff(self, channel: int, key: int) -> None: ...
    def generate(self, samples: int) -> memoryview: ...


@lru_cache(maxsize=4)
def _synth(font: str) -> tuple[_Synth, int]:
    folder = Path(os.environ.get(FOLDER_VARIABLE, "soundfonts"))
    path = folder / font
    if not path.is_file():
        raise SoundFontMissingError(
            f"{path} does not exist: run `python -m engine.training fetch --out {folder}` and set "
            f"{FOLDER_VARIABLE} to that folder"
        )
    try:
        module = import_module("tinysoundfont")
    except ImportError as error:
        raise SoundFontMissingError(
            "the package tinysoundfont is not installed: pip install --no-deps tinysoundfont"
        ) from error
    synth: _Synth = module.Synth(samplerate=SAMPLE_RATE, gain=-8)
    return synth, synth.sfload(str(path))


def play(font: str, parts: Sequence[Part], duration: float) -> Audio:
    """Play ``parts`` on ``font``.

    Args:
        font: File name of a font in the folder that ``LONGWAVE_SOUNDFONTS`` names.
        parts: At most one for each channel; a drum part belongs on channel 9.
        duration: Length of the result, in seconds; later notes are cut.

    Returns:
        Mono samples at 16 kHz.

    Raises:
        SoundFontMissingError: The font or ``tinysoundfont`` is not installed.
    """
    synth, font_id = _synth(font)
    changes: list[tuple[float, int, int, int, int]] = []
    for part in parts:
        is_drums = part.bank == DRUM_BANK
        synth.program_select(part.channel, font_id, part.bank, part.program, is_drums)
        for note in part.notes:
            end = min(note.start + note.length, duration - 0.01)
            changes.append((note.start, 1, note.key, note.velocity, part.channel))
            changes.append((end, 0, note.key, 0, part.channel))
    changes.sort(key=lambda change: (change[0], change[1]))
    blocks: list[Audio] = []
    rendered = 0
    for time, is_on, key, velocity, channel in [*changes, (duration, 0, 0, 0, 0)]:
        count = int(min(time, duration) * SAMPLE_RATE) - rendered
        if count > 0:
            samples = np.frombuffer(bytes(synth.generate(count)), np.float32)
            blocks.append(samples.reshape(-1, 2).mean(axis=1).astype(np.float64))
            rendered += count
        if is_on:
            synth.noteon(channel, key, velocity)
        else:
            synth.noteoff(channel, key)
    _silence(synth, {part.channel for part in parts})
    return np.concatenate(blocks)


def _silence(synth: _Synth, channels: set[int]) -> None:
    """Let every voice end, so that one clip does not ring into the next."""
    for channel in channels:
        for key in range(128):
            synth.noteoff(channel, key)
    synth.generate(SAMPLE_RATE * 6)
