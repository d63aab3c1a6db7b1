"""Several edits as one step."""

from dataclasses import dataclass

from desktop_app.project.edits.base import Edit
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class Together:
    """Apply edits one after the other; if one is refused, none is done.

    Attributes:
        label: Text for the Undo menu.
        edits: In the order in which they are applied.
    """

    label: str
    edits: tuple[Edit, ...]

    def apply(self, project: Project) -> Project:
        """Return the project after all edits, or raise :class:`EditError`."""
        for edit in self.edits:
            project = edit.apply(project)
        return project
