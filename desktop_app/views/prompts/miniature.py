"""A waveform the size of a word."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.waveform.picture import DISPLAY_POWER


class Miniature(QWidget):
    """Bars as high as the sound is loud, on the timeline's scale.

    Args:
        theme: Colours.
        heights: 0 to 1, in order of time.
        colour: Name of the colour.
    """

    def __init__(
        self,
        theme: Theme,
        heights: tuple[float, ...] = (),
        colour: str = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heights = heights
        self._colour = colour
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_heights(self, heights: tuple[float, ...], colour: str) -> None:
        """Show another sound in another colour."""
        self._heights, self._colour = heights, colour
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(96, 24)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._heights:
            return
        painter = QPainter(self)
        colour = self._theme.colour(self._colour)
        middle = self.height() / 2
        pitch = self.width() / len(self._heights)
        for index, height in enumerate(self._heights):
            half = max(0.5, min(max(height, 0.0), 1.0) ** DISPLAY_POWER * middle)
            painter.fillRect(
                QRectF(index * pitch, middle - half, max(1.0, pitch - 1), 2 * half), colour
            )
        painter.end()
