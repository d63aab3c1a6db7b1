"""A few facts in a line, parted by faint strokes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter

_GAP_PX = 10


class Facts(QWidget):
    """Shows facts such as "1:08 of sound" and "about 48 s".

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    @property
    def facts(self) -> tuple[str, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, facts: tuple[str, ...]) -> None:
        """Show other facts, the most important first."""
        if facts != self._facts:
            self._facts = facts
            self.setAccessibleName(", ".join(facts) or "No estimate")
            self.setToolTip(", ".join(facts))
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(80, self.fontMetrics().height() + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        metrics = self.fontMetrics()
        x = 0
        for index, fact in enumerate(self._facts):
            if index:
                x += _GAP_PX
                stroke = QRectF(x, 3, 1, self.height() - 6)
                painter.fillRect(stroke, self._theme.colour("line_strong"))
                x += _GAP_PX
            room = self.width() - x
            if room < 2 * _GAP_PX:
                break
            painter.setPen(self._theme.colour("text2"))
            words = metrics.elidedText(fact, Qt.TextElideMode.ElideRight, room)
            rect = QRectF(x, 0, room, self.height())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, words)
            x += metrics.horizontalAdvance(words)
        painter.end()

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("small"))
        self.updateGeometry()
        self.update()
