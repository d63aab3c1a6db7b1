"""Name a take or mark it as a favourite."""

from dataclasses import KW_ONLY, dataclass, replace

from desktop_app.project.checks import check_name
from desktop_app.project.edits.base import UNCHANGED, Unchanged, with_lane
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class ChangeTake:
    """Set the given values of a take and leave the others."""

    lane_id: LaneId
    take_id: TakeId
    _: KW_ONLY
    name: str | Unchanged = UNCHANGED
    is_favourite: bool | Unchanged = UNCHANGED

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        if self.is_favourite is UNCHANGED:
            return "Rename take"
        return "Mark as favourite" if self.is_favourite else "Remove favourite mark"

    def apply(self, project: Project) -> Project:
        """Return the project with the take changed, or raise :class:`EditError`."""
        lane = lane_by_id(project, self.lane_id)
        take = take_in_lane(lane, self.take_id)
        name = take.name if self.name is UNCHANGED else self.name
        is_favourite = take.is_favourite if self.is_favourite is UNCHANGED else self.is_favourite
        check_name("The take's name", name)
        changed = replace(take, name=name, is_favourite=is_favourite)
        takes = tuple(changed if other is take else other for other in lane.takes)
        return with_lane(project, replace(lane, takes=takes))
