"""A plain area with a ground of its own."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme

_DEFAULT_GROUND = "panel"


class Panel(QWidget):
    """An area in one of the theme's grounds.

    Args:
        theme: Colours.
        ground: Name of the colour.
    """

    def __init__(
        self, theme: Theme, ground: str = _DEFAULT_GROUND, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ground = ground
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(self._ground))
        painter.end()
