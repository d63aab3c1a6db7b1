"""Training clips: ``make_clip(index)`` is a pure function of the index and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from engine.training.foundry.captions import (
    caption_for,
    mixture_phrase,
    phrase_for,
    sequence_phrase,
)
from engine.training.foundry.kinds import KINDS, Kind
from engine.training.foundry.recipes import CLIP_SAMPLES, Sound
from engine.training.foundry.signals import (
    SAMPLE_RATE,
    Audio,
    at_speed,
    in_room,
    low_pass,
    normalised,
)

MIXTURE_SHARE = 0.12
SEQUENCE_SHARE = 0.04
CAPTIONS_PER_CLIP = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One training example.

    Attributes:
        audio: ``CLIP_SAMPLES`` float32 samples at 16 kHz within [-1, 1].
        captions: Several ways to say it.
        kind: Index of its (main) kind in ``KINDS``.
        is_mixture: Whether a second kind sounds with it or after it.
    """

    audio: NDArray[np.float32]
    captions: tuple[str, ...]
    kind: int
    is_mixture: bool


def make_clip(
    index: int, *, seed: int = 0, with_mixtures: bool = True, kinds: Sequence[Kind] = KINDS
) -> Clip:
    """Make clip ``index`` of the endless series of ``seed``; kinds take turns.

    Args:
        index: Position in the series; the kind is ``index`` modulo the number of kinds.
        seed: Names the series; training and evaluation use different ones.
        with_mixtures: Whether some clips have a second sound in them, at the same time or after.
        kinds: What may sound.

    Returns:
        The clip; equal arguments give an equal clip.
    """
    number = index % len(kinds)
    # The name, not the place in the list, so that a kind's clips stay when others come and go.
    rng = np.random.default_rng([seed, *kinds[number].name.encode(), index // len(kinds)])
    kind = kinds[number]
    draw = rng.random() if with_mixtures else 1.0
    if draw < MIXTURE_SHARE:
        return _mixture(rng, number, kinds)
    if draw < MIXTURE_SHARE + SEQUENCE_SHARE:
        return _sequence(rng, number, kinds)
    sound = _fitted(rng, kind)
    audio, place = _placed(rng, kind, sound.audio)
    phrases = [
        phrase_for(rng, kind, adjective=sound.adjective, place=place)
        for _ in range(CAPTIONS_PER_CLIP)
    ]
    gain = 0.5 if place == "distant" else 1.0
    return _finished(rng, number, gain * normalised(audio), phrases, is_mixture=False)


def _other(rng: Generator, kind: Kind, kinds: Sequence[Kind], *, is_texture: bool) -> Kind:
    others = [one for one in kinds if one.name != kind.name]
    steady = [one for one in others if one.is_texture]
    chosen = steady if is_texture and steady else others
    return chosen[rng.integers(len(chosen))]


def _mixture(rng: Generator, number: int, kinds: Sequence[Kind]) -> Clip:
    kind = kinds[number]
    is_second_quiet = rng.random() < 0.4
    # Most second sounds go on steadily; events over events are rarer on a timeline.
    other = _other(rng, kind, kinds, is_texture=is_second_quiet or rng.random() < 0.7)
    first, second = _fitted(rng, kind), _fitted(rng, other)
    share = 10 ** (float(rng.uniform(-12, -7) if is_second_quiet else rng.uniform(-3, 1)) / 20)
    audio = _even(first.audio) + share * _even(second.audio)
    phrases = []
    for _ in range(CAPTIONS_PER_CLIP):
        said = phrase_for(rng, kind, adjective=first.adjective)
        other_said = phrase_for(rng, other, adjective=second.adjective)
        phrases.append(mixture_phrase(rng, said, other_said, is_second_quiet=is_second_quiet))
    return _finished(rng, number, normalised(audio), phrases, is_mixture=True)


def _sequence(rng: Generator, number: int, kinds: Sequence[Kind]) -> Clip:
    kind = kinds[number]
    other = _other(rng, kind, kinds, is_texture=False)
    first, second = _fitted(rng, kind), _fitted(rng, other)
    change = int(rng.uniform(0.35, 0.65) * CLIP_SAMPLES)
    fade = np.clip((np.arange(CLIP_SAMPLES) - change) / (0.1 * SAMPLE_RATE), 0, 1)
    audio = _even(first.audio) * (1 - fade)
    audio += _even(second.audio) * fade
    phrases = [
        sequence_phrase(
            rng,
            phrase_for(rng, kind, adjective=first.adjective),
            phrase_for(rng, other, adjective=second.adjective),
        )
        for _ in range(CAPTIONS_PER_CLIP)
    ]
    return _finished(rng, number, normalised(audio), phrases, is_mixture=True)


def _fitted(rng: Generator, kind: Kind) -> Sound:
    """The recipe's sound, at times at another speed, wrapped or cut to the clip's length."""
    sound = kind.recipe(rng)
    audio = np.nan_to_num(sound.audio)
    if rng.random() < 0.35:
        audio = at_speed(audio, int(rng.integers(91, 111)))
    if len(audio) < CLIP_SAMPLES:
        audio = np.pad(audio, (0, CLIP_SAMPLES - len(audio)), mode="wrap")
    return Sound(audio=audio[:CLIP_SAMPLES], adjective=sound.adjective)


def _placed(rng: Generator, kind: Kind, audio: Audio) -> tuple[Audio, str]:
    """The sound in a place: far away (low-passed), in a hall, or in some small room."""
    draw = rng.random()
    if draw < 0.05 and kind.may_be_distant:
        far = low_pass(normalised(audio), float(rng.uniform(1200, 2000)))
        return in_room(rng, far, 1.2, 0.4), "distant"
    if 0.05 <= draw < 0.10:
        return in_room(rng, normalised(audio), float(rng.uniform(1.5, 2.5)), 0.6), "echo"
    if draw < 0.3:
        return in_room(rng, normalised(audio), float(rng.uniform(0.2, 0.8)), 0.2), ""
    return audio, ""


def _even(audio: Audio) -> Audio:
    """Scaled so that the loudest half second has an effective value of one."""
    frames = audio[: len(audio) // 8000 * 8000].reshape(-1, 8000)
    return np.asarray(audio / (np.sqrt((frames**2).mean(axis=1)).max() + 1e-9))


def _finished(
    rng: Generator, number: int, audio: Audio, phrases: list[str], *, is_mixture: bool
) -> Clip:
    gain = 0.5 * 10 ** (float(rng.uniform(-4, 0)) / 20)
    return Clip(
        audio=(audio * gain).astype(np.float32),
        captions=tuple(caption_for(rng, phrase) for phrase in phrases),
        kind=number,
        is_mixture=is_mixture,
    )
