"""Small things that are drawn in many places."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from desktop_app.views.theme.theme import Theme

TAG_HEIGHT_PX = 20


def centred_text(
    painter: QPainter, rect: QRectF, text: str, *, right: bool = False, elided: bool = True
) -> None:
    """A line of text in the painter's font and colour, vertically centred, elided to fit."""
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width()) if elided else text
    baseline = rect.center().y() + (metrics.capHeight() / 2)
    x = rect.right() - metrics.horizontalAdvance(shown) if right else rect.left()
    painter.drawText(QPointF(x, round(baseline)), shown)


def text_width(font: QFont, text: str) -> float:
    """How wide a text is in a font, in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def groove_colour(theme: Theme) -> QColor:
    """The ground of flags and grooves: in high contrast outlines are as white as the text."""
    return theme.colour("pressed" if theme.name == "high_contrast" else "line_strong")


def hairline(painter: QPainter, x: float, top: float, bottom: float, colour: QColor) -> None:
    """A vertical line of one pixel on whole device pixels."""
    dpr = painter.device().devicePixelRatio()
    painter.fillRect(QRectF(round(x * dpr) / dpr, top, 1, bottom - top), colour)


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """The colour with an opacity of 0 to 1."""
    changed = QColor(colour)
    changed.setAlphaF(alpha)
    return changed


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """The opaque colour of ``front`` with opacity ``share`` over ``back``."""
    return QColor(
        round(front.red() * share + back.red() * (1 - share)),
        round(front.green() * share + back.green() * (1 - share)),
        round(front.blue() * share + back.blue() * (1 - share)),
    )


def draw_icon(painter: QPainter, theme: Theme, name: str, rect: QRectF, token: str) -> None:
    """An icon, square, in the middle of ``rect``."""
    dpr = painter.device().devicePixelRatio()
    size = round(min(rect.width(), rect.height()))
    pixmap: QPixmap = theme.pixmap(name, token, size, dpr)
    painter.drawPixmap(QPointF(rect.center().x() - size / 2, rect.center().y() - size / 2), pixmap)


def tag_width(theme: Theme, text: str, *, has_icon: bool) -> float:
    """How wide :func:`draw_tag` draws."""
    return text_width(theme.font("small", 600), text) + (34 if has_icon else 16)


def draw_tag(
    painter: QPainter, theme: Theme, left: float, top: float, text: str, *, icon: str = "",
    colour: str = "engine_text", outline: str = "engine",
) -> QRectF:  # fmt: skip
    """A tag over the sound: words on their own ground, so that they can always be read.

    Returns:
        Its place.
    """
    rect = QRectF(left, top, tag_width(theme, text, has_icon=bool(icon)), TAG_HEIGHT_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour(outline, 0.6), 1))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if icon:
        draw_icon(painter, theme, icon, QRectF(left + 7, top + 2, 16, 16), colour)
    painter.setFont(theme.font("small", 600))
    painter.setPen(theme.colour(colour))
    centred_text(painter, rect.adjusted(27 if icon else 8, 0, 0, 0), text, elided=False)
    painter.restore()
    return rect


def draw_focus_ring(painter: QPainter, theme: Theme, rect: QRectF, radius: float) -> None:
    """The ring round what has the focus: 2 px with a gap of 1."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("focus"), 2))
    painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), radius + 2, radius + 2)
    painter.restore()
