"""The commands as Qt actions."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from desktop_app.views.commands import (
    COMMANDS,
    NUM_TAKE_KEYS,
    TAKE_NUMBERS_MENU,
    TIMELINE_KEYS,
    Command,
)
from desktop_app.views.theme.theme import Theme


class ActionSet(QObject):
    """One QAction for every command, by its id.

    The set does nothing itself: controllers connect ``triggered`` and set what is enabled and on;
    menus and buttons follow.

    Args:
        theme: Icons.
        parent: The window that the keys belong to.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._commands = {command.id: command for command in COMMANDS}
        self._actions = {command.id: self._new_action(command) for command in COMMANDS}
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def command(self, command_id: str) -> Command:
        """Words, keys and place of a command.

        Raises:
            KeyError: There is no such command.
        """
        return self._commands[command_id]

    def show_words(self, command_id: str, words: str) -> None:
        """Say more exactly what the command would do, such as "Undo move clips"."""
        action = self._actions[command_id]
        action.setText(words)
        action.setToolTip(tooltip(words.replace("&", ""), action))

    def key_list(self) -> tuple[tuple[str, str], ...]:
        """What is done with keys, and the keys: commands in the order of the menus, then the rest.

        The takes' numbers are one line: the first and the last of them.
        """
        commands = [each for each in COMMANDS if each.keys and each.menu != TAKE_NUMBERS_MENU]
        rows = [(command.name, command.keys) for command in commands]
        numbers = ("1", str(NUM_TAKE_KEYS))
        rows.append(("Take of this number, in the selected range if there is one", numbers))
        return tuple(
            (name, " or ".join(_native(each) for each in keys))
            for name, keys in (*rows, *TIMELINE_KEYS)
        )

    def _new_action(self, command: Command) -> QAction:
        action = QAction(command.text, self)
        action.setObjectName(command.id)
        action.setCheckable(command.is_checkable)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setToolTip(tooltip(command.name, action))
        return action

    def _apply_theme(self) -> None:
        for command_id, command in self._commands.items():
            if command.icon:
                self._actions[command_id].setIcon(self._theme.icon(command.icon, "text2", 16))


def tooltip(words: str, action: QAction) -> str:
    """Words with the action's first key in parentheses."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words} ({keys})" if keys else words


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
