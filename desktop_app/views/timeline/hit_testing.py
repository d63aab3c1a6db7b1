"""What lies under the pointer. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane
from desktop_app.views.timeline.clip_layout import ClipBox, clip_boxes
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.lane_layout import LaneRow, row_at

EDGE_PX = 8.0


class Part(Enum):
    """A part of the lanes that the pointer can be over."""

    NOTHING = auto()
    NEW_LANE = auto()
    STRIP = auto()
    SOUND = auto()
    CLIP = auto()
    CLIP_START = auto()
    CLIP_END = auto()
    WEIGHT_TAG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A part and whose it is."""

    part: Part
    lane_id: LaneId | None = None
    clip_id: ClipId | None = None

    @property
    def is_clip(self) -> bool:
        """Whether a clip or a part of it is meant."""
        return self.clip_id is not None


def hit_at(
    x: float,
    y: float,
    rows: Sequence[LaneRow],
    lanes: Mapping[LaneId, Lane],
    geometry: TimelineGeometry,
) -> Hit:
    """What lies at a point.

    Args:
        x: From the left edge of the time area.
        y: From the top of the first lane.
        rows: Places of the lanes.
        lanes: The lanes by name.
        geometry: The time transform.
    """
    row = row_at(rows, y)
    if row is None:
        is_below = y >= (rows[-1].band.bottom if rows else 0)
        return Hit(part=Part.NEW_LANE if is_below else Part.NOTHING)
    if not row.strip.contains(y):
        return Hit(part=Part.SOUND, lane_id=row.lane_id)
    boxes = clip_boxes(lanes[row.lane_id].clips, geometry)
    found = _clip_part(x, boxes)
    if found is None:
        return Hit(part=Part.STRIP, lane_id=row.lane_id)
    box, part = found
    return Hit(part=part, lane_id=row.lane_id, clip_id=box.clip.id)


def _clip_part(x: float, boxes: Sequence[ClipBox]) -> tuple[ClipBox, Part] | None:
    """Edges inside a clip win, then its tag and body, then edges just outside."""
    inside = [box for box in boxes if box.left <= x < box.right]
    edge = _edge(x, inside, min_inside=0.0, max_inside=EDGE_PX)
    if edge is not None:
        return edge
    if inside:
        box = inside[0] if len(inside) == 1 else _nearer(x, inside)
        is_tag = box.tag is not None and box.tag[0] <= x < box.tag[1]
        return box, Part.WEIGHT_TAG if is_tag else Part.CLIP
    return _edge(x, boxes, min_inside=-EDGE_PX / 2, max_inside=0.0)


def _edge(
    x: float, boxes: Sequence[ClipBox], *, min_inside: float, max_inside: float
) -> tuple[ClipBox, Part] | None:
    """The first edge that ``x`` lies so far inside of; a narrow clip keeps a body."""
    for box in boxes:
        limit = min(max_inside, box.width / 4)
        if min_inside <= x - box.left < limit:
            return box, Part.CLIP_START
        if min_inside <= box.right - x <= limit:
            return box, Part.CLIP_END
    return None


def _nearer(x: float, inside: Sequence[ClipBox]) -> ClipBox:
    """In a crossing: the clip whose half of the transition it is."""
    first, second = inside[0], inside[1]
    return first if x < (second.left + first.right) / 2 else second
