"""Draws the curves over a lane's sound."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from desktop_app.project.curves import curve_of
from desktop_app.project.project import PromptClip
from desktop_app.project.time import Samples
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.curve_layout import CurveAxis, corners, point_places
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import TAG_HEIGHT_PX, centred_text, draw_tag, tag_width
from desktop_app.views.timeline.ticks import clock_text

_LINE_PX, _SEAT_PX = 1.5, 4.0
_POINT_PX, _HELD_PX = 3.5, 5.0
_TAG_GAP_PX = 10.0


class CurvePainter:
    """Draws lines, points and the value of the one that is dragged.

    Args:
        theme: Colours and type.
        scene: What to draw; read at every call.
    """

    def __init__(self, theme: Theme, scene: LanesScene) -> None:
        self._theme = theme
        self._scene = scene

    def paint(self, painter: QPainter, left: float, right: float) -> None:
        """Draw the curves of the focused lane between two x."""
        axis = self._scene.curve_axis
        if axis is None:
            return
        painter.save()
        painter.translate(0, -self._scene.scroll_y)
        band = axis.band
        painter.setClipRect(QRectF(left, band.top, right - left, band.height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for clip in self._scene.curve_clips:
            geometry = self._scene.geometry
            if geometry.x_at(clip.span.end) >= left and geometry.x_at(clip.span.start) <= right:
                self._paint_line(painter, clip, axis)
        for clip in self._scene.curve_clips:
            self._paint_points(painter, clip, axis)
        self._paint_name(painter, axis)
        painter.restore()

    def _paint_line(self, painter: QPainter, clip: PromptClip, axis: CurveAxis) -> None:
        line = QPolygonF([QPointF(x, y) for x, y in corners(clip, axis, self._scene.geometry)])
        has_curve = bool(curve_of(clip, axis.kind))
        hover = self._scene.curve_hover
        is_near = hover is not None and hover.clip_id == clip.id
        painter.setPen(QPen(self._theme.colour("well", 0.7), _SEAT_PX))
        painter.drawPolyline(line)
        is_strong = has_curve or is_near or self._theme.name == "high_contrast"
        pen = QPen(self._theme.colour("text", 1.0 if is_strong else 0.6), _LINE_PX)
        if not has_curve:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawPolyline(line)

    def _paint_points(self, painter: QPainter, clip: PromptClip, axis: CurveAxis) -> None:
        scene, theme = self._scene, self._theme
        for index, (x, y) in enumerate(point_places(clip, axis, scene.geometry)):
            is_chosen, is_near = (
                spot is not None and (spot.clip_id, spot.index) == (clip.id, index)
                for spot in (scene.curve_point, scene.curve_hover)
            )
            radius = _HELD_PX if is_chosen or is_near else _POINT_PX
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.setBrush(theme.colour("focus" if is_chosen else "well"))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            if (is_chosen and scene.is_curve_dragged) or (is_near and not scene.is_curve_dragged):
                self._paint_value(painter, clip, axis, index, QPointF(x, y))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_value(
        self, painter: QPainter, clip: PromptClip, axis: CurveAxis, index: int, at: QPointF
    ) -> None:
        point = curve_of(clip, axis.kind)[index]
        time = clock_text(Samples(clip.span.start + point.position), 2)
        words = f"{axis.kind.title()} {point.value:g} · {time}"
        width = tag_width(self._theme, words, has_icon=False)
        room = float(self._scene.geometry.width_px)
        left = min(max(at.x() - width / 2, 4.0), room - width - 4.0)
        top = at.y() - TAG_HEIGHT_PX - _TAG_GAP_PX
        if top < axis.band.top + 2:
            top = at.y() + _TAG_GAP_PX
        draw_tag(painter, self._theme, left, top, words, colour="text", outline="line_strong")

    def _paint_name(self, painter: QPainter, axis: CurveAxis) -> None:
        """What the line is, at the left end of what is in view."""
        clips = self._scene.curve_clips
        if not clips:
            return
        left = max(self._scene.geometry.x_at(clips[0].span.start), 0.0) + 8
        painter.setFont(self._theme.font("micro", 600))
        painter.setPen(self._theme.colour("text2"))
        rect = QRectF(left, axis.band.bottom - 14, 80, 12)
        centred_text(painter, rect, axis.kind.title(), elided=False)
