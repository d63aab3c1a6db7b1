"""Change the Everywhere prompt."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import check_prompt
from desktop_app.project.project import Project, Prompt


@dataclass(frozen=True, slots=True)
class ChangeEverywhere:
    """Set the words that are added to the prompt of every clip that has its switch on."""

    prompt: Prompt

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Change Everywhere prompt"

    def apply(self, project: Project) -> Project:
        """Return the project with the prompt, or raise :class:`EditError`."""
        check_prompt(self.prompt)
        return replace(project, everywhere=self.prompt)
