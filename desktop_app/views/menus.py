"""The menus, made from the list of commands."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from desktop_app.views.action_set import ActionSet
from desktop_app.views.commands import APPEARANCE_MENU, COMMANDS, MENUS, RECENT_MENU

_THEME_PREFIX = "theme_"


class Menus(QObject):
    """Fills a menu bar with all commands.

    Args:
        bar: Where the menus go.
        actions: The commands.

    Signals:
        open_recent_requested (str): The path of a project that was open before.
        theme_requested (str): "system", "dark", "light" or "high_contrast".
    """

    open_recent_requested = Signal(str)
    theme_requested = Signal(str)

    def __init__(self, bar: QMenuBar, actions: ActionSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._menus: dict[str, QMenu] = {}
        for title in MENUS:
            self._menus[title.replace("&", "")] = bar.addMenu(title)
        self._themes = QActionGroup(self)
        for command in COMMANDS:
            menu = self._menu(command.menu)
            if command.starts_group:
                menu.addSeparator()
            menu.addAction(actions[command.id])
            if command.id == "open":
                self._recent = self._menu(RECENT_MENU)
            if command.menu == APPEARANCE_MENU:
                self._add_theme(command.id)
        # The clip menu and the edit menu share what can be done to clips.
        self._menus["Clip"].addSeparator()
        self._menus["Clip"].addAction(actions["delete"])
        self.show_recent(())

    def menu(self, title: str) -> QMenu:
        """The menu of this title, without the ampersand.

        Raises:
            KeyError: There is no such menu.
        """
        return self._menus[title]

    def show_recent(self, projects: tuple[tuple[str, str], ...]) -> None:
        """Offer projects that were open before.

        Args:
            projects: Path and words of each, the newest first.
        """
        self._recent.clear()
        for path, words in projects:
            action = self._recent.addAction(words.replace("&", "&&"))
            action.setToolTip(path)
            action.triggered.connect(lambda _=False, path=path: self._on_recent(path))
        self._recent.setEnabled(bool(projects))

    def show_theme(self, choice: str) -> None:
        """Show which appearance was chosen: "system" or the name of a theme."""
        self._actions[_THEME_PREFIX + choice].setChecked(True)

    def _on_recent(self, path: str) -> None:
        self.open_recent_requested.emit(path)

    def _menu(self, place: str) -> QMenu:
        title = place.replace("&", "")
        if title not in self._menus:
            parent, words = place.split("/", 1)
            self._menus[title] = self._menus[parent].addMenu(words)
        return self._menus[title]

    def _add_theme(self, command_id: str) -> None:
        action = self._actions[command_id]
        self._themes.addAction(action)
        name = command_id.removeprefix(_THEME_PREFIX)
        action.triggered.connect(lambda: self.theme_requested.emit(name))
