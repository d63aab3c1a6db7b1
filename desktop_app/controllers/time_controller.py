"""Deletes and inserts time where a range of lanes is selected."""

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.generation import GenerationPlan
from desktop_app.project.edits.base import Edit
from desktop_app.project.edits.together import Together
from desktop_app.project.errors import EditError
from desktop_app.project.project import Lane, Take
from desktop_app.project.time import Span
from desktop_app.time_change import change_of_time, plan_time_change
from desktop_app.views.action_set import ActionSet


class TimeController(QObject):
    """Turns the two commands into edits, and into jobs where sound has to follow.

    Args:
        commands: Those of the window.
        document: The open project.
        edits: Runs what needs no sound.
        selection: For the range and its lanes.
        generation: Makes the takes; what they belong to is done when they are there.

    Signals:
        message (str): Why nothing was done, or what goes on.
    """

    message = Signal(str)

    def __init__(
        self,
        commands: ActionSet,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        generation: GenerationController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._document = document
        self._edits = edits
        self._selection = selection
        self._generation = generation
        commands["delete_time"].triggered.connect(lambda: self.change(inserts=False))
        commands["insert_time"].triggered.connect(lambda: self.change(inserts=True))
        selection.changed.connect(lambda _: self._show_state())
        self._show_state()

    def change(self, *, inserts: bool) -> None:
        """Delete the selected time, or insert as much where it begins; on all lanes or on none."""
        edits: list[Edit] = []
        jobs: list[tuple[GenerationPlan, Take]] = []
        try:
            for lane in self._lanes():
                self._require_quiet(lane)
                change = change_of_time(lane, self._span(), inserts=inserts)
                planned = plan_time_change(self._document.project, change)
                if planned is None:
                    edits.append(change)
                else:
                    jobs.append(planned)
        except EditError as error:
            self.message.emit(str(error))
            return
        if edits:
            self._edits.run(edits[0] if len(edits) == 1 else Together(edits[0].label, tuple(edits)))
        for plan, take in jobs:
            self._generation.change_time(plan, take)
        if jobs:
            self.message.emit("The clips follow when the sound around the joins is made.")

    def _span(self) -> Span:
        span = self._selection.value.span
        if span is None:
            raise EditError("Select a range of time on a lane first.")
        return span

    def _lanes(self) -> tuple[Lane, ...]:
        self._span()
        chosen = self._selection.value.lane_ids
        return tuple(lane for lane in self._document.project.lanes if lane.id in chosen)

    def _require_quiet(self, lane: Lane) -> None:
        """Refuse to plan upon what another job of this kind is about to change.

        Raises:
            EditError: There is such a job.
        """
        jobs = [job for job in self._generation.jobs if job.plan.lane_id == lane.id]
        if any(job.plan.time_change is not None for job in jobs):
            raise EditError(f"The time of the lane “{lane.name}” is being changed. Wait for it.")

    def _show_state(self) -> None:
        selected = self._selection.value
        for name in ("delete_time", "insert_time"):
            is_possible = selected.span is not None and bool(selected.lane_ids)
            self._commands[name].setEnabled(is_possible)
