"""First steps, the list of keys, and what this is."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QSettings, Qt

from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.views.dialogs.about import AboutDialog, KeysDialog
from desktop_app.views.dialogs.dialog import Dialog
from desktop_app.views.main_window import MainWindow
from desktop_app.views.theme.theme import Theme

_SEEN_KEY = "welcome/is_over"
_NOTE = "The starter model is ready and works offline."


class HelpController(QObject):
    """Shows the first steps until the first clip was drawn, and whenever they are asked for.

    Args:
        window: Shows them.
        theme: Colours and type of the dialogs.
        document: The open project.
        settings: Remembers that the first clip was drawn.
        version: Of the application; asked for when it is shown.
        start_example: Leaves the project for the example.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        document: Document,
        settings: QSettings,
        version: Callable[[], str],
        start_example: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._document = document
        self._settings = settings
        self._version = version
        actions = window.commands
        actions["keys"].triggered.connect(self.show_keys)
        actions["about"].triggered.connect(self.show_about)
        actions["show_welcome"].triggered.connect(self.show_welcome)
        window.welcome.example_requested.connect(lambda _: start_example())
        window.welcome.show_note(_NOTE)
        document.changed.connect(self._on_document_changed)

    def begin(self) -> None:
        """Show the first steps if no clip was ever drawn."""
        is_over = str(self._settings.value(_SEEN_KEY, "false")) == "true"
        self._window.show_welcome(is_shown=not is_over and not _has_clips(self._document.project))

    def show_welcome(self) -> None:
        """Show the first steps again; with clips there is no room for them."""
        if _has_clips(self._document.project):
            self._window.status.show_message("The first steps show in an empty project.")
        else:
            self._window.show_welcome(is_shown=True)

    def show_keys(self) -> None:
        """Show all keys."""
        _open(KeysDialog(self._theme, self._window.commands.key_list(), self._window))

    def show_about(self) -> None:
        """Show name, version and licences."""
        place = self._document.path
        lines = () if place is None else (f"This project lies in {place}.",)
        _open(AboutDialog(self._theme, self._version(), lines, self._window))

    def _on_document_changed(self, _before: Project, after: Project) -> None:
        if _has_clips(after):
            self._settings.setValue(_SEEN_KEY, "true")
            self._window.show_welcome(is_shown=False)


def _has_clips(project: Project) -> bool:
    return any(lane.clips for lane in project.lanes)


def _open(dialog: Dialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
