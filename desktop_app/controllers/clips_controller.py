"""Keeps the table of clips up to date, and does what is asked for in it."""

from PySide6.QtCore import QObject, QTimer

from desktop_app.controllers.clip_states import clip_states
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.inspector_controller import InspectorController
from desktop_app.controllers.job_display import stale_takes
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.views.dock.clips_table import ClipsTable
from desktop_app.views.status.status_bar import StatusBar

_DELAY_MS = 100
"""A drag changes the project with every frame; the table need not follow that fast."""


class ClipsController(QObject):
    """The table of clips: the timeline's twin for the keyboard and for screen readers.

    Args:
        table: The table.
        status: Says what is wrong with what was typed.
        document: The open project.
        selection: What is selected, here as there.
        inspector: Changes clips.
        generation: For what waits and runs.
    """

    def __init__(
        self,
        table: ClipsTable,
        status: StatusBar,
        document: Document,
        selection: Selection,
        inspector: InspectorController,
        generation: GenerationController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._table = table
        self._document = document
        self._selection = selection
        self._generation = generation
        self._timer = QTimer(self, interval=_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.show_now)
        table.selection_requested.connect(selection.select_clips)
        table.clip_change_requested.connect(inspector.change_clips)
        table.error_changed.connect(status.show_message)
        document.changed.connect(self._on_document_changed)
        generation.jobs_changed.connect(self._show_soon)
        selection.changed.connect(self._show_selection)
        self.show_now()

    def show_now(self) -> None:
        """Show the project as it is."""
        project = self._document.project
        states = clip_states(project, self._generation.jobs, stale_takes(project))
        self._table.show_project(project, states)
        self._show_selection()

    def _on_document_changed(self, before: Project, after: Project) -> None:
        if before.lanes is not after.lanes or before.everywhere is not after.everywhere:
            self._show_soon()

    def _show_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show_selection(self) -> None:
        # Clips that the table does not know yet are selected when it has been brought up to date.
        self._table.show_selection(self._selection.value.clip_ids)
