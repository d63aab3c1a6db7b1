"""Fixed widths that grow with the user's text size."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_app.views.theme.theme import Theme


class ScaledWidth(QObject):
    """Keeps a widget as wide as its text needs, whatever the text size; it lives with the widget.

    Args:
        theme: The text size.
        widget: What is kept wide enough.
        width_px: Width at a text size of 100 %.
    """

    def __init__(self, theme: Theme, widget: QWidget, width_px: int) -> None:
        super().__init__(widget)
        self._theme = theme
        self._widget = widget
        self._width_px = width_px
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _apply_theme(self) -> None:
        self._widget.setFixedWidth(round(self._width_px * max(1.0, self._theme.text_scale)))
