"""Change a lane's name, colour, level, pan, switches or number of takes."""

from dataclasses import KW_ONLY, dataclass, fields, replace
from typing import Any

from desktop_app.project.checks import check_lane_values
from desktop_app.project.edits.base import UNCHANGED, Unchanged, with_lane
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Project

_LABELS = {
    "name": "Rename lane",
    "colour": "Change lane colour",
    "gain_db": "Change lane level",
    "pan": "Change lane pan",
    "is_muted": "Mute lane",
    "is_soloed": "Solo lane",
    "is_folded": "Fold lane",
    "num_candidates": "Change number of takes",
}
_LABELS_OFF = {"is_muted": "Unmute lane", "is_soloed": "Unsolo lane", "is_folded": "Unfold lane"}


@dataclass(frozen=True, slots=True)
class ChangeLane:
    """Set the given values of a lane and leave the others.

    Attributes:
        lane_id: The lane.
        gain_db: ``MIN_GAIN_DB`` (silence) to ``MAX_GAIN_DB``.
        pan: -1 to 1.
        num_candidates: How many takes are made at once.
    """

    lane_id: LaneId
    _: KW_ONLY
    name: str | Unchanged = UNCHANGED
    colour: str | Unchanged = UNCHANGED
    gain_db: float | Unchanged = UNCHANGED
    pan: float | Unchanged = UNCHANGED
    is_muted: bool | Unchanged = UNCHANGED
    is_soloed: bool | Unchanged = UNCHANGED
    is_folded: bool | Unchanged = UNCHANGED
    num_candidates: int | Unchanged = UNCHANGED

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        given = self._given()
        if len(given) != 1:
            return "Change lane"
        [(name, value)] = given.items()
        return _LABELS_OFF[name] if value is False else _LABELS[name]

    def apply(self, project: Project) -> Project:
        """Return the project with the lane changed, or raise :class:`EditError`."""
        lane = replace(lane_by_id(project, self.lane_id), **self._given())
        check_lane_values(lane)
        return with_lane(project, lane)

    def _given(self) -> dict[str, Any]:
        values = {item.name: getattr(self, item.name) for item in fields(self)[1:]}
        return {name: value for name, value in values.items() if value is not UNCHANGED}
