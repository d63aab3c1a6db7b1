"""The ruler above the lanes."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import centred_text, hairline, text_width
from desktop_app.views.timeline.ruler_gesture import RulerGesture
from desktop_app.views.timeline.selection import shown_span
from desktop_app.views.timeline.ticks import tick_label
from desktop_app.views.timeline.values import KEPT, TAKEN_BACK

_LOOP_PX = 4


class TimeRuler(QWidget):
    """Draws the time scale; a click asks to seek, a drag to loop.

    Signals:
        seek_requested (Samples): A click.
        loop_requested (Span): A drag, or an edge of the loop dragged.
        gesture_started (str), gesture_ended (bool): Round such a drag.
        zoom_requested (float, float): Ctrl+wheel: factor, and x of what stays.
        scroll_requested (float, float): The wheel: pixels right and down.
    """

    seek_requested = Signal(object)
    loop_requested = Signal(object)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    zoom_requested = Signal(float, float)
    scroll_requested = Signal(float, float)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._gesture: RulerGesture | None = None
        self.setFixedHeight(theme.metric("ruler"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Ruler")

    def abandon_gesture(self) -> bool:
        """Take the drag under way back; whether there was one."""
        if self._gesture is None:
            return False
        has_begun, self._gesture = self._gesture.has_begun, None
        if has_begun:
            self.gesture_ended.emit(TAKEN_BACK)
        return True

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._gesture = RulerGesture(
                self._scene.geometry, self._scene.snap(), self._scene.project.loop,
                event.position().x(), is_on_bar=event.position().y() <= 2 * _LOOP_PX,
            )  # fmt: skip

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None:
            return
        is_first = not self._gesture.has_begun
        keys = event.modifiers()
        is_free = bool(keys & Qt.KeyboardModifier.ControlModifier)
        loop = self._gesture.loop_at(event.position().x(), is_free=is_free)
        if loop is not None:
            if is_first:
                self.gesture_started.emit("Set loop")
            self.loop_requested.emit(loop)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None or event.button() != Qt.MouseButton.LeftButton:
            return
        gesture, self._gesture = self._gesture, None
        if gesture.has_begun:
            self.gesture_ended.emit(KEPT)
        else:
            self.seek_requested.emit(gesture.clicked_position)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_requested.emit(1.2**notches, event.position().x())
        else:
            self.scroll_requested.emit(-notches * 60, 0.0)
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("panel"))
        self._paint_selection(painter)
        self._paint_loop(painter)
        self._paint_ticks(painter, event.rect().left(), event.rect().right())
        painter.end()

    def _paint_selection(self, painter: QPainter) -> None:
        span = shown_span(self._scene.selection, self._scene.project.lanes)
        if span is not None:
            left, right = self._ends(span)
            painter.fillRect(
                QRectF(left, 0, right - left, self.height()), self._theme.colour("select", 0.14)
            )

    def _paint_loop(self, painter: QPainter) -> None:
        loop = self._scene.project.loop
        if loop is None:
            return
        left, right = self._ends(loop)
        colour = self._theme.colour("focus", 1.0 if self._scene.is_loop_enabled else 0.4)
        painter.fillRect(QRectF(left, 0, right - left, _LOOP_PX), colour)
        tint = self._theme.colour("focus", 0.2 if self._scene.is_loop_enabled else 0.06)
        painter.fillRect(QRectF(left, _LOOP_PX, right - left, self.height() - _LOOP_PX), tint)

    def _paint_ticks(self, painter: QPainter, left: float, right: float) -> None:
        geometry, scale, tempo = self._scene.geometry, self._scene.scale, self._scene.tempo
        font = self._theme.font("small")
        painter.setFont(font)
        bottom = self.height()
        major = self._theme.colour("line_strong")
        minor = self._theme.colour("line_strong", 0.8)
        label_room = 8 + text_width(font, "0:00:00.000")
        tick = max(0, int(geometry.samples_at(left - label_room) / scale.minor))
        while (x := geometry.x_at(tick * scale.minor)) <= right + 1:
            if tick % scale.subdivisions:
                hairline(painter, x, bottom - 6, bottom, minor)
            else:
                hairline(painter, x, 4, bottom, major)
                painter.setPen(self._theme.colour("text2"))
                label = tick_label(tick * scale.minor, scale, tempo)
                centred_text(painter, QRectF(x + 8, 0, 120, 18), label, elided=False)
            tick += 1

    def _ends(self, span: Span) -> tuple[float, float]:
        geometry = self._scene.geometry
        return geometry.x_at(span.start), geometry.x_at(Samples(span.end))
