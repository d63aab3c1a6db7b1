"""The left column: what stands beside ruler, markers and Everywhere, and the lane headers."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.ids import LaneId
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.header_button import HeaderButton
from desktop_app.views.timeline.lane_header import LaneHeader
from desktop_app.views.timeline.lane_layout import GAP_PX
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import centred_text, draw_icon
from desktop_app.views.timeline.values import TimeUnit

_NAMES = {TimeUnit.MIN_SEC: "Min : Sec", TimeUnit.BARS: "Bars"}


class RulerHeader(QWidget):
    """Names beside ruler, markers and Everywhere; a click on the first changes the ruler's unit.

    Signals:
        unit_requested (TimeUnit): The ruler shall count this.
    """

    unit_requested = Signal(object)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._unit = HeaderButton(
            theme, "What the ruler counts", self, trailing_icon="chevron-down", is_quiet=True
        )
        self._unit.setGeometry(6, 2, 86, 20)
        self.setAccessibleName("Ruler, markers, Everywhere")
        self._unit.clicked.connect(self._on_unit_clicked)
        self.show_unit()

    def show_unit(self) -> None:
        """Show what the ruler counts."""
        self._unit.setText(_NAMES[self._scene.unit])
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        centred_text(painter, QRectF(12, 22, 120, 20), "Markers", elided=False)
        painter.fillRect(QRectF(0, 43, self.width(), 1), theme.colour("line_strong"))
        painter.fillRect(QRectF(0, 44, 4, 28), theme.colour("text3"))
        painter.fillRect(QRectF(0, 71, self.width(), 1), theme.colour("line"))
        painter.setFont(theme.font("body", 600))
        painter.setPen(theme.colour("text2"))
        centred_text(painter, QRectF(12, 44, 150, 28), "Everywhere", elided=False)
        right = QRectF(self.width() - 1, 44, 1, self.height() - 44)
        painter.fillRect(right, theme.colour("line_strong"))
        painter.end()

    def _on_unit_clicked(self) -> None:
        is_bars = self._scene.unit is TimeUnit.BARS
        self.unit_requested.emit(TimeUnit.MIN_SEC if is_bars else TimeUnit.BARS)


class HeaderColumn(QWidget):
    """The lane headers, scrolled with the lanes, and the row that makes a new lane.

    Signals:
        lane_change_requested, gesture_started, gesture_ended, takes_requested,
        lane_menu_requested, lane_focused, lane_move_requested, lane_remove_requested,
        resize_requested: Those of ``LaneHeader``, with the new index for a move.
        lane_add_requested (): A click on the row below the lanes.
        scroll_requested (float, float): The wheel: pixels right and down.
    """

    lane_change_requested = Signal(object, dict)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    takes_requested = Signal(object)
    lane_menu_requested = Signal(object, QPoint)
    lane_focused = Signal(object)
    lane_move_requested = Signal(object, int)
    lane_remove_requested = Signal(object)
    resize_requested = Signal(object, int)
    lane_add_requested = Signal()
    scroll_requested = Signal(float, float)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._headers: dict[LaneId, LaneHeader] = {}
        self.setAccessibleName("Lane headers")

    @property
    def headers(self) -> Mapping[LaneId, LaneHeader]:
        """The header of every lane."""
        return self._headers

    def show_lanes(self) -> None:
        """Make, drop, place and fill the headers for what the scene shows."""
        scene = self._scene
        for lane_id in [lane_id for lane_id in self._headers if lane_id not in scene.lanes]:
            header = self._headers.pop(lane_id)
            header.hide()
            header.deleteLater()
        has_solo = any(lane.is_soloed for lane in scene.project.lanes)
        for row in scene.rows:
            lane = scene.lanes[row.lane_id]
            header = self._header(row.lane_id)
            header.setGeometry(0, row.band.top - scene.scroll_y, self.width(), row.band.height)
            header.show_lane(
                lane, row, is_focused=scene.selection.focused_lane == lane.id,
                is_struck=has_solo and not lane.is_soloed,
            )  # fmt: skip
            header.show()
        self.update()

    def show_level(self, lane_id: LaneId, level_db: float) -> None:
        """Show a lane's level in dB."""
        if lane_id in self._headers:
            self._headers[lane_id].show_level(level_db)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (
            event.button() == Qt.MouseButton.LeftButton
            and event.position().toPoint().y() >= self._new_lane_top()
        ):
            self.lane_add_requested.emit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scroll_requested.emit(0.0, -event.angleDelta().y() / 120 * 60)
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.colour("panel"))
        painter.fillRect(QRectF(self.width() - 1, 0, 1, self.height()), theme.colour("line_strong"))
        for row in self._scene.rows:
            gap = QRectF(0, row.band.bottom - self._scene.scroll_y, self.width(), GAP_PX)
            painter.fillRect(gap, theme.colour("canvas"))
        top = self._new_lane_top()
        draw_icon(painter, theme, "add", QRectF(10, top + 4, 16, 16), "text2")
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2"))
        words = "Drag here to draw a clip on a new lane"
        if self._scene.is_empty or self.width() <= 200:
            words = "Add a lane"
        centred_text(painter, QRectF(30, top, self.width() - 34, 24), words)
        if self._scene.is_empty:
            painter.setPen(theme.colour("text3"))
            below = QRectF(30, top + 18, self.width() - 34, 24)
            centred_text(painter, below, "Every lane becomes a stem.")
        painter.end()

    def _new_lane_top(self) -> int:
        rows = self._scene.rows
        bottom = rows[-1].band.bottom + GAP_PX if rows else 0
        return bottom - self._scene.scroll_y

    def _header(self, lane_id: LaneId) -> LaneHeader:
        kept = self._headers.get(lane_id)
        if kept is not None:
            return kept
        header = LaneHeader(self._theme, self._scene.lanes[lane_id], self)
        self._headers[lane_id] = header
        header.lane_change_requested.connect(self.lane_change_requested)
        header.gesture_started.connect(self.gesture_started)
        header.gesture_ended.connect(self.gesture_ended)
        header.takes_requested.connect(self.takes_requested)
        header.lane_menu_requested.connect(self.lane_menu_requested)
        header.focused.connect(self.lane_focused)
        header.resize_requested.connect(self.resize_requested)
        header.lane_remove_requested.connect(self.lane_remove_requested)
        header.lane_step_requested.connect(self._on_lane_step_requested)
        return header

    def _on_lane_step_requested(self, lane_id: LaneId, step: int) -> None:
        row = self._scene.row_of(lane_id)
        if row is not None and 0 <= row.index + step < len(self._scene.rows):
            self.lane_move_requested.emit(lane_id, row.index + step)
