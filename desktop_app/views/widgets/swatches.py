"""A choice of lane colours."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring


class Swatches(QWidget):
    """Shows which lane colour is used and asks for another.

    Args:
        theme: Colours.
        names: Names of the lane colours, in order.

    Signals:
        colour_requested (str): The user wants the lane colour of this name.
    """

    colour_requested = Signal(str)

    def __init__(self, theme: Theme, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Colour")
        self._group = QButtonGroup(self)
        self._buttons = {name: _Swatch(theme, name) for name in names}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for name, button in self._buttons.items():
            layout.addWidget(button)
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, name=name: self.colour_requested.emit(name))
        # Colours are never told apart by colour alone.
        self._name = Label(theme, "", kind="small", colour="text3")
        layout.addSpacing(4)
        layout.addWidget(self._name)
        layout.addStretch()

    def show_colour(self, name: str) -> None:
        """Show the colour of this name as the one in use."""
        self._buttons[name].setChecked(True)
        self._name.show_text(name.capitalize())

    def button(self, name: str) -> QAbstractButton:
        """The button of a colour."""
        return self._buttons[name]


class _Swatch(QAbstractButton):
    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self.setCheckable(True)
        self.setAccessibleName(name.capitalize())
        self.setToolTip(name.capitalize())
        self.setFixedSize(QSize(26, 26))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        fill = self._theme.lane_colour(self._name)
        draw_box(painter, rect.adjusted(5, 5, -5, -5), 3, fill=fill)
        if self.isChecked():
            draw_box(painter, rect.adjusted(1, 1, -1, -1), 5, outline=self._theme.colour("text"))
        if self.hasFocus():
            draw_focus_ring(painter, rect, 5, self._theme)
        painter.end()
