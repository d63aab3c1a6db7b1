"""The large button in the middle of the transport."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.transport.values import PlayState
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.painting import (
    antialiased_painter,
    draw_box,
    draw_focus_ring,
    draw_icon,
)


class PlayButton(IconButton):
    """Green with a pause sign while something plays.

    Args:
        theme: Colours and icons.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "play", "Play", width_px=48, height_px=36, parent=parent)
        self._play_state = PlayState.STOPPED
        self._actions: tuple[QAction, QAction] | None = None
        self.clicked.connect(self._on_clicked)

    def follow_both(self, play: QAction, pause: QAction) -> None:
        """Trigger what the sign says: ``play``, or ``pause`` while something plays."""
        self._actions = (play, pause)
        self._show_sign()

    def show_play_state(self, state: PlayState) -> None:
        """Show what the transport is doing."""
        self._play_state = state
        self.setAccessibleDescription(state.value)
        self._show_sign()
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        radius = theme.radius("button")
        is_playing = self._play_state is PlayState.PLAYING
        if is_playing:
            share = 0.3 if self.underMouse() else 0.22
            draw_box(painter, rect, radius, fill=theme.mixed("ok", "panel", share))
        else:
            ground = "hover" if self.underMouse() else "raised"
            outline = theme.colour("line_strong")
            draw_box(painter, rect, radius, fill=theme.colour(ground), outline=outline)
        token = "ok" if is_playing else "text" if self.isEnabled() else "disabled"
        name = "pause" if is_playing else "play"
        draw_icon(painter, theme, name, token, centre=rect.center(), size=20)
        if self.hasFocus():
            draw_focus_ring(painter, rect, radius, theme)
        painter.end()

    @property
    def _action(self) -> QAction | None:
        is_playing = self._play_state is PlayState.PLAYING
        return None if self._actions is None else self._actions[is_playing]

    def _on_clicked(self) -> None:
        if self._action is not None:
            self._action.trigger()

    def _show_sign(self) -> None:
        if self._action is not None:
            self.show_name(self._action.toolTip())
