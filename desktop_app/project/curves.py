"""Curves of clips: values at some times, straight lines between them. Pure functions.

A curve without points is none: the clip's number holds everywhere.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from desktop_app.project.project import CurveKind, CurvePoint, PromptClip
from desktop_app.project.time import Samples

_SAME_VALUE = 1e-6
"""Values that differ by less are heard as one; interpolation makes smaller errors."""


def curve_of(clip: PromptClip, kind: CurveKind) -> tuple[CurvePoint, ...]:
    """A clip's curve of this kind."""
    return clip.weight_curve if kind is CurveKind.WEIGHT else clip.guidance_curve


def number_of(clip: PromptClip, kind: CurveKind) -> float:
    """The number that holds where there is no curve."""
    return clip.weight if kind is CurveKind.WEIGHT else clip.guidance_scale


def with_curve(clip: PromptClip, kind: CurveKind, points: Sequence[CurvePoint]) -> PromptClip:
    """The clip with another curve of this kind."""
    if kind is CurveKind.WEIGHT:
        return replace(clip, weight_curve=tuple(points))
    return replace(clip, guidance_curve=tuple(points))


def value_at(points: Sequence[CurvePoint], position: float) -> float:
    """The curve's value at a time.

    Args:
        points: At least one, in order of time.
        position: In samples, on the same scale as the points.
    """
    index = bisect_left(points, position, key=lambda point: point.position)
    if index == 0:
        return points[0].value
    if index == len(points):
        return points[-1].value
    before, after = points[index - 1], points[index]
    share = (position - before.position) / (after.position - before.position)
    return before.value + share * (after.value - before.value)


def shifted(points: Sequence[CurvePoint], delta: Samples) -> tuple[CurvePoint, ...]:
    """The curve later by ``delta``."""
    return tuple(replace(point, position=Samples(point.position + delta)) for point in points)


def cropped(points: Sequence[CurvePoint], start: Samples, end: Samples) -> tuple[CurvePoint, ...]:
    """The curve between two times, counted from the first.

    Where a point is cut off, one on the border takes its place, so that the rest sounds the same.
    """
    if not points:
        return ()
    inside = [point for point in points if start <= point.position <= end]
    is_cut = points[0].position < start, points[-1].position > end
    if is_cut[0] and not (inside and inside[0].position == start):
        inside.insert(0, CurvePoint(start, value_at(points, start)))
    if is_cut[1] and inside and inside[-1].position != end:
        inside.append(CurvePoint(end, value_at(points, end)))
    if not inside:
        inside.append(CurvePoint(end, value_at(points, end)))
    return shifted(inside, Samples(-start))


def joined(left: Sequence[CurvePoint], right: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """One curve of two; where the first ends at another value than the second begins, it jumps."""
    if not left or not right:
        return (*left, *right)
    place = right[0].position
    kept = [point for point in left if point.position < place]
    last = left[-1].value
    if last != right[0].value and (not kept or kept[-1].position < place - 1) and place > 0:
        kept.append(CurvePoint(Samples(place - 1), last))
    return (*kept, *right)


def simplified(points: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """The curve without points that say nothing: equal curves have equal values then.

    What a split or a cut puts on a line is gone again; values are rounded to what can be heard.
    """
    kept: list[CurvePoint] = []
    for index, point in enumerate(points):
        others = (*kept[-1:], *points[index + 1 : index + 2])
        if others and abs(value_at(others, point.position) - point.value) < _SAME_VALUE:
            continue
        kept.append(point)
    return tuple(replace(point, value=round(point.value, 6)) for point in kept)


def on_frames(places: Sequence[int], values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """Points on a grid, one at each place: of several at one place, the later ones go on by one."""
    placed: list[tuple[int, float]] = []
    for place, value in zip(places, values, strict=True):
        first_free = placed[-1][0] + 1 if placed else place
        placed.append((max(place, first_free), value))
    return tuple(placed)
