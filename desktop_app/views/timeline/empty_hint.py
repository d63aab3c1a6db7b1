"""What an empty project shows below its lanes: how the first sound comes about."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.ids import ClipId
from desktop_app.project.project import Prompt, PromptClip, TransitionKind
from desktop_app.project.time import Samples, Span
from desktop_app.views.spectrogram.picture import coloured, start_noise
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.clip_layout import ClipBox
from desktop_app.views.timeline.clip_painter import ClipLook, ClipPainter
from desktop_app.views.timeline.painting import centred_text

_STEPS = (
    ("Draw", "Drag across a lane. The length of the", "clip is the length of the sound."),
    ("Describe", "Type what should sound there. Let clips", "overlap to blend one into the next."),
    ("Generate", "Press Ctrl+Enter. Listen to the start", "while the end is still being made."),
)
_LEFT_PX, _GAP_PX, _CARD_PX, _PICTURE_PX = 52, 16, 200, 84
_HEAD_PX, _MIN_CARD_PX, _MAX_CARD_PX = 80, 200, 302
_LANE = "lagoon"


class EmptyHint(QWidget):
    """A heading and three cards; lets the mouse through to the lanes below it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clips = ClipPainter(theme)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Draw sound on the timeline")
        self.setAccessibleDescription(
            ". ".join(f"{title}: {first} {second}" for title, first, second in _STEPS)
        )

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.colour("text"))
        width = self.width() - 2 * _LEFT_PX
        title = QRectF(_LEFT_PX, 0, width, 28)
        centred_text(painter, title, "Draw sound on the timeline")
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text2"))
        below = QRectF(_LEFT_PX, 30, width, 22)
        centred_text(
            painter, below, "Three steps to the first minute. Nothing leaves this computer."
        )
        card = (width - 2 * _GAP_PX) / 3
        if card >= _MIN_CARD_PX and self.height() >= _HEAD_PX + _CARD_PX:
            card = min(card, _MAX_CARD_PX)
            for index in range(len(_STEPS)):
                left = _LEFT_PX + index * (card + _GAP_PX)
                self._paint_card(painter, QRectF(left, _HEAD_PX, card, _CARD_PX), index)
        painter.end()

    def _paint_card(self, painter: QPainter, card: QRectF, index: int) -> None:
        theme = self._theme
        title, first, second = _STEPS[index]
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        picture = QRectF(card.left() + 16, card.top() + 16, card.width() - 32, _PICTURE_PX)
        painter.save()
        rounded = QPainterPath()
        rounded.addRoundedRect(picture, 4, 4)
        painter.setClipPath(rounded)
        painter.fillRect(picture, theme.colour("well"))
        (self._paint_drawing, self._paint_words, self._paint_making)[index](painter, picture)
        painter.restore()
        top = picture.bottom() + 12
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover"))
        painter.drawEllipse(QPointF(card.left() + 27, top + 11), 11, 11)
        painter.setFont(theme.font("small", 600))
        painter.setPen(theme.colour("text"))
        circle = QRectF(card.left() + 16, top, 22, 22)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
        painter.setFont(theme.font("strong"))
        centred_text(painter, QRectF(card.left() + 46, top, card.width() - 60, 22), title)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text2"))
        for line, words in enumerate((first, second)):
            place = QRectF(card.left() + 16, top + 30 + 18 * line, card.width() - 24, 18)
            centred_text(painter, place, words)

    def _paint_drawing(self, painter: QPainter, picture: QRectF) -> None:
        colour = self._theme.lane_colour(_LANE)
        pen = QPen(colour, 1.5)
        pen.setDashPattern([4.0, 2.5])
        painter.setPen(pen)
        colour.setAlphaF(0.2)
        painter.setBrush(colour)
        left = picture.left() + picture.width() * 0.1
        clip = QRectF(left, picture.center().y() - 14, picture.width() * 0.56, 28)
        painter.drawRoundedRect(clip, 4, 4)
        label = QRectF(clip.right() + 10, clip.top() + 4, 52, 20)
        painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(label, 4, 4)
        painter.setFont(self._theme.font("small", 600))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, "45.0 s")

    def _paint_words(self, painter: QPainter, picture: QRectF) -> None:
        left, width = picture.left() + 10, picture.width() - 20
        middle = left + width / 2
        light = _box("Light rain", left, middle + 14, right=28)
        heavy = _box("Thunder", middle - 14, left + width, left=28)
        looks = [(light, ClipLook()), (heavy, ClipLook(is_selected=True))]
        top = picture.center().y() - 18
        self._clips.paint(painter, looks, top, _LANE, self._theme.colour("canvas"))

    def _paint_making(self, painter: QPainter, picture: QRectF) -> None:
        noise = start_noise(32, 160, seed=1).astype(np.float64)
        shape = np.linspace(20, 190, 32)[:, None] * (0.7 + 0.3 * np.sin(np.arange(160) / 9))
        share = np.clip(np.linspace(-0.8, 1.4, 160), 0.0, 1.0)
        levels = np.ascontiguousarray((shape * (1 - share) + noise * share).astype(np.uint8))
        pixels = coloured(levels, self._theme.colour_map(_LANE))
        image = QImage(pixels.data.cast("B"), 160, 32, 640, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(picture, image)
        line = QRectF(picture.left() + picture.width() * 0.36, picture.top(), 1.5, picture.height())
        painter.fillRect(line, self._theme.colour("engine"))


def _box(text: str, start: float, end: float, *, left: float = 0, right: float = 0) -> ClipBox:
    clip = PromptClip(id=ClipId(text), span=Span(Samples(0), Samples(1)), prompt=Prompt(text=text))
    return ClipBox(
        clip=clip, left=start, right=end, overlap_left=left, overlap_right=right,
        kind_left=TransitionKind.MORPH, kind_right=TransitionKind.MORPH,
    )  # fmt: skip
