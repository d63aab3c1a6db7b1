"""A hairline between two areas."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme


class HairLine(QWidget):
    """One pixel in the colour that parts areas.

    Args:
        theme: Colours.
        is_vertical: Whether it stands upright; it is then as high as ``length_px``.
        length_px: Fixed length; it grows with its surroundings when 0.
        is_strong: Whether it is drawn in the stronger colour.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        is_vertical: bool = False,
        length_px: int = 0,
        is_strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = "line_strong" if is_strong else "line"
        if is_vertical:
            self.setFixedWidth(1)
            if length_px:
                self.setFixedHeight(length_px)
        else:
            self.setFixedHeight(1)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(self._colour))
        painter.end()
