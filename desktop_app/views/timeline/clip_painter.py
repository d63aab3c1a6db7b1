"""Draws prompt clips and their transitions."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from desktop_app.project.project import TransitionKind
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.clip_layout import CLIP_PX, ClipBox, crossing_curve, ribbon
from desktop_app.views.timeline.painting import (
    centred_text,
    draw_focus_ring,
    draw_icon,
    mixed,
)

_RADIUS = 4.0
_HANDLE_PX = 12
_CURVE_PX = 1.25
_MAX_CURVES = 200
_SIMPLE_PX = 24.0
"""Narrower clips are drawn as rectangles."""


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
        self._curves: dict[tuple[float, bool], QPainterPath] = {}

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
            if box.width < _SIMPLE_PX:
                self._paint_narrow(painter, box, look, top, colour, ground)
            else:
                self._paint_shape(painter, box, look, top, colour, ground)
        for box, look in boxes:
            if box.width >= _SIMPLE_PX:
                self._paint_marks(painter, box, look, top, colour)
        painter.restore()

    def _paint_narrow(
        self,
        painter: QPainter,
        box: ClipBox,
        look: ClipLook,
        top: float,
        colour: QColor,
        ground: QColor,
    ) -> None:
        """A clip of a few pixels: nobody sees its corners, and there may be hundreds."""
        outer = QRectF(box.left, top, max(box.width - 0.5, 1.0), CLIP_PX)
        painter.fillRect(outer, self._outline_colour(look, colour, ground))
        if box.width > 3 and not look.is_selected:
            fill = self._fill_colour(look, colour, ground)
            painter.fillRect(outer.adjusted(1, 1, -1, -1), fill)

    def _paint_shape(
        self,
        painter: QPainter,
        box: ClipBox,
        look: ClipLook,
        top: float,
        colour: QColor,
        ground: QColor,
    ) -> None:
        outline = self._outline_colour(look, colour, ground)
        fill = self._fill_colour(look, colour, ground)
        is_dashed = look.is_waiting or not look.has_sound
        if is_dashed:
            painter.fillPath(clip_path(box, top), fill)
            pen = QPen(outline, 1.5)
            pen.setDashPattern([4.0, 2.5])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(clip_path(box, top, inset=0.75))
            return
        # An outline filled and filled over costs a tenth of a stroked one.
        width = 1.5 if look.is_failed else 1.0
        painter.fillPath(clip_path(box, top), outline)
        painter.fillPath(clip_path(box, top, inset=width), fill)

    def _fill_colour(self, look: ClipLook, colour: QColor, ground: QColor) -> QColor:
        if look.is_selected:
            return colour
        share = self._theme.fill("clip_unselected") + (0.08 if look.is_hovered else 0.0)
        if look.has_sound or look.is_waiting:
            return mixed(colour, ground, share)
        return mixed(colour, ground, 0.12 if look.is_hovered else 0.0)

    def _outline_colour(self, look: ClipLook, colour: QColor, ground: QColor) -> QColor:
        if look.is_failed:
            return self._theme.colour("error")
        if look.is_waiting:
            return self._theme.colour("engine")
        return colour if look.is_selected else mixed(colour, ground, 0.75)

    def _paint_marks(
        self, painter: QPainter, box: ClipBox, look: ClipLook, top: float, colour: QColor
    ) -> None:
        self._paint_crossings(painter, box, top, colour)
        if look.is_hovered:
            self._paint_handles(painter, box, top)
        if look.is_focused:
            rect = QRectF(box.left, top, box.width, CLIP_PX)
            draw_focus_ring(painter, self._theme, rect, _RADIUS)
        self._paint_words(painter, box, look, top)

    def _paint_crossings(self, painter: QPainter, box: ClipBox, top: float, colour: QColor) -> None:
        """Both curves in a light tint, above the fills of both clips."""
        tint = mixed(self._theme.colour("text"), colour, 0.45)
        if box.overlap_left > 0:
            self._fill_curve(painter, _crossing(box, is_left=True), top, tint, is_rising=True)
        if box.overlap_right > 0:
            self._fill_curve(painter, _crossing(box, is_left=False), top, tint, is_rising=False)
            if box.kind_right is TransitionKind.BLEND and box.overlap_right > 12:
                centre = QPointF(box.right - box.overlap_right / 2, top + CLIP_PX / 2)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colour("text"))
                painter.drawEllipse(centre, 2.5, 2.5)

    def _fill_curve(
        self,
        painter: QPainter,
        ends: tuple[float, float],
        top: float,
        colour: QColor,
        *,
        is_rising: bool,
    ) -> None:
        left, width = ends
        key = (round(width, 2), is_rising)
        path = self._curves.get(key)
        if path is None:
            if len(self._curves) > _MAX_CURVES:
                self._curves.clear()
            path = self._curves[key] = _curve_outline(width, is_rising=is_rising)
        painter.fillPath(path.translated(left, top), colour)

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
        if box.clip.is_loop and right - left > 3 * _HANDLE_PX:
            icon = QRectF(right - 16, top + (CLIP_PX - 16) / 2, 16, 16)
            draw_icon(painter, self._theme, "loop", icon, token)
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


def clip_path(box: ClipBox, top: float, inset: float = 0.0) -> QPainterPath:
    """The shape of a clip: round corners, or an S where it crosses a neighbour.

    Args:
        box: The clip's place.
        top: Its top in the view.
        inset: How much smaller at every side.
    """
    bottom = top + CLIP_PX - inset
    top += inset
    path = QPainterPath()
    left, right = box.left + inset, max(box.right - inset, box.left + inset + 1)
    radius = max(min(_RADIUS - inset, (right - left) / 2), 0.0)
    if box.overlap_left > 0:
        start, width = _crossing(box, is_left=True)
        path.moveTo(start + inset, bottom)
        _smoothstep_to(path, start + inset, width, bottom, top)
    else:
        path.moveTo(left + radius, bottom)
        path.quadTo(left, bottom, left, bottom - radius)
        path.lineTo(left, top + radius)
        path.quadTo(left, top, left + radius, top)
    if box.overlap_right > 0:
        start, width = _crossing(box, is_left=False)
        path.lineTo(start - inset, top)
        _smoothstep_to(path, start - inset, width, top, bottom)
    else:
        path.lineTo(right - radius, top)
        path.quadTo(right, top, right, top + radius)
        path.lineTo(right, bottom - radius)
        path.quadTo(right, bottom, right - radius, bottom)
    path.closeSubpath()
    return path


def _smoothstep_to(path: QPainterPath, left: float, width: float, start: float, end: float) -> None:
    """A smoothstep is exactly the cubic with level ends and thirds between them."""
    path.cubicTo(left + width / 3, start, left + 2 * width / 3, end, left + width, end)


def _crossing(box: ClipBox, *, is_left: bool) -> tuple[float, float]:
    """Left end and width of a transition; a cut has none to speak of."""
    left = box.left if is_left else box.right - box.overlap_right
    width = box.overlap_left if is_left else box.overlap_right
    kind = box.kind_left if is_left else box.kind_right
    if kind is TransitionKind.CUT:
        return left + width / 2 - 0.5, 1.0
    return left, width


def _curve_outline(width: float, *, is_rising: bool) -> QPainterPath:
    """The curve of a transition as an area that can be filled, from the top left corner on."""
    upper, lower = 0.5, CLIP_PX - 0.5
    top, bottom = (upper, lower) if is_rising else (lower, upper)
    points = crossing_curve(0.0, width, top, bottom)
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ribbon(points, _CURVE_PX).tolist()]))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
