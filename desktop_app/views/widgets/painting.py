"""Shapes that several controls draw."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.views.theme.theme import Theme


def antialiased_painter(widget: QWidget) -> QPainter:
    """A painter on ``widget``; end it before returning from ``paintEvent``."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(widget.font())
    return painter


def draw_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    outline: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded rectangle; its outline lies inside ``rect``."""
    inset = width / 2 if outline else 0.0
    painter.setPen(QPen(outline, width) if outline else Qt.PenStyle.NoPen)
    painter.setBrush(fill or Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float, theme: Theme) -> None:
    """The two pixel ring of the element that has the keyboard."""
    draw_box(painter, rect, radius, outline=theme.colour("focus"), width=2.0)


def draw_icon(
    painter: QPainter, theme: Theme, name: str, token: str, *, centre: QPointF, size: int
) -> None:
    """An icon around a centre, on whole device pixels."""
    dpr = painter.device().devicePixelRatioF()
    pixmap = theme.pixmap(name, token, size, dpr)
    left = round((centre.x() - size / 2) * dpr) / dpr
    top = round((centre.y() - size / 2) * dpr) / dpr
    painter.drawPixmap(QRectF(left, top, size, size), pixmap, QRectF(pixmap.rect()))


def text_width(widget: QWidget, text: str) -> int:
    """Width of ``text`` in the widget's own font, rounded up, in pixels."""
    return widget.fontMetrics().horizontalAdvance(text) + 1


def meter_ground(theme_name: str) -> str:
    """The token of an empty meter: in each theme one that differs from what is around it."""
    return {"light": "line", "high_contrast": "pressed"}.get(theme_name, "well")
