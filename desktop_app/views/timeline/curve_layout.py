"""Where the curves of clips lie over a lane's sound, and what of them is hit. No Qt."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from desktop_app.project.curves import curve_of, number_of, value_at
from desktop_app.project.ids import ClipId
from desktop_app.project.project import (
    MAX_GUIDANCE_SCALE,
    MAX_WEIGHT,
    CurveKind,
    CurvePoint,
    PromptClip,
)
from desktop_app.project.time import Samples
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.lane_layout import Band, LaneRow

POINT_REACH_PX = 8.0
LINE_REACH_PX = 6.0
_INSET_PX = 8.0
_MIN_WEIGHT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSpot:
    """A place on a clip's curve: one of its points, or the line between them.

    Attributes:
        clip_id: The clip.
        index: Which point, or ``None`` for the line.
    """

    clip_id: ClipId
    index: int | None


def share_of(kind: CurveKind, value: float) -> float:
    """How high a value lies, 0 (below) to 1; small guidance and weights below 1 get more room."""
    if kind is CurveKind.GUIDANCE:
        return math.sqrt(max(value - 1.0, 0.0) / (MAX_GUIDANCE_SCALE - 1.0))
    return value / 2 if value <= 1.0 else 0.5 + (value - 1.0) / (2 * (MAX_WEIGHT - 1.0))


def value_of(kind: CurveKind, share: float) -> float:
    """The value at a height of 0 to 1, within what the kind allows."""
    share = min(max(share, 0.0), 1.0)
    if kind is CurveKind.GUIDANCE:
        return 1.0 + share * share * (MAX_GUIDANCE_SCALE - 1.0)
    value = 2 * share if share <= 0.5 else 1.0 + (share - 0.5) * 2 * (MAX_WEIGHT - 1.0)
    return max(value, _MIN_WEIGHT)


def rounded(kind: CurveKind, value: float, *, is_fine: bool = False) -> float:
    """A value that a hand can mean, within what the kind allows."""
    step = 0.01 if is_fine else 0.1 if kind is CurveKind.GUIDANCE else 0.05
    low, high = limits(kind)
    return min(max(round(round(value / step) * step, 2), low), high)


def limits(kind: CurveKind) -> tuple[float, float]:
    """Least and largest value."""
    return (1.0, MAX_GUIDANCE_SCALE) if kind is CurveKind.GUIDANCE else (_MIN_WEIGHT, MAX_WEIGHT)


def curve_band(row: LaneRow) -> Band | None:
    """What of a lane its curves are drawn over; nothing of a folded one."""
    return row.sound


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveAxis:
    """Turns values of a kind into heights and back.

    Attributes:
        kind: What the values are.
        band: Where they are drawn.
    """

    kind: CurveKind
    band: Band

    def y_at(self, value: float) -> float:
        """The height of a value, on the band's scale."""
        room = max(self.band.height - 2 * _INSET_PX, 1.0)
        return self.band.bottom - _INSET_PX - share_of(self.kind, value) * room

    def value_at(self, y: float) -> float:
        """The value at a height."""
        room = max(self.band.height - 2 * _INSET_PX, 1.0)
        return value_of(self.kind, (self.band.bottom - _INSET_PX - y) / room)


def clip_value(clip: PromptClip, kind: CurveKind, position: float) -> float:
    """What holds at a time of the clip: its curve, or its number where it has none."""
    points = curve_of(clip, kind)
    return value_at(points, position) if points else number_of(clip, kind)


def corners(
    clip: PromptClip, axis: CurveAxis, geometry: TimelineGeometry
) -> list[tuple[float, float]]:
    """The line of a clip from its start to its end, in pixels.

    Between two points it is drawn as it is heard: straight in value, which the axis may bend.
    """
    kind, duration = axis.kind, clip.span.duration
    inner = [point.position for point in curve_of(clip, kind)]
    places = sorted({0, *inner, duration})
    shown: list[float] = []
    for before, after in pairwise(places):
        bends = clip_value(clip, kind, before) != clip_value(clip, kind, after)
        parts = 16 if bends else 1
        shown += [before + (after - before) * part / parts for part in range(parts)]
    return [
        (geometry.x_at(clip.span.start + at), axis.y_at(clip_value(clip, kind, at)))
        for at in (*shown, duration)
    ]


def point_places(
    clip: PromptClip, axis: CurveAxis, geometry: TimelineGeometry
) -> list[tuple[float, float]]:
    """Where the points of a clip lie, in pixels."""
    return [
        (geometry.x_at(clip.span.start + point.position), axis.y_at(point.value))
        for point in curve_of(clip, axis.kind)
    ]


def spot_at(
    x: float,
    y: float,
    clips: Sequence[PromptClip],
    axis: CurveAxis,
    geometry: TimelineGeometry,
) -> CurveSpot | None:
    """What of the curves lies at a point: the nearest point of a curve, or else a line."""
    near = [
        (math.hypot(place[0] - x, place[1] - y), CurveSpot(clip_id=clip.id, index=index))
        for clip in clips
        for index, place in enumerate(point_places(clip, axis, geometry))
    ]
    if near:
        distance, spot = min(near, key=lambda each: each[0])
        if distance <= POINT_REACH_PX:
            return spot
    lines = [
        (_distance_to_line(x, y, clip, axis, geometry), CurveSpot(clip_id=clip.id, index=None))
        for clip in clips
        if geometry.x_at(clip.span.start) <= x <= geometry.x_at(clip.span.end)
    ]
    if lines:
        distance, spot = min(lines, key=lambda each: each[0])
        if distance <= LINE_REACH_PX:
            return spot
    return None


def _distance_to_line(
    x: float, y: float, clip: PromptClip, axis: CurveAxis, geometry: TimelineGeometry
) -> float:
    """How far a point lies from what is near of a clip's line."""
    near = (
        _distance_to_piece(x, y, start, end)
        for start, end in pairwise(corners(clip, axis, geometry))
        if start[0] - LINE_REACH_PX <= x <= end[0] + LINE_REACH_PX
    )
    return min(near, default=math.inf)


def _distance_to_piece(
    x: float, y: float, start: tuple[float, float], end: tuple[float, float]
) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])


def room_for(
    points: Sequence[CurvePoint], index: int, duration: Samples, *, is_new: bool
) -> tuple[Samples, Samples] | None:
    """The times that a point may have so that it stays a frame away from its neighbours.

    Args:
        points: The curve.
        index: Place of the point in it, or where it would be put in.
        duration: Length of the clip.
        is_new: Whether it is put in.

    Returns:
        First and last time, or ``None`` where there is no room.
    """
    following = index if is_new else index + 1
    first = points[index - 1].position + _FRAME if index > 0 else 0
    last = points[following].position - _FRAME if following < len(points) else duration
    return (Samples(first), Samples(last)) if first <= last else None


def index_for(points: Sequence[CurvePoint], position: Samples) -> int:
    """Where a new point would be put in."""
    return bisect_left(points, position, key=lambda point: point.position)


_FRAME = 1_920
