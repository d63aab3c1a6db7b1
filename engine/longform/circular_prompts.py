"""Prompts on a circle: the last one fades into the first across the wrap.

A circle is the same as a straight track on which everything comes again and again. So the prompts
are laid out for as many turns as can matter, and every rule of a straight track holds unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.api.prompts import Curve
from engine.longform.conditioning import MORPH_LATENT_FRAMES, PromptSpan, PromptTimeline


def circular_timeline(
    spans: Sequence[PromptSpan], *, first_frame: int, num_frames: int
) -> PromptTimeline:
    """The share of every prompt at every frame of a circle.

    Args:
        spans: At least one, in any order; together they cover the circle once.
        first_frame: First latent frame of the circle, absolute.
        num_frames: Its length. No transition is longer than that.

    Returns:
        A timeline that is right for ``[first_frame, first_frame + 2 * num_frames)``, which is
        where the windows of a circular grid lie. Its spans are those given, several times.

    Raises:
        ValueError: There is no span, or the spans do not cover the circle exactly.
    """
    if not spans:
        raise ValueError("at least one prompt span is needed")
    covered = (min(span.start for span in spans), max(span.end for span in spans))
    if covered != (first_frame, first_frame + num_frames):
        raise ValueError(
            f"the spans of a circle must cover [{first_frame}, {first_frame + num_frames}), "
            f"got [{covered[0]}, {covered[1]})"
        )
    # What lies further away than the longest transition is not heard.
    beyond = -(-max(MORPH_LATENT_FRAMES, num_frames) // num_frames)
    turns = range(-beyond, beyond + 2)
    return PromptTimeline(
        [_turned(span, turn * num_frames, num_frames) for turn in turns for span in spans]
    )


def _turned(span: PromptSpan, frames: int, longest: int) -> PromptSpan:
    length = span.transition_latent_frames
    return replace(
        span,
        start=span.start + frames,
        end=span.end + frames,
        guidance_curve=_moved(span.guidance_curve, frames),
        weight_curve=_moved(span.weight_curve, frames),
        transition_latent_frames=None if length is None else min(length, longest),
    )


def _moved(curve: Curve | None, frames: int) -> Curve | None:
    if curve is None:
        return None
    places = tuple(place + frames for place in curve.latent_frames)
    return Curve(latent_frames=places, values=curve.values)
