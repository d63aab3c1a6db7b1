"""One line of the list of jobs."""

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.prompts.lane_title import Swatch
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_icon
from desktop_app.views.widgets.progress_bar import ProgressBar

_HEIGHT_PX = 38
_ICONS = {
    JobRowState.WAITING: ("queue", "text2"),
    JobRowState.RUNNING: ("generate", "engine_text"),
    JobRowState.DONE: ("check", "ok"),
    JobRowState.FAILED: ("error", "error"),
    JobRowState.UNFINISHED: ("history", "text2"),
    JobRowState.CANCELLED: ("cancel", "text3"),
}


class JobEntry(QWidget):
    """Icon, lane, what, range, bar, stage in words, time, and a button to stop or try again.

    Args:
        theme: Colours and type.
        row: What to show.

    Signals:
        cancel_requested (str): The job with this id shall stop.
        retry_requested (str): The job with this id, failed or unfinished, shall go on.
        details_requested (str): The full text of the error is wanted.
        dismiss_requested (str): The job with this id, failed or unfinished, shall be given up.
    """

    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    details_requested = Signal(str)
    dismiss_requested = Signal(str)

    def __init__(self, theme: Theme, row: JobRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = row
        self._swatch = Swatch(theme)
        self._lane = Label(theme, "", colour="text", weight=600, elides=True)
        self._what = Label(theme, "")
        self._range = Label(theme, "", weight=500)
        self._bar = ProgressBar(theme, "Progress", colour="engine")
        self._stage = Label(theme, "", elides=True)
        self._time = Label(theme, "", colour="text3", weight=600)
        self._details = IconButton(theme, "info", "Details", icon_px=16)
        self._retry = IconButton(theme, "retry", "Try again", icon_px=16)
        self._cancel = IconButton(theme, "cancel", "Cancel this job", icon_px=16)
        self._dismiss = IconButton(theme, "delete", "Give this job up", icon_px=16)
        self.setFixedHeight(_HEIGHT_PX)
        self._lay_out()
        self._cancel.clicked.connect(lambda: self.cancel_requested.emit(self._row.job_id))
        self._retry.clicked.connect(lambda: self.retry_requested.emit(self._row.job_id))
        self._dismiss.clicked.connect(lambda: self.dismiss_requested.emit(self._row.job_id))
        self._details.clicked.connect(lambda: self.details_requested.emit(self._row.job_id))
        theme.changed.connect(self.update)
        self.show_row(row)

    def show_row(self, row: JobRow) -> None:
        """Show how far the job has come."""
        self._row = row
        is_running = row.state is JobRowState.RUNNING
        self._swatch.show_colour(row.lane_colour)
        self._lane.show_text(row.lane_name)
        self._what.show_text(row.what)
        self._range.show_text(row.range_text)
        self._bar.setVisible(is_running)
        self._bar.show_fraction(row.fraction)
        self._stage.show_text(
            row.stage_text, "error" if row.state is JobRowState.FAILED else "text2"
        )
        self._time.show_text(row.time_text, "engine_text" if is_running else "text3")
        self._cancel.setVisible(row.state in {JobRowState.RUNNING, JobRowState.WAITING})
        can_go_on = row.state in {JobRowState.FAILED, JobRowState.UNFINISHED}
        self._retry.show_name("Go on" if row.state is JobRowState.UNFINISHED else "Try again")
        self._retry.setVisible(can_go_on)
        self._dismiss.setVisible(can_go_on)
        self._details.setVisible(bool(row.details))
        self.setAccessibleName(
            f"{row.lane_name}, {row.what}, {row.range_text}. {row.stage_text} {row.time_text}"
        )
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        name, token = _ICONS[self._row.state]
        at = QPointF(22, self.height() / 2)
        draw_icon(painter, self._theme, name, token, centre=at, size=18)
        line = QRectF(12, self.height() - 1, self.width() - 24, 1)
        painter.fillRect(line, self._theme.colour("line"))
        painter.end()

    def _lay_out(self) -> None:
        self._lane.setFixedWidth(92)
        self._what.setFixedWidth(88)
        self._range.setFixedWidth(128)
        row = QHBoxLayout(self)
        row.setContentsMargins(41, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self._lane)
        row.addWidget(self._what)
        row.addWidget(self._range)
        row.addWidget(self._bar, 3)
        row.addWidget(self._stage, 4)
        row.addWidget(self._time)
        row.addSpacing(8)
        for button in (self._details, self._retry, self._dismiss, self._cancel):
            row.addWidget(button)
