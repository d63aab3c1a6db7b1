"""Copied clips, and how they are put back. No Qt."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop_app.project.edits.add_clip import AddClip
from desktop_app.project.edits.add_lane import AddLane
from desktop_app.project.edits.base import Edit, counted
from desktop_app.project.edits.together import Together
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.lookup import lane_index
from desktop_app.project.project import Project, PromptClip
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCopies:
    """Clips as they were when they were copied.

    Attributes:
        start: Start of the first one.
        clips: Each with the number of its lane below the topmost of them.
    """

    start: Samples
    clips: tuple[tuple[int, PromptClip], ...]


def copies_of(project: Project, clip_ids: frozenset[ClipId]) -> ClipCopies | None:
    """Copy clips; ``None`` if there are none of these names."""
    found = [
        (index, clip)
        for index, lane in enumerate(project.lanes)
        for clip in lane.clips
        if clip.id in clip_ids
    ]
    if not found:
        return None
    top = min(index for index, _ in found)
    return ClipCopies(
        start=min(clip.span.start for _, clip in found),
        clips=tuple((index - top, clip) for index, clip in found),
    )


def paste(
    project: Project,
    copies: ClipCopies,
    lane_id: LaneId | None,
    position: Samples,
    new_id: Callable[[], str],
) -> tuple[Edit, frozenset[ClipId]]:
    """The step that puts copied clips at a position, and the new clips' names.

    Args:
        project: Where they go.
        copies: The clips.
        lane_id: Takes the topmost of them, the lanes below it take the others; lanes that are
            lacking are added. ``None`` is the first lane.
        position: Where the first one begins.
        new_id: Makes names.
    """
    first = 0 if lane_id is None else lane_index(project, lane_id)
    lane_ids = [lane.id for lane in project.lanes]
    num_lacking = first + max(offset for offset, _ in copies.clips) + 1 - len(lane_ids)
    added = [LaneId(new_id()) for _ in range(max(0, num_lacking))]
    lane_ids += added
    delta = Samples(position - copies.start)
    pasted = [
        (lane_ids[first + offset], replace(clip, id=ClipId(new_id()), span=clip.span.moved(delta)))
        for offset, clip in copies.clips
    ]
    edits: tuple[Edit, ...] = (
        *(AddLane(added_id) for added_id in added),
        *(AddClip(target, clip) for target, clip in pasted),
    )
    label = counted("Paste", "clip", pasted)
    return Together(label, edits), frozenset(clip.id for _, clip in pasted)
