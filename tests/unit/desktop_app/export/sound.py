"""Projects with sound for tests of exports."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.edits import ChangeLane, KeepTake
from desktop_app.project.ids import LaneId
from desktop_app.project.project import Project, Take
from desktop_app.project.time import Samples
from tests.unit.desktop_app.builders import done, project_with, take


class NoiseSources:
    """Every take is noise of its own, as loud as is asked; the same wherever it is cut."""

    def __init__(self, level: float = 0.2) -> None:
        self._level = level
        self._noise: dict[str, NDArray[np.float32]] = {}

    def samples(self, take: Take, first: Samples, num: int) -> NDArray[np.float32]:
        if take.id not in self._noise:
            seed = list(str(take.id).encode())
            values = np.random.default_rng(seed).normal(0, self._level, take.span.duration)
            self._noise[take.id] = values.astype(np.float32)
        return self._noise[take.id][first : first + num]


def three_lanes() -> Project:
    """Three lanes of sound with their own levels; 5 s, starting at 0, 1 and 2 s."""
    return done(
        project_with((), (), ()),
        KeepTake(LaneId("lane0"), take("a", 1, 0, 100)),
        KeepTake(LaneId("lane1"), take("b", 1, 25, 75)),
        KeepTake(LaneId("lane2"), take("c", 1, 50, 125)),
        ChangeLane(LaneId("lane0"), name="Rain", gain_db=-3.0, pan=-0.3),
        ChangeLane(LaneId("lane1"), name="Wind", gain_db=2.0, pan=0.7),
        ChangeLane(LaneId("lane2"), name="Bus"),
    )
