"""The strip below the transport: one message about the whole window, with what can be done."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop_app.views.message_strip import MessageKind, MessageStrip

NoticeAction = tuple[str, Callable[[], None]]
"""Words of a button, and what it does."""


class Notices(QObject):
    """Shows a message in the strip and runs what its buttons stand for.

    Args:
        strip: Where messages are shown.
    """

    def __init__(self, strip: MessageStrip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strip = strip
        self._actions: dict[str, Callable[[], None]] = {}
        strip.action_requested.connect(self._on_action)

    def show_error(self, text: str, *actions: NoticeAction) -> None:
        """Say what failed; work goes on."""
        self._show(MessageKind.ERROR, text, actions)

    def show_warning(self, text: str, *actions: NoticeAction) -> None:
        """Say what may become a problem."""
        self._show(MessageKind.WARNING, text, actions)

    def clear(self) -> None:
        """Show no message."""
        self._actions.clear()
        self._strip.clear()

    def _show(self, kind: MessageKind, text: str, actions: tuple[NoticeAction, ...]) -> None:
        self._actions = {str(number): action for number, (_, action) in enumerate(actions)}
        words = tuple((str(number), label) for number, (label, _) in enumerate(actions))
        self._strip.show_message(kind, text, words)

    def _on_action(self, action_id: str) -> None:
        action = self._actions.get(action_id)
        self.clear()
        if action is not None:
            action()
