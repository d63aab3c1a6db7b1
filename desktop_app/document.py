"""The open project: its undo stack, its path and whether it is saved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.project.edits.base import Edit
from desktop_app.project.project import Project
from desktop_app.project.undo import UndoStack


class Document(QObject):
    """Holds the project that is open, and tells when it changes. Lives in the GUI thread.

    A gesture is a drag or a series of small steps of a slider that becomes one undo step: every
    preview is applied to the project from before the gesture, and only the last one is recorded.

    Signals:
        changed (Project, Project): The project before and after; never the same object twice.
        state_changed (): The path, the dirty flag or the undo labels may have changed.
    """

    changed = Signal(object, object)
    state_changed = Signal()

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project or Project()
        self._stack = UndoStack(self._project)
        self._saved = self._project
        self._path: Path | None = None
        self._gesture_label: str | None = None
        self._needs_saving = False

    @property
    def project(self) -> Project:
        """The present state, that of a running gesture included."""
        return self._project

    @property
    def settled_project(self) -> Project:
        """The present state without a running gesture; what autosave writes."""
        return self._stack.project

    @property
    def path(self) -> Path | None:
        """The project's folder, or ``None`` while it was never saved."""
        return self._path

    @property
    def is_dirty(self) -> bool:
        """Whether the settled project differs from what was last saved or opened."""
        return self._needs_saving or self._stack.project != self._saved

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return not self.is_in_gesture and self._stack.undo_label is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return not self.is_in_gesture and self._stack.redo_label is not None

    @property
    def undo_label(self) -> str:
        """Label of the step that ``undo`` takes back, or an empty string."""
        return self._stack.undo_label or ""

    @property
    def redo_label(self) -> str:
        """Label of the step that ``redo`` does again, or an empty string."""
        return self._stack.redo_label or ""

    @property
    def history(self) -> tuple[str, ...]:
        """Labels of all steps, done and undone, oldest first."""
        return self._stack.entries

    @property
    def history_position(self) -> int:
        """Number of steps that are done."""
        return self._stack.position

    @property
    def states(self) -> tuple[Project, ...]:
        """All states that undo and redo can show; the media of all of them are still needed."""
        return self._stack.states

    @property
    def is_in_gesture(self) -> bool:
        """Whether a gesture has begun and not ended."""
        return self._gesture_label is not None

    def execute(self, edit: Edit) -> None:
        """Apply an edit as one undo step; one that changes nothing is no step.

        Within a gesture the gesture so far is committed first.

        Raises:
            EditError: The edit cannot be done; nothing has changed.
        """
        if self.is_in_gesture:
            self.commit_gesture()
        self._show(self._stack.execute(edit))

    def undo(self) -> None:
        """Take back one step, or abandon the running gesture."""
        if self.is_in_gesture:
            self.abandon_gesture()
        else:
            self._show(self._stack.undo())

    def redo(self) -> None:
        """Do one step again; nothing during a gesture."""
        if not self.is_in_gesture:
            self._show(self._stack.redo())

    def jump(self, position: int) -> None:
        """Go to the state after ``position`` steps of the history.

        Raises:
            ValueError: There are not so many steps.
        """
        self.abandon_gesture()
        self._show(self._stack.jump(position))

    def begin_gesture(self, label: str) -> None:
        """Begin a series of previews that becomes one undo step of this label."""
        if self.is_in_gesture:
            self.commit_gesture()
        self._gesture_label = label
        self.state_changed.emit()

    def preview(self, edit: Edit) -> None:
        """Show the edit applied to the project from before the gesture.

        Raises:
            EditError: The edit cannot be done; the preview before stays.
            RuntimeError: No gesture has begun.
        """
        if not self.is_in_gesture:
            raise RuntimeError("preview() needs begin_gesture() first")
        self._show(edit.apply(self._stack.project))

    def commit_gesture(self) -> None:
        """End the gesture and record what it shows as one step; nothing without a gesture."""
        if self._gesture_label is not None:
            label, self._gesture_label = self._gesture_label, None
            self._show(self._stack.record(label, self._project))

    def abandon_gesture(self) -> None:
        """End the gesture and go back to before it; nothing without a gesture."""
        if self._gesture_label is not None:
            self._gesture_label = None
            self._show(self._stack.project)

    @contextmanager
    def gesture(self, label: str) -> Iterator["Document"]:
        """A gesture for a ``with`` block: committed at its end, abandoned by an exception."""
        self.begin_gesture(label)
        try:
            yield self
        except BaseException:
            self.abandon_gesture()
            raise
        self.commit_gesture()

    def mark_saved(self, path: Path, saved: Project | None = None) -> None:
        """Remember that the project lies on disk.

        A project is named after its folder, so saving under another name renames every state of
        the history; that is no undo step.

        Args:
            path: The project's folder.
            saved: What was written, if the project may have changed since; ``None`` is the present
                settled state.
        """
        self._path = path
        self._needs_saving = False

        def named(project: Project) -> Project:
            return project if project.name == path.name else replace(project, name=path.name)

        self._saved = named(self._stack.project if saved is None else saved)
        self._amend(named)

    def replace(self, project: Project, path: Path | None, *, is_dirty: bool = False) -> None:
        """Show another project with an empty history, after "New", "Open" or a recovery.

        Args:
            project: The other project.
            path: Its folder, or ``None`` if it was never saved.
            is_dirty: Whether it holds changes that are not in its saved file.
        """
        self._gesture_label = None
        self._stack = UndoStack(project)
        self._saved = project
        self._path = path
        self._needs_saving = is_dirty
        self._show(project)

    def _amend(self, change: Callable[[Project], Project]) -> None:
        self._stack.amend_all(change)
        self._show(change(self._project))

    def _show(self, after: Project) -> None:
        before, self._project = self._project, after
        if after is not before:
            self.changed.emit(before, after)
        self.state_changed.emit()
