"""The theme that all views draw with. It can change while the application runs."""

import gc
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from desktop_app.views.theme.colour_maps import colour_map_table
from desktop_app.views.theme.fonts import add_bundled_fonts, bundled_font
from desktop_app.views.theme.icons import rendered_icon
from desktop_app.views.theme.style_sheet import style_sheet
from desktop_app.views.theme.tokens import Tokens, load_tokens, mixed

MIN_TEXT_SCALE, MAX_TEXT_SCALE = 0.9, 1.5
_ICON_COLOUR = "text2"
_ICON_RATIOS = (1.0, 1.5, 2.0, 3.0)


class Theme(QObject):
    """Colours, sizes, type and icons by their names.

    All views share one theme and hold on to it. When it changes, it says so: repaint, and drop
    whatever was drawn with the old colours.

    Signals:
        changed (): Other colours or another text size are in force.
    """

    changed = Signal()

    def __init__(self, tokens: Tokens, text_scale: float = 1.0) -> None:
        super().__init__()
        add_bundled_fonts()
        self._tokens = tokens
        self._text_scale = text_scale
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._colour_maps: dict[str, NDArray[np.uint8]] = {}

    @property
    def name(self) -> str:
        """Which colours are in force: "dark", "light" or "high_contrast"."""
        return self._tokens.theme_name

    @property
    def text_scale(self) -> float:
        """Text size of the user, 0.9 to 1.5."""
        return self._text_scale

    @property
    def tokens(self) -> Tokens:
        """The values behind the names."""
        return self._tokens

    def switch_to(self, name: str) -> None:
        """Use other colours from now on.

        Raises:
            ValueError: There is no theme of that name.
        """
        if name == self.name:
            return
        self._tokens = load_tokens(name)
        self._forget_and_tell()

    def set_text_scale(self, scale: float) -> None:
        """Use another text size from now on; limited to 0.9 to 1.5."""
        limited = min(max(scale, MIN_TEXT_SCALE), MAX_TEXT_SCALE)
        if limited != self._text_scale:
            self._text_scale = limited
            self._forget_and_tell()

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """A colour by its name ("panel", "lane.iris"), with an opacity of 0 to 1.

        Raises:
            ValueError: There is no colour of that name.
        """
        colour = QColor(self._hex(token))
        colour.setAlphaF(alpha)
        return colour

    def lane_colour(self, name: str) -> QColor:
        """The colour of a lane by its name ("lagoon")."""
        return self.colour(f"lane.{name}")

    def mixed(self, front: str, back: str, share: float) -> QColor:
        """The opaque colour of ``front`` with opacity ``share`` over ``back``, both tokens."""
        return QColor(mixed(self._hex(front), self._hex(back), share))

    def fill(self, name: str) -> float:
        """An opacity by its name ("clip_unselected"), 0 to 1."""
        return self._tokens.fills[name]

    def metric(self, name: str) -> int:
        """A size in pixels by its name ("lane_header")."""
        return self._tokens.sizes[name]

    def text_metric(self, name: str) -> int:
        """A size that holds text: ``metric`` grown with the user's text size."""
        return round(self._tokens.sizes[name] * max(1.0, self._text_scale))

    def radius(self, name: str) -> int:
        """A corner radius in pixels by its name ("clip")."""
        return self._tokens.radii[name]

    def motion_ms(self, name: str) -> int:
        """A duration in milliseconds by its name ("panel")."""
        return self._tokens.motion_ms[name]

    def font(self, type_name: str, weight: int | None = None) -> QFont:
        """The typeface for a kind of text ("body"), with tabular figures."""
        return bundled_font(self._tokens.types[type_name], self._text_scale, weight)

    def colour_map(self, lane_colour_name: str) -> NDArray[np.uint8]:
        """The spectrogram's colours for a lane colour, "dusk", "grey" or "high_contrast".

        Returns:
            (256, 3) red, green, blue; read-only.
        """
        if lane_colour_name not in self._colour_maps:
            maps = self._tokens.colour_maps
            stops = maps.get(lane_colour_name, maps["high_contrast"])
            self._colour_maps[lane_colour_name] = colour_map_table(
                stops, self._tokens.colour_map_gamma
            )
        return self._colour_maps[lane_colour_name]

    def pixmap(self, name: str, token: str, size: int, dpr: float) -> QPixmap:
        """An icon in the colour ``token`` (a name or "#RRGGBB"), ``size`` pixels wide."""
        key = (name, token, size, dpr)
        if key not in self._pixmaps:
            colour = QColor(token) if token.startswith("#") else self.colour(token)
            self._pixmaps[key] = rendered_icon(name, colour, size, dpr)
        return self._pixmaps[key]

    def icon(self, name: str, token: str = _ICON_COLOUR, size: int = 20) -> QIcon:
        """An icon for menus and standard controls; blue when it is on, grey when disabled.

        A QIcon keeps its colours: ask again when the theme has changed.
        """
        icon = QIcon()
        tokens: Mapping[tuple[QIcon.Mode, QIcon.State], str] = {
            (QIcon.Mode.Normal, QIcon.State.Off): token,
            (QIcon.Mode.Disabled, QIcon.State.Off): "disabled",
            (QIcon.Mode.Normal, QIcon.State.On): "focus",
            (QIcon.Mode.Disabled, QIcon.State.On): "disabled",
        }
        for (mode, state), colour in tokens.items():
            for dpr in _ICON_RATIOS:
                icon.addPixmap(self.pixmap(name, colour, size, dpr), mode, state)
        return icon

    def palette(self) -> QPalette:
        """The colours of the standard controls."""
        palette = QPalette()
        role = QPalette.ColorRole
        for which, token in (
            (role.Window, "panel"),
            (role.WindowText, "text"),
            (role.Base, "field"),
            (role.AlternateBase, "canvas"),
            (role.Text, "text"),
            (role.Button, "raised"),
            (role.ButtonText, "text"),
            (role.BrightText, "error"),
            (role.ToolTipBase, "raised"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "text3"),
            (role.Link, "focus"),
            (role.Light, "hover"),
            (role.Midlight, "raised"),
            (role.Mid, "line"),
            (role.Dark, "line_strong"),
            (role.Shadow, "well"),
            (role.HighlightedText, "text"),
        ):
            palette.setColor(which, self.colour(token))
        palette.setColor(role.Highlight, self.mixed("focus", "panel", 0.3))
        palette.setColor(role.Accent, self.colour("focus"))
        disabled = QPalette.ColorGroup.Disabled
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(disabled, which, self.colour("disabled"))
        return palette

    def style_sheet(self) -> str:
        """Radii and grounds that a palette cannot say."""
        return style_sheet(self._tokens)

    def _hex(self, token: str) -> str:
        colour = self._tokens.colours.get(token)
        if colour is None:
            raise ValueError(f"unknown colour {token!r}; see resources/themes/tokens.json")
        return colour

    def _forget_and_tell(self) -> None:
        self._pixmaps.clear()
        self._colour_maps.clear()
        self.changed.emit()


def load_theme(name: str, text_scale: float = 1.0) -> Theme:
    """The theme "dark", "light" or "high_contrast". A QGuiApplication must exist.

    Raises:
        ValueError: There is no theme of that name.
    """
    return Theme(load_tokens(name), text_scale)


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give an application our palette, type and style sheet, now and whenever they change."""

    def apply() -> None:
        # Qt walks over all widgets while our handlers run. Windows that Python has yet to collect
        # must not vanish in the middle of that walk.
        gc.collect()
        application.setPalette(theme.palette())
        application.setFont(theme.font("body"))
        application.setStyleSheet(theme.style_sheet())

    application.setStyle("Fusion")
    apply()
    theme.changed.connect(apply)
