"""The large time, with the bar and the length of the selection."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.time import Samples
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring
from desktop_app.views.widgets.time_field import TimeField
from desktop_app.views.widgets.time_text import bar_text, duration_text, padded_clock_text

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WIDTH_PX, _NARROW_PX, _HEIGHT_PX = 300, 144, 40
_TIME_PX = 156


class TimeDisplay(QWidget):
    """Shows the position and asks for another: double click or Enter, then type.

    Args:
        theme: Colours and type.

    Signals:
        seek_requested (Samples): The user typed this position.
    """

    seek_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._position = Samples(0)
        self._tempo_bpm = 120.0
        self._beats_per_bar = 4
        self._selection_text = "none"
        self._is_narrow = False
        self.setAccessibleName("Time")
        self.setToolTip("Time of the playhead. Double click to type another.")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._field = TimeField(theme, "Go to time", parent=self)
        self._field.hide()
        self._field.installEventFilter(self)
        self._field.time_requested.connect(self._on_time_requested)
        self.show_narrow(is_narrow=False)
        theme.changed.connect(self._apply_theme)

    def show_time(self, position: Samples) -> None:
        """Show another position."""
        if position != self._position:
            self._position = position
            self.update(0, 0, self._divider_px() + 90, self.height())

    def show_tempo(self, tempo_bpm: float, beats_per_bar: int) -> None:
        """Count bars in another tempo."""
        self._tempo_bpm, self._beats_per_bar = tempo_bpm, beats_per_bar
        self._field.show_tempo(tempo_bpm, beats_per_bar)
        self.update()

    def show_selection(self, duration: Samples | None) -> None:
        """Show the length of the selected time; ``None`` for none."""
        self._selection_text = "none" if duration is None else duration_text(duration)
        self.update()

    def show_narrow(self, *, is_narrow: bool) -> None:
        """Leave bar and selection out, for narrow windows."""
        self._is_narrow = is_narrow
        self._apply_theme()

    def start_typing(self) -> None:
        """Show a field for another position and give it the keyboard."""
        self._field.show_time(self._position)
        self._field.setGeometry(6, 6, _TIME_PX - 12, _HEIGHT_PX - 12)
        self._field.show()
        self._field.setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and event.type() is QEvent.Type.FocusOut:
            self._field.hide()
        return False

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.start_typing()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS and not self._field.isVisible():
            self.start_typing()
        elif event.key() == Qt.Key.Key_Escape and self._field.isVisible():
            self._stop_typing()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        draw_box(
            painter,
            rect,
            theme.radius("button"),
            fill=theme.colour("field"),
            outline=theme.colour("line"),
        )
        painter.setFont(theme.font("display"))
        painter.setPen(theme.colour("text"))
        time = padded_clock_text(self._position)
        painter.drawText(
            QRectF(16, 0, self._divider_px() - 16, rect.height()),
            Qt.AlignmentFlag.AlignVCenter,
            time,
        )
        if not self._is_narrow:
            self._draw_values(painter)
        if self.hasFocus():
            draw_focus_ring(painter, rect, theme.radius("button"), theme)
        painter.end()

    def _draw_values(self, painter: QPainter) -> None:
        divider, scale = self._divider_px(), max(1.0, self._theme.text_scale)
        painter.fillRect(
            QRectF(divider, 8, 1, self.height() - 16), self._theme.colour("line_strong")
        )
        bar = bar_text(self._position, self._tempo_bpm, self._beats_per_bar)
        self._draw_value(painter, divider + 12 * scale, "BAR", bar)
        self._draw_value(painter, divider + 72 * scale, "SELECTION", self._selection_text)

    def _draw_value(self, painter: QPainter, x: float, label: str, value: str) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        half = self.height() / 2
        painter.setFont(self._theme.font("tiny"))
        painter.setPen(self._theme.colour("text3"))
        painter.drawText(QRectF(x, half * 0.2, 120, half * 0.75), middle, label)
        painter.setFont(self._theme.font("body", 600))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(QRectF(x, half * 0.95, 120, half * 0.85), middle, value)

    def _divider_px(self) -> int:
        return round(_TIME_PX * max(1.0, self._theme.text_scale))

    def _apply_theme(self) -> None:
        width = _NARROW_PX if self._is_narrow else _WIDTH_PX
        scale = max(1.0, self._theme.text_scale)
        height = min(round(_HEIGHT_PX * scale), self._theme.metric("transport") - 8)
        self.setFixedSize(QSize(round(width * scale), height))
        self.update()

    def _on_time_requested(self, position: Samples) -> None:
        self._stop_typing()
        self.seek_requested.emit(position)

    def _stop_typing(self) -> None:
        self._field.hide()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
