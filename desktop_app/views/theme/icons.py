"""Icons: one drawing each, rendered in any colour at any device pixel ratio."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.views.theme.tokens import RESOURCES_DIR

_ICONS_DIR = RESOURCES_DIR / "icons"


def icon_names() -> tuple[str, ...]:
    """Names of all icons, sorted."""
    return tuple(sorted(path.stem for path in _ICONS_DIR.glob("*.svg")))


def rendered_icon(name: str, colour: QColor, size_px: int, dpr: float) -> QPixmap:
    """Draw an icon.

    Args:
        name: File name in ``resources/icons`` without its suffix.
        colour: Takes the place of ``currentColor``.
        size_px: Width and height in device-independent pixels.
        dpr: Device pixel ratio.

    Raises:
        ValueError: There is no icon of that name.
    """
    path = _ICONS_DIR / f"{name}.svg"
    if not path.is_file():
        raise ValueError(f"unknown icon {name!r}; see resources/icons")
    drawing = path.read_bytes().replace(b"currentColor", colour.name().encode())
    device_px = round(size_px * dpr)
    pixmap = QPixmap(device_px, device_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, device_px, device_px))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    return pixmap
