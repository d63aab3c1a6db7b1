"""Remove clips."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import counted
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clips_by_ids
from desktop_app.project.project import Lane, Project


@dataclass(frozen=True, slots=True)
class RemoveClips:
    """Take clips off their lanes. The sound that was made from them stays."""

    clip_ids: frozenset[ClipId]

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return counted("Remove", "clip", self.clip_ids)

    def apply(self, project: Project) -> Project:
        """Return the project without the clips, or raise :class:`EditError`."""
        clips_by_ids(project, self.clip_ids)
        return replace(project, lanes=tuple(self._changed(lane) for lane in project.lanes))

    def _changed(self, lane: Lane) -> Lane:
        kept = tuple(clip for clip in lane.clips if clip.id not in self.clip_ids)
        return lane if len(kept) == len(lane.clips) else replace(lane, clips=kept)
