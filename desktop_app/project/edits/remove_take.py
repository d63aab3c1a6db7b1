"""Remove a take."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.sound import sound_without_take
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class RemoveTake:
    """Remove a take; where it played there is silence. Its number is not given out again."""

    lane_id: LaneId
    take_id: TakeId

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Remove take"

    def apply(self, project: Project) -> Project:
        """Return the project without the take, or raise :class:`EditError`."""
        lane = lane_by_id(project, self.lane_id)
        take = take_in_lane(lane, self.take_id)
        changed = replace(
            lane,
            takes=tuple(other for other in lane.takes if other is not take),
            sound=sound_without_take(lane.sound, self.take_id),
        )
        return with_lane(project, changed)
