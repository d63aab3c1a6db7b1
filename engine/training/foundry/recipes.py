"""What a recipe is, and ways to combine recipes."""

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator

from engine.training.foundry.signals import Audio
from engine.training.foundry.soundfonts import FLUID_GS, Note, Part, play

CLIP_SAMPLES = 81_920
"""Length of a training clip: 512 mel frames of 160 samples, 5.12 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a recipe makes: samples of any scale, and an adjective that is true of them."""

    audio: Audio
    adjective: str = ""


Recipe = Callable[[Generator], Sound]


def formula(function: Callable[[Generator, int], Audio]) -> Recipe:
    """A recipe from a plain synthesis function ``(rng, num_samples) -> samples``."""

    def recipe(rng: Generator) -> Sound:
        return Sound(audio=function(rng, CLIP_SAMPLES))

    return recipe


def one_of(*recipes: Recipe) -> Recipe:
    """A recipe that follows one of ``recipes`` (repeat one to make it likelier)."""

    def recipe(rng: Generator) -> Sound:
        return recipes[rng.integers(len(recipes))](rng)

    return recipe


def effect(
    bank: int,
    program: int,
    *,
    every: float,
    key: int = 60,
    key_spread: int = 3,
    jitter: float = 0.0,
    font: str = FLUID_GS,
) -> Recipe:
    """A recipe that strikes one key of a sound-effect preset again and again.

    Args:
        bank: Bank of the preset (General Standard effects sit on banks 1 to 8).
        program: Program number, 120 to 127 for effects.
        every: Seconds between strikes.
        key: Root key; the effect plays at its own speed there.
        key_spread: Whole semitones up or down by which clips differ.
        jitter: Random share by which the gaps differ, 0 to 1.
        font: File name of the font.
    """

    def recipe(rng: Generator) -> Sound:
        struck = key + int(rng.integers(-key_spread, key_spread + 1))
        notes: list[Note] = []
        time = float(rng.uniform(0, 0.15))
        while time < 5.3:
            gap = every * float(rng.uniform(1 - jitter, 1 + jitter))
            notes.append(Note(start=time, length=gap * 0.9, key=struck, velocity=112))
            time += gap
        return Sound(audio=play(font, [Part(program=program, bank=bank, notes=notes)], 5.5))

    return recipe
