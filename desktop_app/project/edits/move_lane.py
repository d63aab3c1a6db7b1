"""Move a lane up or down."""

from dataclasses import dataclass, replace

from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_index
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class MoveLane:
    """Give a lane another place.

    Attributes:
        lane_id: The lane.
        index: Its place from the top afterwards, 0 to the number of lanes less one.
    """

    lane_id: LaneId
    index: int

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Move lane"

    def apply(self, project: Project) -> Project:
        """Return the project with the lane moved, or raise :class:`EditError`."""
        lanes = list(project.lanes)
        lane = lanes.pop(lane_index(project, self.lane_id))
        if not 0 <= self.index <= len(lanes):
            raise EditError(f"There is no place {self.index} for a lane.")
        lanes.insert(self.index, lane)
        return replace(project, lanes=tuple(lanes))
