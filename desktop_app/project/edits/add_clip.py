"""Add a clip."""

from dataclasses import dataclass

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.placement import placed
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Project, PromptClip


@dataclass(frozen=True, slots=True)
class AddClip:
    """Put a new clip on a lane."""

    lane_id: LaneId
    clip: PromptClip

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Add clip"

    def apply(self, project: Project) -> Project:
        """Return the project with the clip, or raise :class:`EditError`."""
        if any(clip.id == self.clip.id for lane in project.lanes for clip in lane.clips):
            raise EditError(f"The project already has a clip “{self.clip.id}”.")
        lane = lane_by_id(project, self.lane_id)
        return with_lane(project, placed(lane, (*lane.clips, self.clip)))
