"""Move clips along the timeline or to other lanes."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import counted
from desktop_app.project.edits.placement import moved_span, placed
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clips_by_ids
from desktop_app.project.project import Lane, Project, PromptClip
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True)
class MoveClips:
    """Shift clips by the same number of samples and the same number of lanes.

    Attributes:
        clip_ids: The clips, on any lanes.
        delta: Samples; negative is earlier.
        lane_delta: Lanes; negative is up.
    """

    clip_ids: frozenset[ClipId]
    delta: Samples
    lane_delta: int = 0

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return counted("Move", "clip", self.clip_ids)

    def apply(self, project: Project) -> Project:
        """Return the project with the clips moved, or raise :class:`EditError`."""
        clips_by_ids(project, self.clip_ids)
        arriving: dict[int, list[PromptClip]] = {}
        for index, lane in enumerate(project.lanes):
            moving = [clip for clip in lane.clips if clip.id in self.clip_ids]
            if moving and not 0 <= index + self.lane_delta < len(project.lanes):
                raise EditError("There is no lane there for the clips.")
            arriving[index + self.lane_delta] = [
                replace(clip, span=moved_span(clip.span, self.delta)) for clip in moving
            ]
        lanes = tuple(
            self._changed(lane, arriving.get(index, [])) for index, lane in enumerate(project.lanes)
        )
        return replace(project, lanes=lanes)

    def _changed(self, lane: Lane, arriving: list[PromptClip]) -> Lane:
        staying = [clip for clip in lane.clips if clip.id not in self.clip_ids]
        if not arriving and len(staying) == len(lane.clips):
            return lane
        return placed(lane, (*staying, *arriving))
