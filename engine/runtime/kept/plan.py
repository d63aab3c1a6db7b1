"""What of a take stays in a new piece, and which frames must therefore be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.api import BaseResult, GenerateRequest
from engine.longform.noise_layers import NoiseLayer, placed_layers
from engine.longform.placement import (
    FrameRange,
    PlacedSpan,
    cuts,
    freed_at_joins,
    joined_spans,
    uncovered,
    united,
)
from engine.longform.windows import WindowGrid
from engine.runtime.take.state import TakeState


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """The stretches of a take and what lies between them, in absolute latent frames.

    Attributes:
        spans: Stretches whose latents are kept, hidden frames included, in order.
        heard: The parts of them whose spectrogram and sound are kept.
        unheard: Frames of the piece that have no old spectrogram.
        noise_layers: Noise of the stretches.
        made: Frames whose latents are made and stored, hidden frames included.
        decoded: Frames of the piece whose surroundings are decoded anew; empty ranges are cuts.
        stored_range: Frames [start, end) of the file of latents.
    """

    spans: tuple[PlacedSpan, ...]
    heard: tuple[PlacedSpan, ...]
    unheard: tuple[FrameRange, ...]
    noise_layers: tuple[NoiseLayer, ...]
    made: tuple[FrameRange, ...]
    decoded: tuple[FrameRange, ...]
    stored_range: FrameRange


def plan_kept(
    request: GenerateRequest,
    base: TakeState,
    grid: WindowGrid,
    sections: Sequence[FrameRange],
) -> KeptPlan:
    """Decide what is made.

    Frames that nobody hears and nobody stored are not worth changing heard ones: where a piece
    ends with kept material, the file of latents ends with it too, and what the windows read beyond
    is made up for the run and forgotten.

    Args:
        request: With a base that fits.
        base: State of the take.
        grid: Windows of the new piece.
        sections: What is to be made again, hidden frames included.
    """
    asked = request.base
    if asked is None:
        raise ValueError("the request keeps nothing")
    first, end = request.first_latent_frame, request.end_latent_frame
    spans = _with_hidden_ends(_spans(request, asked, base), base, grid, (first, end))
    heard = _heard(spans, base, first, end)
    holes = [
        (
            grid.first_frame if start == first else start,
            grid.end_frame if stop == end else stop,
        )
        for start, stop in uncovered(spans, first, end)
    ]
    joins = freed_at_joins(spans, first, end, asked.join_latent_frames)
    made = united([*holes, *joins, *sections])
    unheard = uncovered(heard, first, end)
    seen = [(max(first, a), min(end, b)) for a, b in (*made, *unheard)]
    bounds = [*((span.target_start, span.target_end) for span in spans), *made]
    return KeptPlan(
        spans=spans,
        heard=heard,
        unheard=unheard,
        noise_layers=placed_layers(base.layers, spans),
        made=made,
        decoded=united([*((a, b) for a, b in seen if a < b), *((cut, cut) for cut in cuts(heard))]),
        stored_range=(min(a for a, _ in bounds), max(b for _, b in bounds)),
    )


def plan_kept_loop(
    request: GenerateRequest,
    base: TakeState,
    grid: WindowGrid,
    sections: Sequence[FrameRange],
) -> KeptPlan:
    """Decide what of a loop is made: its sections, which may go on beyond its end.

    Args:
        request: With a base that is a loop of the same frames.
        base: State of the take.
        grid: Windows of the loop.
        sections: What is to be made again.
    """
    first, end = request.first_latent_frame, request.end_latent_frame
    whole = (PlacedSpan(start=first, end=end),)
    places = [place for section in sections for place in grid.places(*section)]
    return KeptPlan(
        spans=whole,
        heard=whole,
        unheard=(),
        noise_layers=base.layers,
        made=united((first + place.start, first + place.stop) for place in places),
        decoded=tuple(sections),
        stored_range=(first, end),
    )


def _spans(request: GenerateRequest, asked: BaseResult, base: TakeState) -> tuple[PlacedSpan, ...]:
    """The stretches that were asked for; without any, all that the two pieces have in common."""
    if asked.kept:
        return joined_spans(
            PlacedSpan(
                start=span.start_latent_frame,
                end=span.start_latent_frame + span.num_latent_frames,
                shift=span.target_latent_frame - span.start_latent_frame,
            )
            for span in asked.kept
        )
    start = max(request.first_latent_frame, base.first_latent_frame)
    end = min(request.end_latent_frame, base.end_latent_frame)
    # Hidden frames are good material for an extension where the same prompt goes on.
    if end == base.end_latent_frame < request.end_latent_frame:
        end = max(end, min(base.stored_end, _goes_on_until(request, end)))
    if start == base.first_latent_frame > request.first_latent_frame:
        start = min(start, max(base.stored_start, _goes_back_to(request, start)))
    return (PlacedSpan(start=start, end=end),)


def _goes_on_until(request: GenerateRequest, frame: int) -> int:
    """How long the prompts before a frame go on alone."""
    before = [r for r in request.regions if r.start_latent_frame < frame <= r.end_latent_frame]
    starts = [r.start_latent_frame for r in request.regions if r.start_latent_frame >= frame]
    return min([*(r.end_latent_frame for r in before), *starts], default=frame)


def _goes_back_to(request: GenerateRequest, frame: int) -> int:
    """Since when the prompts at a frame have been alone."""
    after = [r for r in request.regions if r.start_latent_frame <= frame < r.end_latent_frame]
    ends = [r.end_latent_frame for r in request.regions if r.end_latent_frame <= frame]
    return max([*(r.start_latent_frame for r in after), *ends], default=frame)


def _with_hidden_ends(
    spans: tuple[PlacedSpan, ...], base: TakeState, grid: WindowGrid, piece: FrameRange
) -> tuple[PlacedSpan, ...]:
    """Take along what was stored beyond the ends of the new piece: its windows read it."""
    first, *_ = spans
    if first.target_start == piece[0]:
        start = max(base.stored_start, grid.first_frame - first.shift)
        spans = (replace(first, start=min(first.start, start)), *spans[1:])
    last = spans[-1]
    if last.target_end == piece[1]:
        end = min(base.stored_end, grid.end_frame - last.shift)
        spans = (*spans[:-1], replace(last, end=max(last.end, end)))
    return spans


def _heard(
    spans: tuple[PlacedSpan, ...], base: TakeState, first: int, end: int
) -> tuple[PlacedSpan, ...]:
    """What was heard in the take and is heard in the piece."""
    parts: list[PlacedSpan] = []
    for span in spans:
        start = max(span.start, base.first_latent_frame)
        stop = min(span.end, base.end_latent_frame)
        part = replace(span, start=start, end=stop).within(first, end) if start < stop else None
        if part is not None:
            parts.append(part)
    return tuple(parts)
