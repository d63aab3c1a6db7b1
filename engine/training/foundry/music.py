"""Instrument phrases and drum patterns: random melodies in a key, played on soundfonts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from engine.training.foundry.recipes import Sound
from engine.training.foundry.soundfonts import (
    DRUM_BANK,
    FLUID_MONO,
    MUSESCORE,
    Note,
    Part,
    play,
)

_DURATION = 5.5
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
# Share of an instrument's range below and above which a phrase is called low or high.
_LOW_PLACE, _HIGH_PLACE = 0.3, 0.7
_KICK, _SNARE, _CLOSED_HAT, _OPEN_HAT, _CRASH = 36, 38, 42, 46, 49


def melody(rng: Generator, *, keys: tuple[int, int], bpm: float, max_voices: int = 1) -> list[Note]:
    """A stepwise walk through a random scale, or an arpeggio.

    Args:
        rng: Source of every choice.
        keys: Lowest and highest MIDI key (exclusive).
        bpm: Tempo in quarter notes a minute; notes last an eighth to a half.
        max_voices: The most keys struck together, a third apart in the scale.
    """
    scale = _SCALES[rng.integers(len(_SCALES))]
    root = int(rng.integers(12))
    ladder = [key for key in range(*keys) if (key - root) % 12 in scale]
    step = int(rng.integers(len(ladder)))
    is_arpeggio = rng.random() < 0.2
    beat = 60 / bpm
    notes: list[Note] = []
    time = float(rng.uniform(0, 0.1))
    while time < _DURATION - 0.2:
        length = beat * (0.5 if is_arpeggio else float(rng.choice([0.5, 0.5, 1, 1, 2])))
        step = (
            (step + 2) % len(ladder)
            if is_arpeggio
            else int(np.clip(step + rng.integers(-2, 3), 0, len(ladder) - 1))
        )
        for voice in range(int(rng.integers(1, max_voices + 1))):
            key = ladder[min(step + 2 * voice, len(ladder) - 1)]
            velocity = int(rng.integers(80, 118))
            notes.append(Note(start=time, length=length * 0.95, key=key, velocity=velocity))
        time += length
    return notes


def instrument(
    programs: Sequence[int],
    *,
    keys: tuple[int, int],
    max_voices: int = 1,
    tempo: tuple[float, float] = (70, 160),
) -> Callable[[Generator], Sound]:
    """A recipe: random melodies on one of ``programs`` (General MIDI), from two fonts."""

    def recipe(rng: Generator) -> Sound:
        bpm = float(rng.uniform(*tempo))
        notes = melody(rng, keys=keys, bpm=bpm, max_voices=max_voices)
        font = (MUSESCORE, FLUID_MONO)[rng.integers(2)]
        part = Part(program=int(rng.choice(programs)), notes=notes)
        low, high = tempo
        adjective = ""
        if bpm < low + 0.2 * (high - low):
            adjective = "slow"
        elif bpm > high - 0.2 * (high - low):
            adjective = "fast"
        else:
            adjective = _pitch_word(notes, keys)
        return Sound(audio=play(font, [part], _DURATION), adjective=adjective)

    return recipe


def _pitch_word(notes: Sequence[Note], keys: tuple[int, int]) -> str:
    """“low” or “high” for a phrase in an outer part of an instrument's range, else nothing."""
    place = (float(np.mean([note.key for note in notes])) - keys[0]) / (keys[1] - keys[0])
    if place < _LOW_PLACE:
        return "low"
    return "high" if place > _HIGH_PLACE else ""


def drums(rng: Generator) -> Sound:
    """A rock pattern on a drum kit: back beat, random extra kicks and ghost notes."""
    bpm = float(rng.uniform(80, 150))
    sixteenth = 60 / bpm / 4
    ghosts, extra_kicks = rng.random(16) < 0.12, rng.random(16) < 0.18
    cymbal = int(rng.choice([_CLOSED_HAT, _CLOSED_HAT, _OPEN_HAT, 51]))
    cymbal_every = int(rng.choice([1, 2, 2]))
    hits: list[tuple[float, int, int]] = []
    for index, time in enumerate(np.arange(0, _DURATION - 0.1, sixteenth)):
        position = index % 16
        if position in (0, 8) or extra_kicks[position]:
            hits.append((time, _KICK, 115))
        if position in (4, 12) or ghosts[position]:
            hits.append((time, _SNARE, 110 if position in (4, 12) else 60))
        if position % cymbal_every == 0:
            hits.append((time, cymbal, int(rng.integers(60, 95))))
        if index == 0 and rng.random() < 0.5:
            hits.append((time, _CRASH, 100))
    notes = [Note(start=float(t), length=0.2, key=key, velocity=v) for t, key, v in hits]
    kit = int(rng.choice([0, 0, 8, 16]))
    font = (MUSESCORE, FLUID_MONO)[rng.integers(2)]
    part = Part(program=kit, bank=DRUM_BANK, channel=9, notes=notes)
    adjective = "slow" if bpm < 92 else "fast" if bpm > 138 else ""
    return Sound(audio=play(font, [part], _DURATION), adjective=adjective)
