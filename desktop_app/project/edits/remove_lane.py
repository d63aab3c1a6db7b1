"""Remove a lane."""

from dataclasses import dataclass, replace

from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_index
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class RemoveLane:
    """Remove a lane with its clips and takes. Its noise stream is never given out again."""

    lane_id: LaneId

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Remove lane"

    def apply(self, project: Project) -> Project:
        """Return the project without the lane, or raise :class:`EditError`."""
        index = lane_index(project, self.lane_id)
        return replace(project, lanes=(*project.lanes[:index], *project.lanes[index + 1 :]))
