"""A slider of our own look: a groove of 4 px and a round knob."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.painting import draw_focus_ring, groove_colour

NUM_STEPS = 1_000
_GROOVE_PX, _KNOB_PX, _HOVERED_KNOB_PX = 4, 13, 15


class SlimSlider(QAbstractSlider):
    """Moves by drag, arrows and wheel; Ctrl+click and a double click ask for the default.

    Signals:
        moved_by_user (int): A new value, 0 to ``NUM_STEPS``; never sent for ``setValue``.
        drag_started (), drag_ended (): Round the values of a drag.
        reset_requested (): Back to the default.
    """

    moved_by_user = Signal(int)
    drag_started = Signal()
    drag_ended = Signal()
    reset_requested = Signal()

    def __init__(
        self, theme: Theme, name: str, parent: QWidget | None = None, *, is_bipolar: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_bipolar = is_bipolar
        self._is_hovered = False
        self._is_dragging = False
        self.setRange(0, NUM_STEPS)
        self.setSingleStep(NUM_STEPS // 100)
        self.setPageStep(NUM_STEPS // 10)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.actionTriggered.connect(self._on_action)

    @override
    def sizeHint(self) -> QSize:
        return QSize(84, 20)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.reset_requested.emit()
        else:
            self._is_dragging = True
            self.drag_started.emit()
            self._go_to(event.position().x())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._go_to(event.position().x())

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self._is_dragging = False
            self.drag_ended.emit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_requested.emit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        step = self.singleStep() // (
            5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        )
        self._set_by_user(self.value() + round(event.angleDelta().y() / 120) * step)
        event.accept()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_hovered = True
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._is_hovered = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        groove = QRectF(0, middle - _GROOVE_PX / 2, self.width(), _GROOVE_PX)
        painter.setBrush(groove_colour(self._theme))
        painter.drawRoundedRect(groove, 2, 2)
        x = self._knob_x()
        origin = self.width() / 2 if self._is_bipolar else 0.0
        filled = QRectF(min(origin, x), groove.top(), abs(x - origin), _GROOVE_PX)
        painter.setBrush(self._theme.colour("text2"))
        painter.drawRoundedRect(filled, 2, 2)
        knob = _HOVERED_KNOB_PX if self._is_hovered else _KNOB_PX
        painter.setBrush(self._theme.colour("panel"))
        painter.drawEllipse(QPointF(x, middle), knob / 2 + 1, knob / 2 + 1)
        painter.setBrush(self._theme.colour("text" if self.isEnabled() else "disabled"))
        painter.drawEllipse(QPointF(x, middle), knob / 2 - 1, knob / 2 - 1)
        if self.hasFocus():
            ring = QRectF(x - knob / 2, middle - knob / 2, knob, knob)
            draw_focus_ring(painter, self._theme, ring, knob / 2)
        painter.end()

    def _knob_x(self) -> float:
        room = self.width() - _KNOB_PX
        return _KNOB_PX / 2 + room * self.value() / NUM_STEPS

    def _go_to(self, x: float) -> None:
        room = max(self.width() - _KNOB_PX, 1)
        self._set_by_user(round((x - _KNOB_PX / 2) / room * NUM_STEPS))

    def _set_by_user(self, value: int) -> None:
        limited = min(max(value, 0), NUM_STEPS)
        if limited != self.value():
            self.setValue(limited)
            self.moved_by_user.emit(limited)

    def _on_action(self) -> None:
        """Keys: the slider has not taken the new value yet."""
        if self.sliderPosition() != self.value():
            self.moved_by_user.emit(self.sliderPosition())
