"""Electronic music and a band by template: drums, bass, chords, lead."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from engine.training.foundry.recipes import Sound
from engine.training.foundry.soundfonts import DRUM_BANK, FLUID_MONO, MUSESCORE, Note, Part, play

_DURATION = 5.5
_PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 4), (0, 0, 5, 4), (0, 4, 5, 3))
_MINOR = (0, 2, 3, 5, 7, 8, 10)


def _chord(root: int, degree: int) -> list[int]:
    return [root + _MINOR[(degree + i) % 7] + 12 * ((degree + i) // 7) for i in (0, 2, 4)]


def _drum_part(hits: list[tuple[float, int, int]], kit: int) -> Part:
    notes = [Note(start=time, length=0.1, key=key, velocity=v) for time, key, v in hits]
    return Part(program=kit, bank=DRUM_BANK, channel=9, notes=notes)


def techno(rng: Generator) -> Sound:
    """Four on the floor with off-beat hats, a sequenced bass and stabs."""
    bpm = float(rng.uniform(118, 148))
    sixteenth, root = 60 / bpm / 4, int(rng.integers(36, 48))
    hits: list[tuple[float, int, int]] = []
    bass: list[Note] = []
    stabs: list[Note] = []
    pattern = rng.integers(0, 3, 16)
    for index, start in enumerate(np.arange(0, _DURATION - 0.1, sixteenth)):
        time, position = float(start), index % 16
        if position % 4 == 0:
            hits.append((time, 36, 118))
        if position % 4 == 2:
            hits.append((time, 46, 90))
        if position in (4, 12):
            hits.append((time, 39, 95))
        if position % 2:
            hits.append((time, 42, 60))
        if position % 4:
            key = root + (0, 0, 12)[pattern[position]]
            bass.append(Note(start=time, length=sixteenth * 0.8, key=key, velocity=100))
        if pattern[position] == 2 and position % 3 == 0:
            stabs += [
                Note(start=time, length=sixteenth, key=24 + key, velocity=80)
                for key in _chord(root, 0)
            ]
    parts = [
        _drum_part(hits, int(rng.choice([24, 25, 24]))),
        Part(program=int(rng.choice([38, 39, 87])), channel=1, notes=bass),
        Part(program=int(rng.choice([81, 90, 62])), channel=2, notes=stabs),
    ]
    return Sound(audio=play((MUSESCORE, FLUID_MONO)[rng.integers(2)], parts, _DURATION))


def band(lead: int, bass_program: int, *, is_heavy: bool) -> Callable[[Generator], Sound]:
    """A recipe: drums, bass and power chords or strummed chords.

    Args:
        lead: Program of the chords (General MIDI).
        bass_program: Program of the bass.
        is_heavy: Whether chords are fifths in eighths (rock), or triads on the beat.
    """

    def recipe(rng: Generator) -> Sound:
        bpm = float(rng.uniform(95, 160))
        eighth, root = 60 / bpm / 2, int(rng.integers(40, 48))
        progression = _PROGRESSIONS[rng.integers(len(_PROGRESSIONS))]
        hits: list[tuple[float, int, int]] = []
        bass: list[Note] = []
        chords: list[Note] = []
        for index, start in enumerate(np.arange(0, _DURATION - 0.1, eighth)):
            time, position = float(start), index % 8
            triad = _chord(root, progression[index // 8 % 4])
            hits.append((time, 42, 80))
            if position in (0, 4, 5):
                hits.append((time, 36, 115))
            if position in (2, 6):
                hits.append((time, 38, 112))
            bass.append(Note(start=time, length=eighth * 0.9, key=triad[0] - 12, velocity=100))
            if is_heavy or position % 2 == 0:
                keys = [triad[0], triad[0] + 7, triad[0] + 12] if is_heavy else triad
                chords += [
                    Note(start=time, length=eighth * 0.9, key=key, velocity=105) for key in keys
                ]
        parts = [
            _drum_part(hits, 16 if is_heavy else 0),
            Part(program=bass_program, channel=1, notes=bass),
            Part(program=lead, channel=2, notes=chords),
        ]
        return Sound(audio=play((MUSESCORE, FLUID_MONO)[rng.integers(2)], parts, _DURATION))

    return recipe
