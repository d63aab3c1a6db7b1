"""Duplicate clips."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from desktop_app.project.edits.base import counted
from desktop_app.project.edits.placement import moved_span, placed
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clips_by_ids
from desktop_app.project.project import Lane, Project
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True)
class DuplicateClips:
    """Put copies of clips on the same lanes.

    Attributes:
        clip_ids: The clips to copy.
        delta: How much later the copies start, in samples; negative is earlier.
        new_ids: Name of the copy of each clip.
    """

    clip_ids: frozenset[ClipId]
    delta: Samples
    new_ids: Mapping[ClipId, ClipId]

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return counted("Duplicate", "clip", self.clip_ids)

    def apply(self, project: Project) -> Project:
        """Return the project with the copies, or raise :class:`EditError`."""
        clips_by_ids(project, self.clip_ids)
        if missing := self.clip_ids - self.new_ids.keys():
            raise EditError(f"The copy of the clip “{min(missing)}” has no name.")
        names = [self.new_ids[clip_id] for clip_id in self.clip_ids]
        present = {clip.id for lane in project.lanes for clip in lane.clips}
        if len(set(names)) < len(names) or not present.isdisjoint(names):
            raise EditError("The copies of clips need names that are not in the project yet.")
        return replace(project, lanes=tuple(self._changed(lane) for lane in project.lanes))

    def _changed(self, lane: Lane) -> Lane:
        copies = [
            replace(clip, id=self.new_ids[clip.id], span=moved_span(clip.span, self.delta))
            for clip in lane.clips
            if clip.id in self.clip_ids
        ]
        return placed(lane, (*lane.clips, *copies)) if copies else lane
