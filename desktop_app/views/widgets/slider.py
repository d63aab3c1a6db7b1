"""A slider for a real number."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring

_KNOB_PX = 13.0
_GROOVE_PX = 4.0
_FINE = 0.1


class Slider(QSlider):
    """Shows a value between two ends and asks for another.

    Wheel and arrows step, Shift makes dragging fine, Ctrl+click asks for the default.

    Args:
        theme: Colours.
        name: Its name for screen readers.
        minimum: Value at the left end.
        maximum: Value at the right end.
        step: What the arrow keys add.
        default: What Ctrl+click asks for.
        centre: Where the filled part begins; the left end when not given.

    Signals:
        value_requested (float): The user wants this value.
        drag_started (): The knob was taken.
        drag_ended (): The knob was let go.
        typing_requested (): The slider was double clicked; a number should be typed.
    """

    value_requested = Signal(float)
    drag_started = Signal()
    drag_ended = Signal()
    typing_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        minimum: float,
        maximum: float,
        step: float,
        default: float,
        centre: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._step = step
        self._minimum = minimum
        self._default = default
        self._centre = minimum if centre is None else centre
        self._fill_token = "text2" if centre is None else "focus"
        self._is_dragged = False
        self._drag_value = 0.0
        self._drag_x = 0.0
        self.setAccessibleName(name)
        self.setRange(0, round((maximum - minimum) / step))
        self.setPageStep(max(1, self.maximum() // 10))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_value(self, value: float) -> None:
        """Show a value; it is limited to the two ends."""
        self.setValue(round((value - self._minimum) / self._step))
        self.setAccessibleDescription(f"{value:g}")

    def show_fill(self, token: str) -> None:
        """Fill the groove in another colour, such as that of the lane."""
        self._fill_token = token
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(96, 24)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, 24)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self.value_requested.emit(self._real(self.value()))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or event.angleDelta().y() == 0:
            event.ignore()
            return
        self._request(self.value() + (1 if event.angleDelta().y() > 0 else -1))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._request(round((self._default - self._minimum) / self._step))
            return
        self._is_dragged = True
        self._drag_x = event.position().x()
        self.drag_started.emit()
        if not self._knob_rect().contains(event.position()):
            self._request(self._value_at(event.position().x()))
        self._drag_value = float(self.value())
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_dragged:
            return
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        px = event.position().x() - self._drag_x
        self._drag_x = event.position().x()
        units = px / max(1.0, self.width() - _KNOB_PX) * self.maximum()
        self._drag_value += units * (_FINE if is_fine else 1.0)
        self._drag_value = min(max(self._drag_value, 0.0), float(self.maximum()))
        self._request(round(self._drag_value))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._is_dragged = False
            self.drag_ended.emit()
            self.update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.typing_requested.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        middle = self.height() / 2
        groove = QRectF(0, middle - _GROOVE_PX / 2, self.width(), _GROOVE_PX)
        # In high contrast the strong line is as white as the filled part.
        ground = "line" if theme.name == "high_contrast" else "line_strong"
        draw_box(painter, groove, 2, fill=theme.colour(ground))
        knob = self._knob_rect()
        centre = self._x_of((self._centre - self._minimum) / self._step)
        left, right = sorted((centre, knob.center().x()))
        if self._centre == self._minimum:
            left = 0.0
        fill = theme.colour(self._fill_token if self.isEnabled() else "line_strong")
        draw_box(painter, QRectF(left, groove.top(), right - left, _GROOVE_PX), 2, fill=fill)
        grown = 1.0 if self.isEnabled() and (self.underMouse() or self._is_dragged) else 0.0
        shown = knob.adjusted(-grown, -grown, grown, grown)
        # The ground around the knob parts it from the groove.
        seat = shown.adjusted(-2, -2, 2, 2)
        draw_box(painter, seat, seat.width() / 2, fill=theme.colour("panel"))
        token = "text" if self.isEnabled() else "disabled"
        draw_box(painter, shown, shown.width() / 2, fill=theme.colour(token))
        if self.hasFocus():
            draw_focus_ring(painter, seat.adjusted(-1, -1, 1, 1), seat.width() / 2, theme)
        painter.end()

    def _knob_rect(self) -> QRectF:
        x = self._x_of(self.value())
        return QRectF(x - _KNOB_PX / 2, self.height() / 2 - _KNOB_PX / 2, _KNOB_PX, _KNOB_PX)

    def _x_of(self, units: float) -> float:
        room = self.width() - _KNOB_PX - 4
        return _KNOB_PX / 2 + 2 + room * units / max(1, self.maximum())

    def _value_at(self, x: float) -> int:
        room = max(1.0, self.width() - _KNOB_PX - 4)
        return round((x - _KNOB_PX / 2 - 2) / room * self.maximum())

    def _real(self, units: int) -> float:
        return round(self._minimum + units * self._step, 9)

    def _request(self, units: int) -> None:
        limited = min(max(units, 0), self.maximum())
        if limited != self.value():
            self.setValue(limited)
            self.value_requested.emit(self._real(limited))
