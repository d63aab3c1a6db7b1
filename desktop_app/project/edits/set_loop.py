"""Set or clear the loop range."""

from dataclasses import dataclass, replace

from desktop_app.project.project import Project
from desktop_app.project.time import Span


@dataclass(frozen=True, slots=True)
class SetLoop:
    """Repeat this range; ``None`` clears it."""

    span: Span | None

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Clear loop" if self.span is None else "Set loop"

    def apply(self, project: Project) -> Project:
        """Return the project with the loop range."""
        return replace(project, loop=self.span)
