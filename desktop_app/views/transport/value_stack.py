"""A small heading with a value below it."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.sizing import ScaledWidth


class ValueStack(QWidget):
    """Shows a value under its name.

    Args:
        theme: Colours and type.
        heading: The name in capitals, as it is drawn.
        name: The name for screen readers.
    """

    def __init__(
        self, theme: Theme, heading: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._value = Label(theme, "", kind="body", colour="text", weight=600)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addStretch()
        layout.addWidget(Label(theme, heading, kind="tiny", colour="text3"))
        layout.addWidget(self._value)
        layout.addStretch()
        ScaledWidth(theme, self, 44)
        self.setToolTip(name)
        self.show_value("")

    def show_value(self, value: str) -> None:
        """Show another value."""
        self._value.show_text(value)
        self.setAccessibleName(f"{self._name} {value}".strip())
