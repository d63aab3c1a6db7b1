"""Keep a finished take on its lane."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.sound import sound_with
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Project, SoundBlock, Take


@dataclass(frozen=True, slots=True)
class KeepTake:
    """Add a take to a lane and let it play over its span.

    A take whose number the lane has already given to another one gets the next free number: two
    jobs may have been started from the same state, and a finished take is never refused for that.

    Attributes:
        lane_id: The lane it was made for.
        take: Its files are already in the media store.
        plays: False keeps it without changing what is heard.
    """

    lane_id: LaneId
    take: Take
    plays: bool = True

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Keep take"

    def apply(self, project: Project) -> Project:
        """Return the project with the take, or raise :class:`EditError`."""
        lane = lane_by_id(project, self.lane_id)
        if any(take.id == self.take.id for other in project.lanes for take in other.takes):
            raise EditError(f"The project already has a take “{self.take.id}”.")
        if self.take.number < 1:
            raise EditError(f"Takes are numbered from 1, but this one is {self.take.number}.")
        take = self.take
        if any(other.number == take.number for other in lane.takes):
            take = replace(take, number=lane.next_take_number)
        block = SoundBlock(span=take.span, take_id=take.id)
        kept = replace(
            lane,
            takes=(*lane.takes, take),
            sound=sound_with(lane.sound, block) if self.plays else lane.sound,
            next_take_number=max(lane.next_take_number, take.number + 1),
        )
        return with_lane(project, kept)
