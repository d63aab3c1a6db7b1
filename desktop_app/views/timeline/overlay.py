"""What floats over the time area: playhead, selected time and the drag label."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import centred_text, hairline, text_width
from desktop_app.views.timeline.ticks import clock_text, duration_text

_SEAT_PX, _SHIELD_PX = 3.5, 12
_REPAINT_PX = 16
_LABEL_PX = 20


class TimelineOverlay(QWidget):
    """Lies over ruler, markers, Everywhere and lanes, and lets the mouse through.

    A moving playhead repaints a few pixels of its old and its new place.
    """

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._lanes_top = 72
        self._label: Span | None = None
        self._label_at = QPointF()
        self._label_rect = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAccessibleName("Playhead")

    def set_lanes_top(self, top: int) -> None:
        """Where the lanes begin, from the top of the ruler."""
        self._lanes_top = top

    def move_playhead(self, before: Samples, after: Samples) -> None:
        """Repaint what a moved playhead uncovers and covers."""
        for position in {before, after}:
            x = round(self._scene.geometry.x_at(position))
            if -_REPAINT_PX <= x <= self.width() + _REPAINT_PX:
                # The line needs 4 px at each side below the ruler, the shield more within it.
                self.update(QRect(x - 4, 0, 8, self.height()))
                self.update(QRect(x - _REPAINT_PX // 2, 0, _REPAINT_PX, 26))

    def show_drag(self, span: Span | None, at: QPointF) -> None:
        """Tell start, end and length of what is dragged, beside the pointer."""
        if span is None and self._label is None:
            return
        self.update(self._label_rect)
        self._label = span
        self._label_at = at
        self._label_rect = self._label_place().toAlignedRect().adjusted(-3, -3, 3, 3)
        self.update(self._label_rect)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_selection(painter, event.rect())
        self._paint_playhead(painter)
        if self._label is not None:
            self._paint_label(painter)
        painter.end()

    def _paint_selection(self, painter: QPainter, dirty: QRect) -> None:
        span = self._scene.selection.span
        if span is None:
            return
        left, right = self._scene.geometry.x_at(span.start), self._scene.geometry.x_at(span.end)
        tint = self._theme.colour("select", self._theme.fill("selection"))
        edge = self._theme.colour("select", 0.8)
        area = QRect(0, self._lanes_top, self.width(), self.height() - self._lanes_top)
        painter.save()
        painter.setClipRect(area.intersected(dirty))
        for row in self._scene.rows:
            if row.lane_id not in self._scene.selection.lane_ids:
                continue
            band = row.sound or row.strip
            top = self._lanes_top + band.top - self._scene.scroll_y
            painter.fillRect(QRectF(left, top, right - left, band.height), tint)
            hairline(painter, left, top, top + band.height, edge)
            hairline(painter, right, top, top + band.height, edge)
        painter.restore()

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._scene.geometry.x_at(self._scene.playhead)
        if not -_SHIELD_PX <= x <= self.width() + _SHIELD_PX:
            return
        dpr = self.devicePixelRatioF()
        x = round(x * dpr) / dpr
        ruler = self._theme.metric("ruler")
        seat = self._theme.colour("well", 0.7)
        painter.fillRect(
            QRectF(x + 0.5 - _SEAT_PX / 2, ruler, _SEAT_PX, self.height() - ruler), seat
        )
        colour = self._theme.colour("playhead")
        painter.fillRect(QRectF(x, ruler - 6, 1, self.height() - ruler + 6), colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        half, top = _SHIELD_PX / 2, ruler - 14.0
        middle = x + 0.5
        shield = QPolygonF(
            [
                QPointF(middle - half, top + 1.5), QPointF(middle - half + 1.5, top),
                QPointF(middle + half - 1.5, top), QPointF(middle + half, top + 1.5),
                QPointF(middle + half, top + 6), QPointF(middle, top + 12),
                QPointF(middle - half, top + 6),
            ]
        )  # fmt: skip
        painter.drawPolygon(shield)

    def _label_text(self) -> str:
        span = self._label
        if span is None:
            return ""
        decimals = 0 if self._scene.scale.minor >= 48_000 else 3
        start, end = clock_text(span.start, decimals), clock_text(span.end, decimals)
        return f"{start} – {end} · {duration_text(span.duration)}"

    def _label_place(self) -> QRectF:
        width = text_width(self._theme.font("small", 600), self._label_text()) + 16
        left = min(self._label_at.x() + 14, self.width() - width - 4)
        top = min(max(self._label_at.y() - 6, 0.0), self.height() - _LABEL_PX - 4.0)
        return QRectF(left, top, width, _LABEL_PX)

    def _paint_label(self, painter: QPainter) -> None:
        rect = self._label_place()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(self._theme.font("small", 600))
        painter.setPen(self._theme.colour("text"))
        centred_text(painter, rect.adjusted(8, 0, 0, 0), self._label_text(), elided=False)
