"""Change how a lane's sound is made."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import check_settings
from desktop_app.project.edits.base import with_lane
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import GenerationSettings, Project


@dataclass(frozen=True, slots=True)
class ChangeLaneSettings:
    """Give a lane other settings for its next generations; finished takes keep theirs."""

    lane_id: LaneId
    settings: GenerationSettings

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Change generation settings"

    def apply(self, project: Project) -> Project:
        """Return the project with the settings changed, or raise :class:`EditError`."""
        check_settings(self.settings)
        lane = lane_by_id(project, self.lane_id)
        return with_lane(project, replace(lane, settings=self.settings))
