"""Remove a marker."""

from dataclasses import dataclass

from desktop_app.project.edits.markers import with_markers
from desktop_app.project.ids import MarkerId
from desktop_app.project.lookup import marker_by_id
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class RemoveMarker:
    """Take a marker off the timeline."""

    marker_id: MarkerId

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Remove marker"

    def apply(self, project: Project) -> Project:
        """Return the project without the marker, or raise :class:`EditError`."""
        removed = marker_by_id(project, self.marker_id)
        return with_markers(project, (other for other in project.markers if other is not removed))
