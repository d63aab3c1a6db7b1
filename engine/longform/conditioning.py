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
from torch import Tensor

from engine.api.prompts import Curve, TransitionKind
from engine.longform.curves import (
    FrameValues,
    curve_values,
    frame_centres,
    require_curve,
)
from engine.longform.sphere import angle_degrees

MORPH_MAX_ANGLE_DEGREES = 40.0
MORPH_LATENT_FRAMES = 200
BLEND_LATENT_FRAMES = 50
CUT_LATENT_FRAMES = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptSpan:
    """A prompt on the time axis.

    Attributes:
        start: First latent frame, absolute.
        end: First latent frame after the span.
        conditioning: (D,) unit vector of the prompt.
        unconditional: (D,) unit vector of the negative (or empty) prompt.
        guidance_scale: Weight of the prompt against the unconditional prediction; 1 is none.
        guidance_curve: Takes the place of ``guidance_scale`` where it is given.
        weight: Strength where spans overlap, greater than 0.
        weight_curve: Takes the place of ``weight`` where it is given; every value above 0.
        transition: How the sound comes here from the span before.
        transition_latent_frames: Length of that transition, centred on the border; ``None`` is the
            overlap of the two spans, or the default of the kind where they only touch.
    """

    start: int
    end: int
    conditioning: Tensor
    unconditional: Tensor
    guidance_scale: float
    guidance_curve: Curve | None = None
    weight: float = 1.0
    weight_curve: Curve | None = None
    transition: TransitionKind = TransitionKind.AUTO
    transition_latent_frames: int | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a span must not be empty, got [{self.start}, {self.end})")
        require_curve("guidance_curve", self.guidance_curve)
        require_curve("weight_curve", self.weight_curve)
        lightest = min((self.weight, *(self.weight_curve.values if self.weight_curve else ())))
        if not lightest > 0.0:
            raise ValueError(f"weight must be greater than 0, got {lightest}")
        if self.transition_latent_frames is not None and self.transition_latent_frames < 1:
            raise ValueError(
                "transition_latent_frames must be at least 1, or None, "
                f"got {self.transition_latent_frames}"
            )

    def guidance(self, centres: FrameValues) -> FrameValues:
        """Guidance at each place, in latent frames, absolute."""
        return curve_values(self.guidance_scale, self.guidance_curve, centres)

    def weights(self, centres: FrameValues) -> FrameValues:
        """Strength at each place, in latent frames, absolute."""
        return curve_values(self.weight, self.weight_curve, centres)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One resolved change of prompt: from ``before`` to ``after``, both indices of spans."""

    before: int
    after: int
    centre: float
    length: int
    is_morph: bool


@dataclass(frozen=True, slots=True)
class _Fade:
    centre: float
    length: int

    def risen(self, centres: FrameValues) -> FrameValues:
        """0 before the fade, 1 after it, a raised cosine between."""
        phase = np.clip((centres - self.centre) / self.length + 0.5, 0.0, 1.0)
        return 0.5 - 0.5 * np.cos(np.pi * phase)


def _begin(fade_in: _Fade | None) -> float:
    return -math.inf if fade_in is None else fade_in.centre - fade_in.length / 2


def _end(fade_out: _Fade | None) -> float:
    return math.inf if fade_out is None else fade_out.centre + fade_out.length / 2


class PromptTimeline:
    """The share of every prompt at every frame.

    Spans that follow each other form a chain in which each fades into the next. A span that lies
    wholly inside an earlier one is mixed into it by weight, with transitions at both of its ends.
    The first span of the chain also holds before its start, the last one after its end, and so do
    spans inside them that reach there.

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
        self._morphs = {
            frozenset((t.before, t.after)) for t in (*self.transitions, *self.inserts) if t.is_morph
        }
        self._fades_in = {t.after: _Fade(t.centre, t.length) for t in self.transitions}
        self._fades_out = {t.before: _Fade(t.centre, t.length) for t in self.transitions}
        for insert in self.inserts:
            span, parent = self.spans[insert.after], self.spans[insert.before]
            # Where the track itself begins or ends there is nothing to come from or to go to.
            if insert.before != chain[0] or span.start > parent.start:
                self._fades_in[insert.after] = _Fade(insert.centre, insert.length)
            if insert.before != chain[-1] or span.end < parent.end:
                self._fades_out[insert.after] = _Fade(float(span.end), insert.length)
        everywhere = range(len(self.spans))
        self._begins = np.array([_begin(self._fades_in.get(i)) for i in everywhere])
        self._ends = np.array([_end(self._fades_out.get(i)) for i in everywhere])

    def shares(self, first_frame: int, num_frames: int) -> dict[int, FrameValues]:
        """Share of each span in a range of frames.

        Args:
            first_frame: First latent frame, absolute.
            num_frames: Number of latent frames, at least 1.

        Returns:
            Index of the span to (num_frames,) float64 shares in 0..1, only for spans that occur.
            At every frame they sum to 1.
        """
        centres = frame_centres(first_frame, num_frames)
        within_reach = (self._begins < centres[-1]) & (self._ends > centres[0])
        strengths: dict[int, FrameValues] = {}
        for index in np.flatnonzero(within_reach).tolist():
            strength = self.spans[index].weights(centres) * self._presence(index, centres)
            if strength.any():
                strengths[index] = strength
        total = np.sum(list(strengths.values()), axis=0)
        return {index: strength / total for index, strength in strengths.items()}

    def morphs(self, a: int, b: int) -> bool:
        """Whether the change between two spans is a morph."""
        return frozenset((a, b)) in self._morphs

    def _presence(self, index: int, centres: FrameValues) -> FrameValues:
        presence = np.ones_like(centres)
        if (fade := self._fades_in.get(index)) is not None:
            presence = presence * fade.risen(centres)
        if (fade := self._fades_out.get(index)) is not None:
            presence = presence * (1.0 - fade.risen(centres))
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
