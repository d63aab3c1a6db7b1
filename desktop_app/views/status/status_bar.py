"""The line at the bottom of the window."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.line import HairLine


class StatusBar(QWidget):
    """The queue in one line, the last message, the reading under the pointer, sizes and device.

    Args:
        theme: Colours and type.

    Signals:
        queue_requested (): The user wants to see the jobs.
        device_requested (): The user wants another audio device.
    """

    queue_requested = Signal()
    device_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Status")
        self._left = QWidget()
        self._queue_icon = IconButton(theme, "queue", "Show jobs", height_px=24, icon_px=16)
        self._queue = Label(theme, "Queue idle", kind="small", colour="text", weight=600)
        self._message = Label(theme, "", kind="small", weight=400, elides=True)
        self._reading = Label(theme, "", kind="small", weight=600)
        self._takes = Label(theme, "", kind="small")
        self._disk = Label(theme, "", kind="small")
        self._device = Label(theme, "", kind="small")
        self._choose = Button(theme, "Choose", kind=ButtonKind.QUIET, height_px=24)
        self._choose.setToolTip("Choose an audio device")
        self._choose.hide()
        self._lines = [
            HairLine(theme, is_vertical=True, length_px=12, is_strong=True) for _ in range(3)
        ]
        self._lay_out()
        self._queue_icon.clicked.connect(self.queue_requested)
        self._choose.clicked.connect(self.device_requested)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self._show_lines()

    def show_queue(self, text: str, *, is_busy: bool) -> None:
        """Show the queue in words; amber while something is made."""
        self._queue.show_text(text)
        self._queue_icon.show_icon("queue", "engine_text" if is_busy else "text2")

    def show_message(self, text: str) -> None:
        """Show what happened last."""
        self._message.show_text(text)

    @property
    def message(self) -> str:
        """The message shown."""
        return self._message.text()

    def show_reading(self, text: str) -> None:
        """Show time, frequency, note and level under the pointer."""
        self._reading.show_text(text)
        self._show_lines()

    def show_sizes(self, takes: str, free: str) -> None:
        """Show how much the takes need and how much is free: "Takes 1.2 GB", "412 GB free"."""
        self._takes.show_text(takes)
        self._disk.show_text(free)
        self._show_lines()

    def show_device(self, text: str, *, is_missing: bool = False) -> None:
        """Show the audio device, or that there is none."""
        self._device.show_text(text, "text" if is_missing else "text2")
        self._choose.setVisible(is_missing)
        self._show_lines()

    def show_header_width(self, width_px: int) -> None:
        """Align the message with the timeline's left edge."""
        self._left.setFixedWidth(width_px)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), self._theme.colour("line"))
        painter.end()

    def _lay_out(self) -> None:
        left = QHBoxLayout(self._left)
        left.setContentsMargins(4, 0, 0, 0)
        left.setSpacing(2)
        left.addWidget(self._queue_icon)
        left.addWidget(self._queue)
        left.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 12, 0)
        row.setSpacing(10)
        row.addWidget(self._left)
        row.addSpacing(-10)
        row.addWidget(self._message, 1)
        row.addWidget(self._reading)
        for line, label in zip(self._lines, (self._takes, self._disk, self._device), strict=True):
            row.addWidget(line, 0, Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(label)
        row.addWidget(self._choose)

    def _show_lines(self) -> None:
        labels = (self._reading, self._takes, self._disk, self._device)
        for index, line in enumerate(self._lines):
            has_left = any(label.text() for label in labels[: index + 1])
            line.setVisible(has_left and bool(labels[index + 1].text()))

    def _apply_theme(self) -> None:
        self.setFixedHeight(self._theme.text_metric("status_bar"))
        self.show_header_width(self._theme.metric("lane_header"))
        self.update()
