"""Theme, text size and the window's place, remembered between starts; and the preferences."""

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt
from PySide6.QtGui import QGuiApplication

from desktop_app.controllers.engine_memory import EngineMemory
from desktop_app.memory import STANDARD_GIB
from desktop_app.views.dialogs.preferences import PreferencesDialog
from desktop_app.views.main_window import MainWindow
from desktop_app.views.theme.theme import Theme

SYSTEM = "system"
_THEMES = (SYSTEM, "dark", "light", "high_contrast")
_THEME_KEY = "appearance/theme"
_TEXT_SCALE_KEY = "appearance/text_scale"
_GEOMETRY_KEY = "window/geometry"


def theme_choice(settings: QSettings) -> str:
    """What the user chose: "system" or the name of a theme."""
    choice = str(settings.value(_THEME_KEY, SYSTEM))
    return choice if choice in _THEMES else SYSTEM


def text_scale_choice(settings: QSettings) -> float:
    """The text size that the user chose, 1.0 if none or no number is stored."""
    try:
        return float(str(settings.value(_TEXT_SCALE_KEY, 1.0)))
    except ValueError:
        return 1.0


def theme_name(choice: str) -> str:
    """The theme for a choice; "system" asks the platform, and is dark where that does not say."""
    if choice != SYSTEM:
        return choice
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return "high_contrast"
    return "light" if hints.colorScheme() is Qt.ColorScheme.Light else "dark"


class AppearanceController(QObject):
    """Switches theme and text size at once, and follows the system if asked to.

    Args:
        window: The window with the commands.
        theme: What all views draw with.
        settings: Remembers the choices.
        memory: How much of it the engine may take.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        settings: QSettings,
        memory: EngineMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._settings = settings
        self._memory = memory
        window.theme_requested.connect(self.choose_theme)
        window.commands["preferences"].triggered.connect(self.show_preferences)
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)
        window.menus.show_theme(theme_choice(settings))
        geometry = settings.value(_GEOMETRY_KEY)
        if isinstance(geometry, QByteArray):
            # Qt moves a window back that would lie on a screen that is gone.
            window.restoreGeometry(geometry)

    def choose_theme(self, choice: str) -> None:
        """Use a theme from now on: "system" or its name."""
        self._settings.setValue(_THEME_KEY, choice)
        self._theme.switch_to(theme_name(choice))
        self._window.menus.show_theme(choice)

    def choose_text_scale(self, scale: float) -> None:
        """Use a text size from now on."""
        self._settings.setValue(_TEXT_SCALE_KEY, scale)
        self._theme.set_text_scale(scale)

    def show_preferences(self) -> None:
        """Open the preferences; they apply at once."""
        dialog = PreferencesDialog(
            self._theme,
            theme_choice=theme_choice(self._settings),
            memory_gib=self._memory.gib,
            usual_memory_gib=STANDARD_GIB,
            parent=self._window,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.theme_requested.connect(self.choose_theme)
        dialog.text_scale_requested.connect(self.choose_text_scale)
        dialog.memory_requested.connect(self._memory.choose)
        dialog.open()

    def save_layout(self) -> None:
        """Remember where the window is."""
        self._settings.setValue(_GEOMETRY_KEY, self._window.saved_layout())

    def _follow_system(self) -> None:
        if theme_choice(self._settings) == SYSTEM:
            self._theme.switch_to(theme_name(SYSTEM))
