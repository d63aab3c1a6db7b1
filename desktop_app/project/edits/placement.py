"""Putting clips on a lane: the one place that all edits of clips go through."""

from collections.abc import Iterable
from dataclasses import replace

from desktop_app.project import curves
from desktop_app.project.checks import check_clip, check_placement
from desktop_app.project.edits.base import with_lane
from desktop_app.project.errors import EditError
from desktop_app.project.lookup import clip_by_id
from desktop_app.project.project import Lane, Project, PromptClip, SoundSource
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span


def placed(lane: Lane, clips: Iterable[PromptClip]) -> Lane:
    """The lane with these clips instead of its own, in order of their start.

    Raises:
        EditError: A clip has values out of range, or the clips do not lie side by side; see
            ``desktop_app.project.checks.check_placement``.
    """
    ordered = tuple(sorted(clips, key=lambda clip: (clip.span.start, clip.span.end)))
    for clip in ordered:
        check_clip(clip)
    check_placement(ordered)
    return replace(lane, clips=ordered)


def with_clip(project: Project, clip: PromptClip) -> Project:
    """The project with the clip of the same name and place replaced.

    Raises:
        EditError: There is no such clip, or its values are out of range.
    """
    check_clip(clip)
    lane, _ = clip_by_id(project, clip.id)
    clips = tuple(clip if other.id == clip.id else other for other in lane.clips)
    return with_lane(project, replace(lane, clips=clips))


def source_shifted(source: SoundSource | None, delta: Samples) -> SoundSource | None:
    """The sound of a clip whose start has moved by ``delta`` while the sound stayed in place."""
    return None if source is None else replace(source, start=Samples(source.start + delta))


def respanned(clip: PromptClip, span: Span) -> PromptClip:
    """The clip with another start and end; its sound and its curves stay where they were."""
    shift = Samples(span.start - clip.span.start)
    end = Samples(shift + span.duration)
    return replace(
        clip,
        span=span,
        source=source_shifted(clip.source, shift),
        guidance_curve=curves.cropped(clip.guidance_curve, shift, end),
        weight_curve=curves.cropped(clip.weight_curve, shift, end),
    )


def moved_span(span: Span, delta: Samples) -> Span:
    """The span shifted by ``delta``.

    Raises:
        EditError: It would leave the timeline.
    """
    if span.start + delta < 0:
        raise EditError("A clip would start before the beginning of the timeline.")
    if span.end + delta > MAX_TIMELINE_SAMPLES:
        raise EditError("A clip would end after the last hour of the timeline.")
    return span.moved(delta)
