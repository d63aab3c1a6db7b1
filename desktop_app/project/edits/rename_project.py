"""Rename the project."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import check_name
from desktop_app.project.errors import EditError
from desktop_app.project.project import Project


@dataclass(frozen=True, slots=True)
class RenameProject:
    """Change the name in the title. A saved project's folder keeps its name."""

    name: str

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Rename project"

    def apply(self, project: Project) -> Project:
        """Return the project with the name, or raise :class:`EditError`."""
        check_name("The project's name", self.name)
        if not self.name.strip():
            raise EditError("A project needs a name.")
        return replace(project, name=self.name)
