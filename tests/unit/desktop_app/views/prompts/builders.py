"""Lanes for the inspector."""

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane, PromptClip
from tests.unit.desktop_app.builders import clip


def lane_of(*clips: PromptClip) -> Lane:
    return Lane(id=LaneId("rain"), name="Rain", colour="lagoon", stream=0, clips=clips)


def rain() -> Lane:
    """Three clips: the first two overlap by four frames, the third touches the second."""
    return lane_of(clip("a", 0, 50), clip("b", 46, 100), clip("c", 100, 150))
