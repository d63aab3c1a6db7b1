"""Rename a marker."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.markers import with_marker
from desktop_app.project.ids import MarkerId
from desktop_app.project.lookup import marker_by_id
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class RenameMarker:
    """Give a marker another name."""

    marker_id: MarkerId
    name: str

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Rename marker"

    def apply(self, project: Project) -> Project:
        """Return the project with the marker renamed, or raise :class:`EditError`."""
        marker = marker_by_id(project, self.marker_id)
        return with_marker(project, replace(marker, name=self.name))
