"""The undo stack: all states of the project since it was opened."""

from collections.abc import Callable

from desktop_app.project.edits.base import Edit
from desktop_app.project.project import Project


class UndoStack:
    """Keeps every state with the label of the step that led to it. States share their parts.

    Args:
        project: The state that cannot be undone.
    """

    def __init__(self, project: Project) -> None:
        self._states = [project]
        self._labels: list[str] = []
        self._position = 0

    @property
    def project(self) -> Project:
        """The present state."""
        return self._states[self._position]

    @property
    def states(self) -> tuple[Project, ...]:
        """All states that can be reached by undo and redo, oldest first."""
        return tuple(self._states)

    @property
    def entries(self) -> tuple[str, ...]:
        """Labels of all steps, done and undone, oldest first."""
        return tuple(self._labels)

    @property
    def position(self) -> int:
        """Number of steps that are done, 0 to ``len(entries)``."""
        return self._position

    @property
    def undo_label(self) -> str | None:
        """Label of the step that ``undo`` takes back, or ``None``."""
        return self._labels[self._position - 1] if self._position else None

    @property
    def redo_label(self) -> str | None:
        """Label of the step that ``redo`` does again, or ``None``."""
        return self._labels[self._position] if self._position < len(self._labels) else None

    def execute(self, edit: Edit) -> Project:
        """Apply an edit and record it; one that changes nothing is not recorded.

        Returns:
            The present state.

        Raises:
            EditError: The edit cannot be done; nothing has changed.
        """
        return self.record(edit.label, edit.apply(self.project))

    def record(self, label: str, after: Project) -> Project:
        """Make ``after`` the present state as one step, unless it equals the present one.

        Returns:
            The present state.
        """
        if after != self.project:
            del self._states[self._position + 1 :]
            del self._labels[self._position :]
            self._states.append(after)
            self._labels.append(label)
            self._position += 1
        return self.project

    def undo(self) -> Project:
        """Take back one step, if there is one, and return the present state."""
        return self.jump(max(self._position - 1, 0))

    def redo(self) -> Project:
        """Do one step again, if there is one, and return the present state."""
        return self.jump(min(self._position + 1, len(self._labels)))

    def jump(self, position: int) -> Project:
        """Go to the state after ``position`` steps, and return it.

        Raises:
            ValueError: There are not so many steps.
        """
        if not 0 <= position <= len(self._labels):
            raise ValueError(f"position must be 0 to {len(self._labels)}, got {position}")
        self._position = position
        return self.project

    def amend_all(self, change: Callable[[Project], Project]) -> None:
        """Apply a change that is no step, such as the name after "Save as", to every state."""
        self._states = [change(state) for state in self._states]
