"""Small words below the parts of a row."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label


class Captions(QWidget):
    """A few texts in columns of one width, each in the middle of its own.

    Args:
        theme: Colours and type.
        num: Number of columns.
    """

    def __init__(self, theme: Theme, num: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = [Label(theme, "", kind="small", colour="text3") for _ in range(num)]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for label in self._labels:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setMinimumWidth(1)
            row.addWidget(label, 1)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(label.text() for label in self._labels)

    def show_texts(self, texts: tuple[str, ...]) -> None:
        """Show other texts, from left to right."""
        for label, text in zip(self._labels, texts, strict=True):
            label.show_text(text)
