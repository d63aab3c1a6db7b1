"""Add a lane."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import MAX_LANES, check_lane_values, check_settings
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId
from desktop_app.project.project import LANE_COLOURS, GenerationSettings, Lane, Project


@dataclass(frozen=True, slots=True)
class AddLane:
    """Add an empty lane with a noise stream of its own.

    Attributes:
        lane_id: A fresh name.
        name: ``None`` is the first free "Lane 1", "Lane 2" …
        colour: ``None`` is the next of ``LANE_COLOURS``.
        index: Place from the top, 0 to the number of lanes; ``None`` is below all others.
        settings: ``None`` is the defaults.
    """

    lane_id: LaneId
    name: str | None = None
    colour: str | None = None
    index: int | None = None
    settings: GenerationSettings | None = None

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Add lane"

    def apply(self, project: Project) -> Project:
        """Return the project with the lane, or raise :class:`EditError`."""
        index = len(project.lanes) if self.index is None else self.index
        if not 0 <= index <= len(project.lanes):
            raise EditError(f"There is no place {index} for a lane.")
        if any(lane.id == self.lane_id for lane in project.lanes):
            raise EditError(f"The project already has a lane “{self.lane_id}”.")
        if len(project.lanes) >= MAX_LANES:
            raise EditError(f"A project holds at most {MAX_LANES} lanes.")
        lane = Lane(
            id=self.lane_id,
            name=_free_name(project) if self.name is None else self.name,
            colour=_next_colour(project) if self.colour is None else self.colour,
            stream=project.next_stream,
            settings=self.settings or GenerationSettings(),
        )
        check_lane_values(lane)
        check_settings(lane.settings)
        return replace(
            project,
            lanes=(*project.lanes[:index], lane, *project.lanes[index:]),
            next_stream=project.next_stream + 1,
        )


def _free_name(project: Project) -> str:
    taken = {lane.name for lane in project.lanes}
    number = len(project.lanes) + 1
    while f"Lane {number}" in taken:
        number += 1
    return f"Lane {number}"


def _next_colour(project: Project) -> str:
    return LANE_COLOURS[project.next_stream % len(LANE_COLOURS)]
