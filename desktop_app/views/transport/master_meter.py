"""The level of the mix."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.transport.values import METER_MARKS_DB, MeterLevels, meter_fraction
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, meter_ground
from desktop_app.views.widgets.time_text import MINUS, decibel_text

_BAR_PX = 6.0
_CLIPPING_DB = -0.1
_LARGE_TEXT = 1.2
_FEW_MARKS_DB = (-60, -24, 0)
_WIDTH_PX, _MIN_WIDTH_PX, _HEIGHT_PX = 152, 88, 40
_WIDTH_OF_ALL_MARKS_PX = 132


class MasterMeter(QWidget):
    """Two bars with their held peaks; it shows what it is told and has no clock of its own.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._levels = MeterLevels()
        self.setFixedHeight(_HEIGHT_PX)
        self.setMinimumWidth(_MIN_WIDTH_PX)
        self.setMaximumWidth(_WIDTH_PX)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Level of the mix")
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, _HEIGHT_PX)

    def show_levels(self, levels: MeterLevels) -> None:
        """Show other levels."""
        if levels == self._levels:
            return
        self._levels = levels
        loudest = max(levels.left_held_db, levels.right_held_db)
        self.setAccessibleDescription(f"Peak {decibel_text(loudest)}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        levels = self._levels
        self._draw_bar(painter, 4.0, levels.left_db, levels.left_held_db)
        self._draw_bar(painter, 12.0, levels.right_db, levels.right_held_db)
        painter.setFont(self._theme.font("micro", 600))
        painter.setPen(self._theme.colour("text3"))
        has_room = self.width() >= _WIDTH_OF_ALL_MARKS_PX
        has_room = has_room and self._theme.text_scale <= _LARGE_TEXT
        marks = METER_MARKS_DB if has_room else _FEW_MARKS_DB
        for mark_db in marks:
            x = meter_fraction(mark_db) * self.width()
            text = f"{mark_db}".replace("-", MINUS)
            align = Qt.AlignmentFlag.AlignHCenter
            room = QRectF(x - 20, 21, 40, 12)
            if mark_db == METER_MARKS_DB[0]:
                room, align = QRectF(0, 21, 40, 12), Qt.AlignmentFlag.AlignLeft
            elif mark_db == 0:
                room, align = QRectF(x - 40, 21, 40, 12), Qt.AlignmentFlag.AlignRight
            painter.drawText(room, align | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _draw_bar(self, painter: QPainter, top: float, level_db: float, held_db: float) -> None:
        theme = self._theme
        radius = theme.radius("meter")
        ground = QRectF(0, top, self.width(), _BAR_PX)
        draw_box(painter, ground, radius, fill=theme.colour(meter_ground(theme.name)))
        width = meter_fraction(level_db) * self.width()
        if width > 0:
            token = "error" if held_db > _CLIPPING_DB else "ok"
            draw_box(painter, QRectF(0, top, width, _BAR_PX), radius, fill=theme.colour(token))
        held = meter_fraction(held_db) * self.width()
        if held > 0:
            mark = QRectF(min(held, self.width() - 1.5), top, 1.5, _BAR_PX)
            painter.fillRect(mark, theme.colour("text"))
