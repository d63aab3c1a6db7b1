"""The row of markers below the ruler."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.ids import MarkerId
from desktop_app.project.project import Marker
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.gestures import THRESHOLD_PX
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import groove_colour, text_width
from desktop_app.views.timeline.text_editor import ClipTextEditor
from desktop_app.views.timeline.values import KEPT, TAKEN_BACK

_FLAG_PX = 15
_PADDING_PX = 5


class MarkerRow(QWidget):
    """Draws markers as flags; they can be dragged, renamed by a double click, and clicked to seek.

    Signals:
        seek_requested (Samples): A click on a flag.
        marker_add_requested (Samples): A double click on an empty place.
        marker_move_requested (MarkerId, Samples): A drag, between ``gesture_started`` and
            ``gesture_ended``.
        marker_rename_requested (MarkerId, str): Another name.
        marker_remove_requested (MarkerId): Its name was emptied.
        marker_menu_requested (MarkerId, QPoint): A right click.
    """

    seek_requested = Signal(object)
    marker_add_requested = Signal(object)
    marker_move_requested = Signal(object, object)
    marker_rename_requested = Signal(object, str)
    marker_remove_requested = Signal(object)
    marker_menu_requested = Signal(object, QPoint)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._pressed: Marker | None = None
        self._press_x = 0.0
        self._is_dragging = False
        self._renamed: MarkerId | None = None
        self._editor = ClipTextEditor(theme, self, "Name of the marker", "tiny")
        self._editor.setPlaceholderText("")
        self.setFixedHeight(theme.metric("marker_row"))
        self.setAccessibleName("Markers")
        self._editor.committed.connect(self._on_name_committed)

    def abandon_gesture(self) -> bool:
        """Take the drag under way back; whether there was one."""
        if self._pressed is None:
            return False
        self._pressed = None
        if self._is_dragging:
            self._is_dragging = False
            self.gesture_ended.emit(TAKEN_BACK)
        return True

    def marker_at(self, x: float) -> Marker | None:
        """The flag at ``x``; the later one where two overlap."""
        found = [marker for marker in self._scene.project.markers if self._covers(marker, x)]
        return max(found, key=lambda marker: marker.position, default=None)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self.marker_at(event.position().x())
            self._press_x = event.position().x()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        distance = event.position().x() - self._press_x
        if not self._is_dragging:
            if abs(distance) < THRESHOLD_PX:
                return
            self._is_dragging = True
            self.gesture_started.emit("Move marker")
        snap = self._scene.snap()
        wanted = self._pressed.position + self._scene.geometry.samples_in(distance)
        self.marker_move_requested.emit(self._pressed.id, snap.position(wanted))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._is_dragging:
            self._is_dragging = False
            self.gesture_ended.emit(KEPT)
        elif pressed is not None:
            self.seek_requested.emit(pressed.position)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        marker = self.marker_at(event.position().x())
        if marker is None:
            position = self._scene.geometry.samples_at(event.position().x())
            self.marker_add_requested.emit(self._scene.snap().position(position))
        else:
            self.edit_name(marker.id)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        marker = self.marker_at(event.pos().x())
        if marker is not None:
            self.marker_menu_requested.emit(marker.id, event.globalPos())

    def edit_name(self, marker_id: MarkerId) -> None:
        """Open the field that changes a marker's name in place."""
        for marker in self._scene.project.markers:
            if marker.id == marker_id:
                x = round(self._scene.geometry.x_at(marker.position))
                self._renamed = marker_id
                self._editor.open(QRect(x, 0, 140, self.height()), marker.name)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("panel"))
        painter.fillRect(
            QRectF(event.rect().left(), self.height() - 1, event.rect().width(), 1),
            self._theme.colour("line_strong"),
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for marker in self._scene.project.markers:
            self._paint_flag(painter, marker)
        painter.end()

    def _paint_flag(self, painter: QPainter, marker: Marker) -> None:
        x = round(self._scene.geometry.x_at(marker.position))
        if not -400 <= x <= self.width():
            return
        flag = QRectF(x, 1, self._flag_width(marker), _FLAG_PX)
        if flag.right() < 0 or x > self.width():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(groove_colour(self._theme))
        painter.drawRoundedRect(flag, 3, 3)
        painter.fillRect(QRectF(x, 1, 2, self.height() - 1), self._theme.colour("text2"))
        painter.setFont(self._theme.font("tiny"))
        painter.setPen(self._theme.colour("text"))
        inner = flag.adjusted(2 + _PADDING_PX, 0, 0, 0)
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, marker.name
        )

    def _flag_width(self, marker: Marker) -> float:
        return text_width(self._theme.font("tiny"), marker.name) + 2 * _PADDING_PX + 3

    def _covers(self, marker: Marker, x: float) -> bool:
        left = self._scene.geometry.x_at(marker.position)
        return left - 2 <= x <= left + self._flag_width(marker)

    def _on_name_committed(self, name: str) -> None:
        marker_id, self._renamed = self._renamed, None
        old = next((m.name for m in self._scene.project.markers if m.id == marker_id), name)
        if marker_id is not None and not name:
            self.marker_remove_requested.emit(marker_id)
        elif marker_id is not None and name != old:
            self.marker_rename_requested.emit(marker_id, name)
