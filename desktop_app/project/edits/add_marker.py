"""Add a marker."""

from dataclasses import dataclass

from desktop_app.project.edits.markers import with_markers
from desktop_app.project.errors import EditError
from desktop_app.project.ids import MarkerId
from desktop_app.project.project import Marker, Project
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True)
class AddMarker:
    """Put a named position on the timeline.

    Attributes:
        name: ``None`` is the first free "Marker 1", "Marker 2" …
    """

    marker_id: MarkerId
    position: Samples
    name: str | None = None

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Add marker"

    def apply(self, project: Project) -> Project:
        """Return the project with the marker, or raise :class:`EditError`."""
        if any(marker.id == self.marker_id for marker in project.markers):
            raise EditError(f"The project already has a marker “{self.marker_id}”.")
        name = _free_name(project) if self.name is None else self.name
        marker = Marker(id=self.marker_id, position=self.position, name=name)
        return with_markers(project, (*project.markers, marker))


def _free_name(project: Project) -> str:
    taken = {marker.name for marker in project.markers}
    number = len(project.markers) + 1
    while f"Marker {number}" in taken:
        number += 1
    return f"Marker {number}"
