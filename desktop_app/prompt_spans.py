"""The prompts of a recipe: cut to other times, and compared. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from desktop_app.project import curves
from desktop_app.project.project import CurvePoint, PromptSpan
from desktop_app.project.time import Samples, Span, latent_frame_rounded, samples_from_latent_frame
from desktop_app.recipe_request import grid_frames


def respanned(prompt: PromptSpan, span: Span) -> PromptSpan:
    """The prompt with another start and end; its curves stay where they were."""
    start = Samples(span.start - prompt.span.start)
    end = Samples(start + span.duration)
    return replace(
        prompt,
        span=span,
        guidance_curve=curves.cropped(prompt.guidance_curve, start, end),
        weight_curve=curves.cropped(prompt.weight_curve, start, end),
    )


def merged(prompts: Sequence[PromptSpan]) -> tuple[PromptSpan, ...]:
    """Prompts with neighbours joined that only a split has parted; spans on the latent grid.

    The engine hears nothing finer than the grid, and a take begins on it although its first clip
    may not. Prompts that sound the same have equal results: a number says nothing where a curve
    rules, and a curve nothing where it lies on its own line.
    """
    joined: list[PromptSpan] = []
    for prompt in prompts:
        both = _joined(joined[-1], prompt) if joined else None
        if both is None:
            joined.append(prompt)
        else:
            joined[-1] = both
    places = grid_frames([prompt.span for prompt in joined])
    return tuple(
        _on_grid(prompt, Span(samples_from_latent_frame(start), samples_from_latent_frame(end)))
        for prompt, (start, end) in zip(joined, places, strict=True)
    )


def _joined(before: PromptSpan, after: PromptSpan) -> PromptSpan | None:
    """Two prompts as the one that they were before a split, or ``None`` if they were none."""
    if before.span.end != after.span.start:
        return None
    unsplit = replace(
        before,
        span=Span(before.span.start, after.span.end),
        guidance_curve=_whole(before.guidance_curve, after.guidance_curve, before.span.duration),
        weight_curve=_whole(before.weight_curve, after.weight_curve, before.span.duration),
    )
    is_same = _same_line(respanned(unsplit, before.span), before) and _same_line(
        respanned(unsplit, after.span), after
    )
    return unsplit if is_same else None


def _whole(
    before: tuple[CurvePoint, ...], after: tuple[CurvePoint, ...], place: Samples
) -> tuple[CurvePoint, ...]:
    if not before or not after:
        return ()
    return curves.joined(before, curves.shifted(after, place))


def _same_line(prompt: PromptSpan, other: PromptSpan) -> bool:
    return _on_grid(prompt, prompt.span) == _on_grid(other, prompt.span)


def _on_grid(prompt: PromptSpan, span: Span) -> PromptSpan:
    start = prompt.span.start
    guidance_scale, guidance_curve = _heard(prompt.guidance_scale, prompt.guidance_curve, start)
    weight, weight_curve = _heard(prompt.weight, prompt.weight_curve, start)
    return replace(
        prompt,
        span=span,
        guidance_scale=guidance_scale,
        weight=weight,
        guidance_curve=guidance_curve,
        weight_curve=weight_curve,
    )


def _heard(
    number: float, points: Sequence[CurvePoint], start: Samples
) -> tuple[float, tuple[CurvePoint, ...]]:
    """What the engine follows: a number, or points on the timeline's latent grid."""
    telling = curves.simplified(points)
    if len(telling) <= 1:
        return (telling[0].value if telling else number), ()
    frames = [latent_frame_rounded(Samples(start + point.position)) for point in telling]
    return 0.0, tuple(
        CurvePoint(samples_from_latent_frame(frame), point.value)
        for frame, point in zip(frames, telling, strict=True)
    )
