"""A button with an icon instead of words."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import (
    antialiased_painter,
    draw_box,
    draw_focus_ring,
    draw_icon,
)

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DEFAULT_COLOUR = "text2"


class IconButton(QToolButton):
    """Shows an icon; its name is in the tooltip and for screen readers.

    Space is left to the transport, so the keyboard presses it with Enter.

    Args:
        theme: Colours and icons.
        icon: Name of the icon.
        name: What it does, for people.
        checkable: Whether it stays on.
        width_px: Width of the hit area.
        icon_px: Size of the drawing.
        height_px: Height of the hit area.
        colour: Name of its colour while it is off.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        *,
        checkable: bool = False,
        width_px: int = 28,
        height_px: int = 28,
        icon_px: int = 20,
        colour: str = _DEFAULT_COLOUR,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon_px = icon_px
        self._token = colour
        self.setFixedSize(QSize(width_px, height_px))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_name(name)
        theme.changed.connect(self.update)

    def show_name(self, name: str) -> None:
        """Show another tooltip and tell screen readers the same."""
        self.setToolTip(name)
        self.setAccessibleName(name)

    def show_icon(self, icon: str, colour: str | None = None) -> None:
        """Show another drawing."""
        self._icon_name = icon
        self._token = colour or self._token
        self.update()

    def follow(self, action: QAction) -> None:
        """Trigger ``action`` when clicked, and look as it does: enabled, on, tooltip."""
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(lambda: self._show_action(action))
        self._show_action(action)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS:
            self.click()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        radius = theme.radius("field")
        if self.isEnabled() and self.isDown():
            draw_box(painter, rect, radius, fill=theme.colour("pressed"))
        elif self.isChecked():
            ground = theme.mixed("focus", "panel", theme.fill("toggle_on"))
            draw_box(painter, rect, radius, fill=ground)
        elif self.isEnabled() and self.underMouse():
            draw_box(painter, rect, radius, fill=theme.colour("hover"))
        draw_icon(
            painter,
            theme,
            self._icon_name,
            self._icon_token(),
            centre=rect.center(),
            size=self._icon_px,
        )
        if self.hasFocus():
            draw_focus_ring(painter, rect, radius, theme)
        painter.end()

    def _icon_token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        return "focus" if self.isChecked() else self._token

    def _show_action(self, action: QAction) -> None:
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())
        self.show_name(action.toolTip())
