"""Choosing between takes with keys and menus."""

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.change_take import ChangeTake
from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import Lane, Project, Take
from desktop_app.project.time import Span
from desktop_app.views.action_set import ActionSet
from desktop_app.views.commands import NUM_TAKE_KEYS


class TakesController(QObject):
    """Lets other takes of the focused lane play, and marks them.

    While a range of the lane is selected, a take chosen by its number plays in that range only.

    Signals:
        message (str): One line for the status bar.
    """

    message = Signal(str)

    def __init__(
        self,
        actions: ActionSet,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._edits = edits
        self._selection = selection
        self._before: dict[LaneId, TakeId] = {}
        document.changed.connect(self._on_document_changed)
        actions["take_next"].triggered.connect(lambda: self.step(1))
        actions["take_previous"].triggered.connect(lambda: self.step(-1))
        actions["take_flip"].triggered.connect(self.flip)
        actions["take_favourite"].triggered.connect(self.mark)
        for number in range(1, NUM_TAKE_KEYS + 1):
            actions[f"take_{number}"].triggered.connect(
                lambda _=False, number=number: self.use_number(number)
            )

    def step(self, step: int) -> None:
        """Let the next (1) or the previous (-1) take of the lane play."""
        lane = self._lane_with_takes()
        if lane is None:
            return
        take_ids = [take.id for take in lane.takes]
        playing = _playing(lane)
        index = take_ids.index(playing) + step if playing in take_ids else 0
        if 0 <= index < len(take_ids):
            self._edits.run(UseTake(lane.id, take_ids[index]))

    def use_number(self, number: int) -> None:
        """Let the take of this number play, in the selected range if there is one."""
        lane = self._lane_with_takes()
        if lane is None:
            return
        take = next((take for take in lane.takes if take.number == number), None)
        if take is None:
            self.message.emit(f"“{lane.name}” has no take {number}.")
            return
        selected = self._selected_span(lane)
        span = None if selected is None else selected.intersection(take.span)
        if selected is not None and span is None:
            self.message.emit(f"Take {number} has no sound in the selected range.")
            return
        self._edits.run(UseTake(lane.id, take.id, span))

    def flip(self) -> None:
        """Let the take play that played before this one."""
        lane = self._lane_with_takes()
        if lane is None:
            return
        before = self._before.get(lane.id)
        if before is None or before not in {take.id for take in lane.takes}:
            self.message.emit("No other take of this lane has played yet.")
            return
        self._edits.run(UseTake(lane.id, before))

    def mark(self) -> None:
        """Make the take that plays a favourite, or none any more."""
        lane = self._lane_with_takes()
        take = None if lane is None else _take(lane, _playing(lane))
        if lane is not None and take is not None:
            self._edits.run(ChangeTake(lane.id, take.id, is_favourite=not take.is_favourite))

    def _lane_with_takes(self) -> Lane | None:
        lane = self._selection.lane
        if lane is None or not lane.takes:
            self.message.emit("Select a lane with takes first.")
            return None
        return lane

    def _selected_span(self, lane: Lane) -> Span | None:
        value = self._selection.value
        return value.span if lane.id in value.lane_ids else None

    def _on_document_changed(self, before: Project | None, after: Project) -> None:
        if before is None or before.lanes is after.lanes:
            return
        playing = {lane.id: _playing(lane) for lane in after.lanes}
        for lane in before.lanes:
            old = _playing(lane)
            if old is not None and lane.id in playing and playing[lane.id] != old:
                self._before[lane.id] = old


def _playing(lane: Lane) -> TakeId | None:
    return lane.sound[0].take_id if lane.sound else None


def _take(lane: Lane, take_id: TakeId | None) -> Take | None:
    return next((take for take in lane.takes if take.id == take_id), None)
