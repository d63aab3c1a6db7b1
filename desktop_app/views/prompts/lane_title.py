"""The first line of a page: the lane and what of it is shown."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box


class LaneTitle(QWidget):
    """A swatch, a name and a note at the right.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swatch = Swatch(theme)
        self._name = Label(theme, "", kind="strong", colour="text", elides=True)
        self._note = Label(theme, "", colour="text3")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self._name, 1)
        row.addWidget(self._note)

    def show_title(self, name: str, note: str, colour: str | None) -> None:
        """Show a name, a note, and the colour of a lane, if it is one."""
        self._name.show_text(name)
        self._note.show_text(note)
        self._swatch.setVisible(colour is not None)
        if colour is not None:
            self._swatch.show_colour(colour)


class Swatch(QWidget):
    """A small square in a lane's colour.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = "stone"
        self.setFixedSize(QSize(12, 12))
        theme.changed.connect(self.update)

    def show_colour(self, name: str) -> None:
        """Show the lane colour of this name."""
        self._colour = name
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        draw_box(painter, QRectF(self.rect()), 3, fill=self._theme.lane_colour(self._colour))
        painter.end()
