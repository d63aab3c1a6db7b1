"""A thin bar that shows how far something is."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box

_UNITS = 10_000


class ProgressBar(QProgressBar):
    """Shows a fraction; it always has an end.

    Args:
        theme: Colours.
        name: What it measures, for screen readers.
        colour: Colour of the finished part: "engine" for the engine, "focus" for the user's files.
    """

    def __init__(
        self, theme: Theme, name: str, *, colour: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._token = colour
        self.setAccessibleName(name)
        self.setRange(0, _UNITS)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_fraction(0.0)
        theme.changed.connect(self.update)

    def show_fraction(self, fraction: float) -> None:
        """Show how much is done, 0 to 1."""
        self.setValue(round(min(max(fraction, 0.0), 1.0) * _UNITS))

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, 4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        middle = self.height() / 2
        groove = QRectF(0, middle - 2, self.width(), 4)
        draw_box(painter, groove, 2, fill=self._theme.colour("line_strong"))
        width = self.width() * self.value() / _UNITS
        if width > 0:
            done = QRectF(0, middle - 2, max(4.0, width), 4)
            draw_box(painter, done, 2, fill=self._theme.colour(self._token))
        painter.end()
