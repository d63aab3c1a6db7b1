"""The bundled typeface."""

from PySide6.QtGui import QFont, QFontDatabase

from desktop_app.views.theme.tokens import RESOURCES_DIR, TypeStyle

FAMILY = "Inter"


def add_bundled_fonts() -> None:
    """Make the bundled typeface known to Qt, once for each process.

    Raises:
        RuntimeError: A font file is missing or broken.
    """
    if FAMILY in QFontDatabase.families():
        return
    for path in sorted((RESOURCES_DIR / "fonts").glob("*.otf")):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise RuntimeError(f"cannot load the font {path.name}; reinstall the application")


def bundled_font(style: TypeStyle, scale: float, weight: int | None = None) -> QFont:
    """The bundled typeface with tabular figures.

    Args:
        style: Height and weight.
        scale: Text size of the user, 0.9 to 1.5.
        weight: Replaces the weight of ``style``.
    """
    font = QFont(FAMILY)
    # Whole pixels: a size in points would depend on the resolution that the screen claims.
    font.setPixelSize(max(8, round(style.px * scale + 1e-6)))
    font.setWeight(QFont.Weight(weight or style.weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
