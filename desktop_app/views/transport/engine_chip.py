"""The chip that says what the engine is doing."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.transport.values import EngineState, EngineStatus
from desktop_app.views.widgets.painting import (
    antialiased_painter,
    draw_box,
    draw_focus_ring,
    draw_icon,
)

_WIDTH_PX, _NARROW_PX, _HEIGHT_PX = 172, 112, 32
_LEFT_PX, _RIGHT_PX, _GAP_PX = 26, 24, 8
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WORDS = {
    EngineState.READY: "ready",
    EngineState.WORKING: "working",
    EngineState.NOT_LOADED: "not loaded",
    EngineState.STOPPED: "stopped",
}


class EngineChip(QAbstractButton):
    """Shows the model, the device or the remaining time; clicking asks for more.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_narrow = False
        self._status = EngineStatus(state=EngineState.NOT_LOADED, model="Engine", note="not loaded")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_narrow(is_narrow=False)
        self.show_status(self._status)
        theme.changed.connect(self._apply_theme)

    def show_status(self, status: EngineStatus) -> None:
        """Show another state of the engine."""
        self._status = status
        words = _WORDS[status.state]
        note = "" if status.note == words else f", {status.note}"
        self.setAccessibleName(f"Engine: {status.model}, {words}{note}")
        self.setToolTip(status.details or f"{status.model}, {words}{note}")
        self.update()

    def show_narrow(self, *, is_narrow: bool) -> None:
        """Show only the dot and the note, for narrow windows."""
        self._is_narrow = is_narrow
        self._apply_theme()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS:
            self.click()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        ground = "hover" if self.underMouse() else "raised"
        draw_box(
            painter,
            rect,
            theme.radius("button"),
            fill=theme.colour(ground),
            outline=theme.colour("line"),
        )
        self._draw_dot(painter)
        middle = Qt.AlignmentFlag.AlignVCenter
        room = rect.adjusted(_LEFT_PX, 0, -_RIGHT_PX, 0)
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.colour(self._note_token()))
        elide = Qt.TextElideMode.ElideRight
        metrics = painter.fontMetrics()
        note = metrics.elidedText(self._status.note, elide, int(room.width()))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, note)
        if not self._is_narrow:
            room.setRight(room.right() - metrics.horizontalAdvance(note) - _GAP_PX)
            painter.setFont(theme.font("body", 600))
            painter.setPen(theme.colour("text"))
            model = painter.fontMetrics().elidedText(self._status.model, elide, int(room.width()))
            painter.drawText(room, middle, model)
        at = QPointF(rect.right() - 12, rect.center().y())
        draw_icon(painter, theme, "chevron-down", "text3", centre=at, size=16)
        if self.hasFocus():
            draw_focus_ring(painter, rect, theme.radius("button"), theme)
        painter.end()

    def _draw_dot(self, painter: QPainter) -> None:
        theme = self._theme
        dot = QRectF(10, self.height() / 2 - 4, 8, 8)
        state = self._status.state
        if state is EngineState.STOPPED:
            at = QPointF(dot.center().x(), dot.center().y())
            draw_icon(painter, theme, "error", "error", centre=at, size=16)
        elif state is EngineState.NOT_LOADED:
            draw_box(painter, dot, 4, outline=theme.colour("text2"), width=1.5)
        else:
            token = "ok" if state is EngineState.READY else "engine"
            draw_box(painter, dot, 4, fill=theme.colour(token))

    def _note_token(self) -> str:
        tokens = {EngineState.WORKING: "engine_text", EngineState.STOPPED: "error"}
        return tokens.get(self._status.state, "text2")

    def _apply_theme(self) -> None:
        width = _NARROW_PX if self._is_narrow else _WIDTH_PX
        scale = max(1.0, self._theme.text_scale)
        self.setFixedSize(QSize(round(width * scale), _HEIGHT_PX))
        self.update()
