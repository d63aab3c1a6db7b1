"""Finding things in a project by their name."""

from collections.abc import Iterable, Sequence

from desktop_app.project.errors import UnknownIdError
from desktop_app.project.ids import ClipId, LaneId, MarkerId, TakeId
from desktop_app.project.project import CurvePoint, Lane, Marker, Project, PromptClip, Take
from desktop_app.project.time import Span


def lane_index(project: Project, lane_id: LaneId) -> int:
    """Place of a lane, 0 at the top.

    Raises:
        UnknownIdError: No lane has this name.
    """
    for index, lane in enumerate(project.lanes):
        if lane.id == lane_id:
            return index
    raise UnknownIdError(f"There is no lane “{lane_id}” in the project.")


def lane_by_id(project: Project, lane_id: LaneId) -> Lane:
    """The lane of this name.

    Raises:
        UnknownIdError: No lane has this name.
    """
    return project.lanes[lane_index(project, lane_id)]


def clip_by_id(project: Project, clip_id: ClipId) -> tuple[Lane, PromptClip]:
    """The clip of this name and the lane it lies on.

    Raises:
        UnknownIdError: No clip has this name.
    """
    for lane in project.lanes:
        for clip in lane.clips:
            if clip.id == clip_id:
                return lane, clip
    raise UnknownIdError(f"There is no clip “{clip_id}” in the project.")


def clips_by_ids(project: Project, clip_ids: Iterable[ClipId]) -> dict[ClipId, PromptClip]:
    """The clips of these names, in order of lanes and starts.

    Raises:
        UnknownIdError: One of them is not in the project.
    """
    wanted = frozenset(clip_ids)
    found = {clip.id: clip for lane in project.lanes for clip in lane.clips if clip.id in wanted}
    if missing := wanted - found.keys():
        raise UnknownIdError(f"There is no clip “{min(missing)}” in the project.")
    return found


def curve_point_at(points: Sequence[CurvePoint], index: int) -> CurvePoint:
    """A point of a curve.

    Raises:
        UnknownIdError: The curve has no such point.
    """
    if not 0 <= index < len(points):
        raise UnknownIdError(f"The curve has {len(points)} points, but no {index + 1}th.")
    return points[index]


def take_in_lane(lane: Lane, take_id: TakeId) -> Take:
    """The take of this name on a lane.

    Raises:
        UnknownIdError: The lane has no take of this name.
    """
    for take in lane.takes:
        if take.id == take_id:
            return take
    raise UnknownIdError(f"There is no take “{take_id}” on the lane “{lane.name}”.")


def take_by_id(project: Project, take_id: TakeId) -> tuple[Lane, Take]:
    """The take of this name and the lane it belongs to.

    Raises:
        UnknownIdError: No take has this name.
    """
    for lane in project.lanes:
        for take in lane.takes:
            if take.id == take_id:
                return lane, take
    raise UnknownIdError(f"There is no take “{take_id}” in the project.")


def marker_by_id(project: Project, marker_id: MarkerId) -> Marker:
    """The marker of this name.

    Raises:
        UnknownIdError: No marker has this name.
    """
    for marker in project.markers:
        if marker.id == marker_id:
            return marker
    raise UnknownIdError(f"There is no marker “{marker_id}” in the project.")


def islands(lane: Lane) -> tuple[tuple[PromptClip, ...], ...]:
    """Runs of clips that touch or overlap, in order of time: the units of generation."""
    runs: list[list[PromptClip]] = []
    for clip in lane.clips:
        if runs and clip.span.start <= runs[-1][-1].span.end:
            runs[-1].append(clip)
        else:
            runs.append([clip])
    return tuple(tuple(run) for run in runs)


def island_span(island: tuple[PromptClip, ...]) -> Span:
    """The range from the first clip's start to the last clip's end."""
    return Span(island[0].span.start, island[-1].span.end)
