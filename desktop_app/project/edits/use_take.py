"""Let another take play."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.sound import sound_with
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Project, SoundBlock
from desktop_app.project.time import Span


@dataclass(frozen=True, slots=True)
class UseTake:
    """Let a take of the lane play over a range; what plays elsewhere stays.

    Attributes:
        lane_id: The lane.
        take_id: One of its takes.
        span: A range within the take; ``None`` is all of it.
    """

    lane_id: LaneId
    take_id: TakeId
    span: Span | None = None

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Use take"

    def apply(self, project: Project) -> Project:
        """Return the project with the take playing, or raise :class:`EditError`."""
        lane = lane_by_id(project, self.lane_id)
        take = take_in_lane(lane, self.take_id)
        span = take.span if self.span is None else self.span
        if take.span.intersection(span) != span:
            raise EditError(f"Take {take.number} has no sound in a part of the chosen range.")
        block = SoundBlock(span=span, take_id=take.id)
        return with_lane(project, replace(lane, sound=sound_with(lane.sound, block)))
