"""The whole piece in a strip, with the part in view framed."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.mix_columns import mix_columns
from desktop_app.views.timeline.overview_geometry import OverviewGeometry, OverviewPart
from desktop_app.views.timeline.painting import with_alpha
from desktop_app.views.waveform.picture import waveform_picture

_MARGIN_X, _MARGIN_Y = 6, 4
_CURSORS = {
    OverviewPart.LEFT_GRIP: Qt.CursorShape.SizeHorCursor,
    OverviewPart.RIGHT_GRIP: Qt.CursorShape.SizeHorCursor,
    OverviewPart.FRAME: Qt.CursorShape.OpenHandCursor,
}


class Overview(QWidget):
    """Drag inside pans, drag an edge zooms, a double click fits, a click elsewhere goes there.

    Signals:
        geometry_requested (TimelineGeometry): Show this part.
    """

    geometry_requested = Signal(object)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._picture: QPixmap | None = None
        self._picture_key = (0, 0.0, 0)
        self._part = OverviewPart.OUTSIDE
        self._grabbed: OverviewGeometry | None = None
        self._press_x = 0.0
        self.setFixedHeight(theme.metric("overview"))
        self.setMouseTracking(True)
        self.setAccessibleName("Overview")
        self.setToolTip("Drag to pan, drag an edge to zoom, double click to fit")

    def drop_picture(self) -> None:
        """The sound or the colours changed: draw it again when it is next seen."""
        self._picture = None
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x() - _MARGIN_X
        self._grabbed = self._overview_geometry()
        self._press_x = x
        self._part = self._grabbed.part_at(x)
        if self._part is OverviewPart.OUTSIDE:
            self.geometry_requested.emit(self._grabbed.centred(x))
            self._grabbed = self._overview_geometry()
            self._part = OverviewPart.FRAME

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x() - _MARGIN_X
        if self._grabbed is None:
            part = self._overview_geometry().part_at(x)
            self.setCursor(_CURSORS.get(part, Qt.CursorShape.ArrowCursor))
        elif self._part is OverviewPart.FRAME:
            self.geometry_requested.emit(self._grabbed.panned(x - self._press_x))
        else:
            self.geometry_requested.emit(self._grabbed.stretched(self._part, x))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self.geometry_requested.emit(self._scene.geometry.fitted())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        distance = -event.angleDelta().y() / 120 * 60
        geometry = self._scene.geometry
        self.geometry_requested.emit(geometry.scrolled_to(geometry.scroll_px + distance))
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self._theme.colour("line"))
        box = QRectF(_MARGIN_X, _MARGIN_Y, self.width() - 2 * _MARGIN_X, self._inner_height())
        painter.drawPixmap(_MARGIN_X, _MARGIN_Y, self._drawn_picture())
        if not self._scene.is_empty:
            self._paint_jobs(painter, box)
            self._paint_frame(painter, box)
        painter.end()

    def _paint_jobs(self, painter: QPainter, box: QRectF) -> None:
        per_px = self._overview_geometry().samples_per_px
        for job in self._scene.jobs.values():
            left = box.left() + job.span.start / per_px
            width = job.span.duration / per_px
            area = QRectF(left, box.bottom() - 4, width, 3)
            painter.fillRect(area.intersected(box), self._theme.colour("engine"))

    def _paint_frame(self, painter: QPainter, box: QRectF) -> None:
        left, right = self._overview_geometry().frame
        left, right = max(left, 0.0) + box.left(), min(right, box.width()) + box.left()
        frame = QRectF(left, box.top(), max(right - left, 4.0), box.height())
        shade = with_alpha(self._theme.colour("canvas"), 0.6)
        painter.fillRect(QRectF(box.left(), box.top(), left - box.left(), box.height()), shade)
        painter.fillRect(QRectF(right, box.top(), box.right() - right, box.height()), shade)
        outline = self._theme.colour("line_control")
        for edge in (
            QRectF(frame.left(), frame.top(), frame.width(), 1),
            QRectF(frame.left(), frame.bottom() - 1, frame.width(), 1),
            QRectF(frame.left(), frame.top(), 1, frame.height()),
            QRectF(frame.right() - 1, frame.top(), 1, frame.height()),
        ):
            painter.fillRect(edge, outline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("text2"))
        for x in (frame.left(), frame.right()):
            grip = QRectF(x - 2, frame.center().y() - 7, 4, 14)
            painter.drawRoundedRect(grip, 2, 2)

    def _drawn_picture(self) -> QPixmap:
        # What is in view may reach beyond the piece: then the same piece takes less of the strip.
        key = (self.width(), self.devicePixelRatioF(), self._overview_geometry().total)
        if self._picture is None or key != self._picture_key:
            self._picture_key = key
            self._picture = self._made_picture()
        return self._picture

    def _made_picture(self) -> QPixmap:
        dpr = self.devicePixelRatioF()
        width = max(1, round((self.width() - 2 * _MARGIN_X) * dpr))
        height = max(1, round(self._inner_height() * dpr))
        total = self._overview_geometry().total
        columns = mix_columns(self._scene.project, self._scene.pictures, width, total)
        shades = np.ascontiguousarray(waveform_picture(columns, height))
        shades[:, np.isnan(columns.rms)] = 0
        image = QImage(shades.data, width, height, width, QImage.Format.Format_Indexed8)
        colour = self._theme.colour("text3")
        image.setColorTable([0, with_alpha(colour, 0.45).rgba(), with_alpha(colour, 0.8).rgba()])
        picture = QPixmap(width, height)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line"), dpr))
        painter.setBrush(self._theme.colour("well"))
        inset = dpr / 2
        box = QRectF(0, 0, width, height).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, 4 * dpr, 4 * dpr)
        painter.drawImage(0, 0, image)
        painter.end()
        picture.setDevicePixelRatio(dpr)
        return picture

    def _inner_height(self) -> int:
        return self.height() - 2 * _MARGIN_Y - 1

    def _overview_geometry(self) -> OverviewGeometry:
        width = max(1, self.width() - 2 * _MARGIN_X)
        return OverviewGeometry(width_px=width, timeline=self._scene.geometry)
