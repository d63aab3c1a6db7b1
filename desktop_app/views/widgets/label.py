"""Text in the theme's type and colours."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme

_DEFAULT_COLOUR = "text2"


class Label(QLabel):
    """Plain text; never read as markup, because much of it was typed by people.

    Args:
        theme: Colours and type.
        text: What to show.
        kind: Name of the type, "body" and so on.
        colour: Name of the colour.
        weight: Replaces the weight of the type.
        elides: Whether text that is too long ends in dots and goes into the tooltip.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        kind: str = "body",
        colour: str = _DEFAULT_COLOUR,
        weight: int | None = None,
        elides: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = kind
        self._token = colour
        self._weight = weight
        self._elides = elides
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._apply_theme()
        self.setText(text)
        theme.changed.connect(self._apply_theme)

    @property
    def elides(self) -> bool:
        """Whether text that is too long ends in dots."""
        return self._elides

    def show_text(self, text: str, colour: str | None = None) -> None:
        """Show other words, and in another colour if given."""
        if colour is not None and colour != self._token:
            self._token = colour
            self._apply_theme()
        if text != self.text():
            self.setText(text)
            if self._elides:
                self.setToolTip(text)

    @override
    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(24, hint.height()) if self._elides else hint

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elides:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        painter.drawText(self.contentsRect(), self.alignment(), text)
        painter.end()

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font(self._kind, self._weight))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.colour(self._token))
        self.setPalette(palette)
