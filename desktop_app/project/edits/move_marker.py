"""Move a marker."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.markers import with_marker
from desktop_app.project.ids import MarkerId
from desktop_app.project.lookup import marker_by_id
from desktop_app.project.project import Project
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True)
class MoveMarker:
    """Give a marker another position."""

    marker_id: MarkerId
    position: Samples

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Move marker"

    def apply(self, project: Project) -> Project:
        """Return the project with the marker moved, or raise :class:`EditError`."""
        marker = marker_by_id(project, self.marker_id)
        return with_marker(project, replace(marker, position=self.position))
