"""Three cards that say how to begin; they go with the first clip."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box

_STEPS = (
    ("Draw", "Drag across a lane. The length of the clip is the length of the sound."),
    ("Describe", "Type what should sound there. Let clips overlap to blend one into the next."),
    ("Generate", "Press Ctrl \u21b5. Listen to the start while the end is still being made."),
)
_MAX_WIDTH_PX, _MARGIN_PX = 936, 52
_LOW_PX = 330
_PICTURE_PX = 88
_CELL_PX = 3


class FirstRun(QWidget):
    """A heading, the three steps and examples.

    Args:
        theme: Colours and type.
        examples: Id, name and note of each example project; none hides them.

    Signals:
        example_requested (str): The user wants to open this example.
    """

    example_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        examples: tuple[tuple[str, str, str], ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("First steps")
        self._note = Label(theme, "Three steps to the first minute.", kind="strong", weight=400)
        self._pictures = [_Picture(theme, number) for number in (1, 2, 3)]
        self.examples = [
            self._example_button(example_id, name, note) for example_id, name, note in examples
        ]
        self._lay_out()
        theme.changed.connect(self.update)

    def show_note(self, note: str) -> None:
        """Say what is ready: "The starter model is ready and works offline."."""
        self._note.show_text(note)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        for picture in self._pictures:
            picture.setVisible(self.height() >= _LOW_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        painter.end()

    def _lay_out(self) -> None:
        content = QWidget()
        content.setMaximumWidth(_MAX_WIDTH_PX)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        heading = Label(self._theme, "Draw sound on the timeline", kind="welcome", colour="text")
        column.addWidget(heading)
        column.addWidget(self._note)
        column.addSpacing(16)
        cards = QHBoxLayout()
        cards.setSpacing(16)
        for number, (title, text) in enumerate(_STEPS):
            cards.addWidget(_Card(self._theme, number + 1, title, text, self._pictures[number]), 1)
        column.addLayout(cards)
        if self.examples:
            column.addSpacing(16)
            column.addWidget(Label(self._theme, "Or open an example", kind="strong", colour="text"))
            row = QHBoxLayout()
            row.setSpacing(16)
            for button in self.examples:
                row.addWidget(button, 1)
            column.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_MARGIN_PX, 16, _MARGIN_PX, 16)
        outer.addStretch(1)
        outer.addWidget(content)
        outer.addStretch(4)

    def _example_button(self, example_id: str, name: str, note: str) -> Button:
        button = Button(self._theme, f"{name}, {note}" if note else name, height_px=40)
        button.clicked.connect(lambda: self.example_requested.emit(example_id))
        return button


class _Card(QWidget):
    def __init__(self, theme: Theme, number: int, title: str, text: str, picture: QWidget) -> None:
        super().__init__()
        self._theme = theme
        words = Label(theme, text)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(_Badge(theme, number))
        head.addWidget(Label(theme, title, kind="strong", colour="text"))
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(picture)
        column.addLayout(head)
        column.addWidget(words)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        draw_box(
            painter,
            QRectF(self.rect()),
            self._theme.radius("tile"),
            fill=self._theme.colour("panel"),
            outline=self._theme.colour("line"),
        )
        painter.end()


class _Badge(QWidget):
    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._text = str(number)
        self.setFixedSize(22, 22)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        draw_box(painter, rect, 11, fill=self._theme.colour("hover"))
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.font("small", 600))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class _Picture(QWidget):
    """What the step looks like on the timeline."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._draw = {1: self._draw_clip, 2: self._draw_transition, 3: self._draw_sound}[number]
        self.setFixedHeight(_PICTURE_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        draw_box(painter, rect, 6, fill=self._theme.colour("well"))
        clip = QPainterPath()
        clip.addRoundedRect(rect, 6, 6)
        painter.setClipPath(clip)
        self._draw(painter, rect)
        painter.end()

    def _draw_clip(self, painter: QPainter, rect: QRectF) -> None:
        theme = self._theme
        for index in range(1, 10):
            x = rect.width() * index / 10
            painter.fillRect(QRectF(round(x), 0, 1, rect.height()), theme.colour("line", 0.5))
        box = QRectF(28, 30, rect.width() * 0.56, 28)
        painter.setPen(QPen(theme.lane_colour("lagoon"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("lane.lagoon", 0.2))
        painter.drawRoundedRect(box, 4, 4)
        tag = QRectF(box.right() + 12, 34, 58, 20)
        fill, outline = theme.colour("raised"), theme.colour("line_strong")
        draw_box(painter, tag, 4, fill=fill, outline=outline)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font("small", 600))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, "45.0 s")

    def _draw_transition(self, painter: QPainter, rect: QRectF) -> None:
        theme = self._theme
        left, right, top, bottom = 10.0, rect.width() - 8, 30.0, 58.0
        cross, half = rect.width() * 0.53, 14.0
        first, second = QPainterPath(QPointF(left, top)), QPainterPath(QPointF(right, top))
        for path, edge in ((first, left), (second, right)):
            end = cross - half if path is first else cross + half
            other = cross + half if path is first else cross - half
            path.lineTo(end, top)
            path.cubicTo(QPointF(cross, top), QPointF(cross, bottom), QPointF(other, bottom))
            path.lineTo(edge, bottom)
            path.closeSubpath()
        colour = theme.lane_colour("lagoon")
        painter.setPen(QPen(colour, 1))
        painter.setBrush(theme.mixed("lane.lagoon", "canvas", 0.3))
        painter.drawPath(first)
        painter.setBrush(colour)
        painter.drawPath(second)
        painter.setFont(theme.font("clip"))
        painter.setPen(theme.colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left + 8, top, 100, 28), middle, "Light rain")
        painter.setPen(theme.colour("on_lane"))
        painter.setFont(theme.font("clip", 600))
        painter.drawText(QRectF(cross + half + 10, top, 100, 28), middle, "Thunder")

    def _draw_sound(self, painter: QPainter, rect: QRectF) -> None:
        """A made-up spectrogram: rain before the line, noise behind it."""
        colours = self._theme.colour_map("lagoon")
        line = rect.width() * 0.3
        for x in range(0, int(rect.width()), _CELL_PX):
            for y in range(0, int(rect.height()), _CELL_PX):
                depth = y / rect.height()
                grain = _grain(x, y)
                gust = 0.6 + 0.4 * math.sin(x / 17) * math.sin(x / 5.3 + 1)
                sound = depth**1.4 * gust * 0.75 + grain * 0.22
                level = sound if x < line else 0.2 * sound + 0.7 * grain * (0.4 + 0.6 * depth)
                red, green, blue = (int(part) for part in colours[int(min(level, 1.0) * 230)])
                painter.fillRect(QRectF(x, y, _CELL_PX, _CELL_PX), QColor(red, green, blue))
        painter.fillRect(QRectF(line, 0, 1.5, rect.height()), self._theme.colour("engine"))


def _grain(x: int, y: int) -> float:
    """A number from 0 to 1 that looks random and is the same at every repaint."""
    return math.sin(x * 12.9898 + y * 78.233) * 43758.5453 % 1.0
