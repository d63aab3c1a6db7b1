"""A titled part of an inspector page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.sizing import ScaledWidth

LABEL_PX = 72
MARGIN_PX = 16


class Section(QWidget):
    """A hairline, a title with an optional note, and rows below.

    Args:
        theme: Colours and type.
        title: The heading; no heading and no line when empty.
        note: Grey words at the right of the heading.
    """

    def __init__(
        self, theme: Theme, title: str = "", note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._note = Label(theme, note, kind="small", colour="text3")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._rows.setContentsMargins(MARGIN_PX, 16 if title else 12, MARGIN_PX, 16)
        if title:
            outer.addWidget(HairLine(theme))
            head = QHBoxLayout()
            head.addWidget(Label(theme, title, kind="small", weight=600))
            head.addStretch()
            head.addWidget(self._note)
            self._rows.addLayout(head)
        outer.addLayout(self._rows)

    def show_note(self, note: str) -> None:
        """Show other words at the right of the heading."""
        self._note.show_text(note)

    def add(self, row: QWidget | QLayout) -> None:
        """Add a row below the others."""
        if isinstance(row, QWidget):
            self._rows.addWidget(row)
        else:
            self._rows.addLayout(row)

    def add_labelled(self, label: str, *widgets: QWidget) -> Label:
        """Add a row with a label in front; returns the label."""
        words = Label(self._theme, label)
        ScaledWidth(self._theme, words, LABEL_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(words)
        for widget in widgets:
            row.addWidget(widget)
        self._rows.addLayout(row)
        return words


def stacked_field(theme: Theme, label: str, *widgets: QWidget) -> QVBoxLayout:
    """A label with its fields below, as a column."""
    column = QVBoxLayout()
    column.setSpacing(4)
    words = Label(theme, label, kind="small", colour="text3")
    words.setAlignment(Qt.AlignmentFlag.AlignLeft)
    column.addWidget(words)
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    column.addLayout(row)
    return column
