"""Draws prompt clips and their transitions."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from desktop_app.project.project import TransitionKind
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.clip_layout import CLIP_PX, ClipBox, crossing_curve
from desktop_app.views.timeline.painting import (
    centred_text,
    draw_focus_ring,
    draw_icon,
    mixed,
    with_alpha,
)

_RADIUS = 4.0
_HANDLE_PX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipLook:
    """The state of a clip that is drawn."""

    is_selected: bool = False
    is_hovered: bool = False
    is_focused: bool = False
    has_sound: bool = True
    is_stale: bool = False
    is_waiting: bool = False
    is_failed: bool = False


class ClipPainter:
    """Draws the clips of a strip.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        boxes: Sequence[tuple[ClipBox, ClipLook]],
        strip_top: float,
        colour_name: str,
        ground: QColor,
    ) -> None:
        """Draw clips from left to right.

        Args:
            painter: Paints on the time area.
            boxes: Places and looks, in order of time.
            strip_top: Top of the strip in the view.
            colour_name: The lane's colour.
            ground: Colour of the strip.
        """
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = strip_top + 4
        colour = self._theme.lane_colour(colour_name)
        for box, look in boxes:
            self._paint_fill(painter, box, look, top, colour, ground)
        for box, look in boxes:
            self._paint_outline(painter, box, look, top, colour)
        for box, look in boxes:
            self._paint_words(painter, box, look, top)
        painter.restore()

    def _paint_fill(
        self,
        painter: QPainter,
        box: ClipBox,
        look: ClipLook,
        top: float,
        colour: QColor,
        ground: QColor,
    ) -> None:
        path = clip_path(box, top)
        if look.is_selected:
            painter.fillPath(path, colour)
            return
        share = self._theme.fill("clip_unselected") + (0.08 if look.is_hovered else 0.0)
        if look.has_sound or look.is_waiting:
            painter.fillPath(path, mixed(colour, ground, share))
        elif look.is_hovered:
            painter.fillPath(path, mixed(colour, ground, 0.12))

    def _paint_outline(
        self, painter: QPainter, box: ClipBox, look: ClipLook, top: float, colour: QColor
    ) -> None:
        pen = QPen(with_alpha(colour, 0.75), 1.0)
        if look.is_failed:
            pen = QPen(self._theme.colour("error"), 1.5)
        elif look.is_waiting:
            pen = QPen(self._theme.colour("engine"), 1.5)
        if look.is_waiting or not look.has_sound:
            pen.setWidthF(1.5)
            pen.setDashPattern([4.0, 2.5])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(clip_path(box, top))
        self._paint_crossings(painter, box, top, colour)
        if look.is_hovered:
            self._paint_handles(painter, box, top)
        if look.is_focused:
            rect = QRectF(box.left, top, box.width, CLIP_PX)
            draw_focus_ring(painter, self._theme, rect, _RADIUS)

    def _paint_crossings(self, painter: QPainter, box: ClipBox, top: float, colour: QColor) -> None:
        """Both curves in a light tint, above the fills of both clips."""
        painter.setPen(QPen(mixed(self._theme.colour("text"), colour, 0.45), 1.25))
        if box.overlap_left > 0:
            painter.drawPath(_curve_path(_edge_points(box, top, is_left=True)))
        if box.overlap_right > 0:
            painter.drawPath(_curve_path(_edge_points(box, top, is_left=False)))
            if box.kind_right is TransitionKind.BLEND:
                centre = QPointF(box.right - box.overlap_right / 2, top + CLIP_PX / 2)
                painter.setBrush(self._theme.colour("text"))
                painter.drawEllipse(centre, 2.0, 2.0)
                painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_handles(self, painter: QPainter, box: ClipBox, top: float) -> None:
        if box.width < 3 * _HANDLE_PX:
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("text", 0.85))
        for x in (box.left + 3, box.right - 5):
            bar = QRectF(x, top + (CLIP_PX - _HANDLE_PX) / 2, 2, _HANDLE_PX)
            painter.drawRoundedRect(bar, 1, 1)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: ClipBox, look: ClipLook, top: float) -> None:
        token = "on_lane" if look.is_selected else "text"
        self._paint_tag(painter, box, look, top, token)
        place = box.text()
        if place is None:
            return
        left, right = place
        if look.is_stale or look.is_failed or look.is_waiting:
            name, icon_token = _state_icon(look, token)
            icon = QRectF(right - 16, top + (CLIP_PX - 16) / 2, 16, 16)
            draw_icon(painter, self._theme, name, icon, icon_token)
            right -= 20
        if right - left < 12:
            return
        painter.setFont(self._theme.font("clip", 600 if look.is_selected else None))
        painter.setPen(self._theme.colour(token))
        text = box.clip.prompt.text or "No words yet"
        if not box.clip.prompt.text and not look.is_selected:
            painter.setPen(self._theme.colour("text3"))
        centred_text(painter, QRectF(left, top, right - left, CLIP_PX), text)

    def _paint_tag(
        self, painter: QPainter, box: ClipBox, look: ClipLook, top: float, token: str
    ) -> None:
        if box.tag is None:
            return
        left, right = box.tag
        rect = QRectF(left, top + 6, right - left, CLIP_PX - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(token, 0.18 if look.is_selected else 0.14))
        painter.drawRoundedRect(rect, 3, 3)
        font = self._theme.font("tiny")
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, box.weight_text)


def _state_icon(look: ClipLook, token: str) -> tuple[str, str]:
    if look.is_failed:
        return "error", token if look.is_selected else "error"
    if look.is_waiting:
        return "queue", token if look.is_selected else "engine_text"
    return "history", token if look.is_selected else "stale"


def clip_path(box: ClipBox, top: float) -> QPainterPath:
    """The shape of a clip: round corners, or an S where it crosses a neighbour."""
    bottom = top + CLIP_PX - 0.5
    top += 0.5
    path = QPainterPath()
    left, right = box.left + 0.5, max(box.right - 0.5, box.left + 1.5)
    radius = min(_RADIUS, (right - left) / 2)
    if box.overlap_left > 0:
        points = crossing_curve(*_crossing(box, is_left=True), top, bottom)
        path.moveTo(*points[0])
        for x, y in points[1:]:
            path.lineTo(x, y)
    else:
        path.moveTo(left + radius, bottom)
        path.quadTo(left, bottom, left, bottom - radius)
        path.lineTo(left, top + radius)
        path.quadTo(left, top, left + radius, top)
    if box.overlap_right > 0:
        points = crossing_curve(*_crossing(box, is_left=False), bottom, top)
        for x, y in points:
            path.lineTo(x, y)
    else:
        path.lineTo(right - radius, top)
        path.quadTo(right, top, right, top + radius)
        path.lineTo(right, bottom - radius)
        path.quadTo(right, bottom, right - radius, bottom)
    path.closeSubpath()
    return path


def _crossing(box: ClipBox, *, is_left: bool) -> tuple[float, float]:
    """Left end and width of a transition; a cut has none to speak of."""
    left = box.left if is_left else box.right - box.overlap_right
    width = box.overlap_left if is_left else box.overlap_right
    kind = box.kind_left if is_left else box.kind_right
    if kind is TransitionKind.CUT:
        return left + width / 2 - 0.5, 1.0
    return left, width


def _edge_points(box: ClipBox, top: float, *, is_left: bool) -> list[tuple[float, float]]:
    upper, lower = top + 0.5, top + CLIP_PX - 0.5
    ends = (upper, lower) if is_left else (lower, upper)
    points = crossing_curve(*_crossing(box, is_left=is_left), *ends)
    return [(float(x), float(y)) for x, y in points]


def _curve_path(points: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path
