"""Which prompt holds where, as a smooth function of time.

A prompt is one vector, and a window is predicted under one vector at a time, so a change of prompt
inside a window has two instruments: *morph* turns the vector itself on the sphere, from window to
window; *blend* predicts under both and mixes the predictions frame by frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.api.prompts import TransitionKind

MORPH_MAX_ANGLE_DEGREES = 40.0
MORPH_LATENT_FRAMES = 200
BLEND_LATENT_FRAMES = 50
CUT_LATENT_FRAMES = 1

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptSpan:
    """A prompt on the time axis.

    Attributes:
        start: First latent frame, absolute.
        end: First latent frame after the span.
        conditioning: (D,) unit vector of the prompt.
        unconditional: (D,) unit vector of the negative (or empty) prompt.
        guidance_scale: Weight of the prompt against the unconditional prediction; 1 is none.
        weight: Strength where spans overlap, greater than 0.
        transition: How the sound comes here from the span before.
        transition_latent_frames: Length of that transition, centred on the border; ``None`` is the
            overlap of the two spans, or the default of the kind where they only touch.
    """

    start: int
    end: int
    conditioning: Tensor
    unconditional: Tensor
    guidance_scale: float
    weight: float = 1.0
    transition: TransitionKind = TransitionKind.AUTO
    transition_latent_frames: int | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a span must not be empty, got [{self.start}, {self.end})")
        if not self.weight > 0.0:
            raise ValueError(f"weight must be greater than 0, got {self.weight}")
        if self.transition_latent_frames is not None and self.transition_latent_frames < 1:
            raise ValueError(
                "transition_latent_frames must be at least 1, or None, "
                f"got {self.transition_latent_frames}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One resolved change of prompt: from ``before`` to ``after``, both indices of spans."""

    before: int
    after: int
    centre: float
    length: int
    is_morph: bool


def angle_degrees(a: Tensor, b: Tensor) -> float:
    """Angle between two vectors in degrees, 0 to 180."""
    a, b = a.double(), b.double()
    cosine = float(a @ b / (a.norm() * b.norm()))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def morphed(vectors: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Weighted mean of unit vectors on the sphere.

    Two vectors are interpolated at constant speed (slerp); more are averaged and put back on the
    sphere. A plain average would shrink the vector, to 0.71 at 90 degrees.

    Args:
        vectors: At least one (D,) unit vector.
        weights: One for each vector, not negative, with a positive sum.

    Returns:
        (D,) unit vector in the dtype of the first one.
    """
    shares = np.asarray(weights, dtype=np.float64)
    shares = shares / shares.sum()
    stacked = torch.stack([vector.double() for vector in vectors])
    factors = torch.from_numpy(shares)
    if len(vectors) == 2:
        angle = math.radians(angle_degrees(stacked[0], stacked[1]))
        # Below a thousandth of a radian slerp and the plain mean agree to 1e-7.
        if 1e-3 < angle < math.pi - 1e-3:
            factors = torch.sin(factors * angle) / math.sin(angle)
    mean = factors @ stacked
    if float(mean.norm()) < 1e-6:  # opposite vectors: no direction lies between them
        mean = stacked[int(shares.argmax())]
    unit: Tensor = mean / mean.norm()
    return unit.to(vectors[0].dtype)


class PromptTimeline:
    """The share of every prompt at every frame.

    Spans that follow each other form a chain in which each fades into the next. A span that lies
    wholly inside an earlier one is mixed into it by weight, with transitions at both of its ends.
    The first span of the chain also holds before its start, the last one after its end.

    Args:
        spans: At least one, in any order.
    """

    def __init__(self, spans: Sequence[PromptSpan]) -> None:
        if not spans:
            raise ValueError("at least one prompt span is needed")
        self.spans = tuple(sorted(spans, key=lambda span: (span.start, -span.end)))
        chain: list[int] = []
        parents: dict[int, int] = {}
        for index, span in enumerate(self.spans):
            if chain and span.end <= self.spans[chain[-1]].end:
                parents[index] = chain[-1]
            else:
                chain.append(index)
        self.transitions = tuple(self._chained(a, b) for a, b in pairwise(chain))
        self.inserts = tuple(self._inserted(parent, i) for i, parent in parents.items())
        self._fades_in = {t.after: t for t in (*self.transitions, *self.inserts)}
        self._fades_out = {t.before: t for t in self.transitions}

    def shares(self, first_frame: int, num_frames: int) -> dict[int, Shares]:
        """Share of each span in a range of frames.

        Args:
            first_frame: First latent frame, absolute.
            num_frames: Number of latent frames.

        Returns:
            Index of the span to (num_frames,) float64 shares in 0..1, only for spans that occur.
            At every frame they sum to 1.
        """
        centres = np.arange(first_frame, first_frame + num_frames, dtype=np.float64) + 0.5
        strengths: dict[int, Shares] = {}
        for index, span in enumerate(self.spans):
            strength = span.weight * self._presence(index, centres)
            if strength.any():
                strengths[index] = strength
        total = np.sum(list(strengths.values()), axis=0)
        return {index: strength / total for index, strength in strengths.items()}

    def morphs(self, a: int, b: int) -> bool:
        """Whether the change between two spans is a morph."""
        return any(
            t.is_morph and {t.before, t.after} == {a, b} for t in (*self.transitions, *self.inserts)
        )

    def _presence(self, index: int, centres: Shares) -> Shares:
        presence = np.ones_like(centres)
        if (fade := self._fades_in.get(index)) is not None:
            presence = presence * _raised_cosine(centres, fade.centre, fade.length)
        if (fade := self._fades_out.get(index)) is not None:
            presence = presence * (1.0 - _raised_cosine(centres, fade.centre, fade.length))
        if any(insert.after == index for insert in self.inserts):
            length = self._fades_in[index].length
            end = float(self.spans[index].end)
            presence = presence * (1.0 - _raised_cosine(centres, end, length))
        return presence

    def _chained(self, before: int, after: int) -> Transition:
        a, b = self.spans[before], self.spans[after]
        overlap = a.end - b.start
        is_morph, length = self._kind_and_length(a, b)
        is_cut = b.transition is TransitionKind.CUT
        if b.transition_latent_frames is None and overlap > 0 and not is_cut:
            length = overlap
        return Transition(
            before=before,
            after=after,
            centre=(a.end + b.start) / 2,
            length=length,
            is_morph=is_morph,
        )

    def _inserted(self, parent: int, index: int) -> Transition:
        span = self.spans[index]
        is_morph, length = self._kind_and_length(self.spans[parent], span)
        return Transition(
            before=parent,
            after=index,
            centre=float(span.start),
            length=min(length, max(1, (span.end - span.start) // 2)),
            is_morph=is_morph,
        )

    @staticmethod
    def _kind_and_length(before: PromptSpan, after: PromptSpan) -> tuple[bool, int]:
        kind = after.transition
        if kind is TransitionKind.AUTO:
            angle = angle_degrees(before.conditioning, after.conditioning)
            is_like = angle < MORPH_MAX_ANGLE_DEGREES
            kind = TransitionKind.MORPH if is_like else TransitionKind.BLEND
        default = {
            TransitionKind.MORPH: MORPH_LATENT_FRAMES,
            TransitionKind.BLEND: BLEND_LATENT_FRAMES,
            TransitionKind.CUT: CUT_LATENT_FRAMES,
        }[kind]
        explicit = None if kind is TransitionKind.CUT else after.transition_latent_frames
        return kind is TransitionKind.MORPH, default if explicit is None else explicit


def _raised_cosine(centres: Shares, middle: float, length: int) -> Shares:
    """0 before the transition, 1 after it, smooth between."""
    phase = np.clip((centres - middle) / length + 0.5, 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * phase)
