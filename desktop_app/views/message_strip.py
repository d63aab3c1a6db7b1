"""The strip under the transport for what concerns the whole window."""

from enum import Enum

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_icon

_HEIGHT_PX = 36


class MessageKind(Enum):
    """How urgent a message is: the name of its icon."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_COLOURS = {MessageKind.INFO: "focus", MessageKind.WARNING: "text", MessageKind.ERROR: "error"}


class MessageStrip(QWidget):
    """One message at a time: what happened, what still works, what to do.

    Args:
        theme: Colours and type.

    Signals:
        action_requested (str): The user pressed the button with this id.
        dismissed (): The user closed the message.
    """

    action_requested = Signal(str)
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = MessageKind.INFO
        self._text = Label(theme, "", colour="text", weight=500, elides=True)
        self._buttons: list[Button] = []
        self._close = IconButton(theme, "cancel", "Close message", icon_px=16)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(52, 0, 8, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._close)
        self._close.clicked.connect(self._on_closed)
        self.setFixedHeight(_HEIGHT_PX)
        self.hide()
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The message shown; empty when there is none."""
        return "" if self.isHidden() else self._text.text()

    def show_message(
        self, kind: MessageKind, text: str, actions: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Show a message in place of the one before.

        Args:
            kind: Icon and colour.
            text: One or two sentences, at most 90 characters.
            actions: Id and words of each button.
        """
        self._kind = kind
        self._text.show_text(text)
        self.setAccessibleName(text)
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for action_id, words in actions:
            button = Button(self._theme, words, height_px=24)
            button.clicked.connect(
                lambda _=False, action_id=action_id: self.action_requested.emit(action_id)
            )
            self._row.insertWidget(self._row.count() - 1, button)
            self._buttons.append(button)
        self.show()
        self.update()

    def clear(self) -> None:
        """Show no message."""
        self.hide()

    def button(self, words: str) -> Button:
        """The button with these words.

        Raises:
            KeyError: There is no such button.
        """
        return {button.text(): button for button in self._buttons}[words]

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.colour("line"))
        token = _COLOURS[self._kind]
        draw_box(painter, QRectF(12, 6, 3, self.height() - 12), 1.5, fill=theme.colour(token))
        at = QRectF(24, 0, 20, self.height()).center()
        draw_icon(painter, theme, self._kind.value, token, centre=at, size=18)
        painter.end()

    def _on_closed(self) -> None:
        self.clear()
        self.dismissed.emit()
