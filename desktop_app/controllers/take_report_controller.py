"""The report about a take: asked for by a command, measured in the background."""

import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.background import Background
from desktop_app.controllers.selection import Selection
from desktop_app.controllers.take_measures import (
    TakeNumbers,
    measure_take,
    nominal_layout,
    picture_of,
)
from desktop_app.document import Document
from desktop_app.project.ids import MediaId
from desktop_app.project.project import GenerationSettings, Lane, Take
from desktop_app.project.time import Samples
from desktop_app.views.action_set import ActionSet
from desktop_app.views.report.report_dialog import ReportDialog
from desktop_app.views.report.values import ReportPicture
from engine.analysis import SeamLayout

logger = logging.getLogger(__name__)

_COMMAND = "take_report"


class TakeReportController(QObject):
    """Opens the report of the take that plays on the focused lane.

    Signals:
        message (str): Why there is nothing to report.

    Args:
        actions: The window's commands.
        document: Holds the takes.
        selection: Says which lane is meant.
        position: Where the playhead is.
        media_path: Where a media file lies.
        make_dialog: Makes the dialog with this title over the window.
        layout_of: The windows that a take was made with.
    """

    message = Signal(str)

    def __init__(
        self,
        actions: ActionSet,
        document: Document,
        selection: Selection,
        position: Callable[[], Samples],
        media_path: Callable[[MediaId], Path],
        make_dialog: Callable[[str], ReportDialog],
        layout_of: Callable[[GenerationSettings], SeamLayout] = nominal_layout,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = actions[_COMMAND]
        self._selection = selection
        self._position = position
        self._media_path = media_path
        self._make_dialog = make_dialog
        self._layout_of = layout_of
        # Its own thread: a long take takes seconds, and new takes must be kept meanwhile.
        self._background = Background(self)
        self._dialog: ReportDialog | None = None
        self._action.triggered.connect(self.open)
        selection.changed.connect(lambda _: self._show_state())
        document.changed.connect(lambda *_: self._show_state())
        self._show_state()

    @property
    def dialog(self) -> ReportDialog | None:
        """The open report."""
        return self._dialog

    def open(self) -> None:
        """Report on the take that plays at the playhead, or else the lane's first that plays."""
        lane = self._selection.lane
        take = playing_take(lane, self._position()) if lane is not None else None
        if lane is None or take is None:
            self.message.emit("Select a lane with sound first.")
            return
        dialog = self._make_dialog(f"Sound of take {take.number} of {lane.name}")
        self._dialog = dialog
        dialog.finished.connect(lambda _: self._on_finished(dialog))
        dialog.open()
        self._background.run(
            lambda: self._load(take, lane.colour),
            lambda result: self._show_picture(dialog, take, result),
            key="picture",
        )

    def close(self) -> None:
        """Wait for the thread."""
        self._background.close()

    def _load(self, take: Take, colour: str) -> ReportPicture:
        # Loaded here for the first report, so that the window does not stand still for it.
        import_module("pyqtgraph")
        return picture_of(take, self._media_path, colour=colour)

    def _show_picture(
        self, dialog: ReportDialog, take: Take, result: ReportPicture | Exception
    ) -> None:
        if self._dialog is not dialog:
            return
        if isinstance(result, Exception):
            self._show_problem(dialog, take, result)
            return
        dialog.show_picture(result)
        self._background.run(
            lambda: measure_take(take, self._media_path, self._layout_of(take.recipe.settings)),
            lambda numbers: self._show_numbers(dialog, take, numbers),
            key="numbers",
        )

    def _show_numbers(
        self, dialog: ReportDialog, take: Take, result: TakeNumbers | Exception
    ) -> None:
        if self._dialog is not dialog:
            return
        if isinstance(result, Exception):
            self._show_problem(dialog, take, result)
        else:
            dialog.show_numbers(result.curves, result.rows)

    def _show_problem(self, dialog: ReportDialog, take: Take, error: Exception) -> None:
        logger.warning("take %s cannot be measured: %s", take.id, error)
        dialog.show_problem(f"This take cannot be measured: {error}.")

    def _show_state(self) -> None:
        lane = self._selection.lane
        self._action.setEnabled(lane is not None and bool(lane.sound))

    def _on_finished(self, dialog: ReportDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
        dialog.deleteLater()


def playing_take(lane: Lane, position: Samples) -> Take | None:
    """The take that is heard at a position, else the first that is heard; ``None`` in silence."""
    heard = [block.take_id for block in lane.sound if block.span.contains(position)]
    heard += [block.take_id for block in lane.sound]
    return next((take for take in lane.takes if heard and take.id == heard[0]), None)
