"""A choice from a list that drops down."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.number_field import VARIOUS
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_icon


class Select(QComboBox):
    """Shows one of several choices and asks for another.

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        choices: Value and words of each choice, in order.

    Signals:
        choice_requested (str): The user wants the choice with this value.
    """

    choice_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: tuple[tuple[str, str], ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_hovered = False
        self.setAccessibleName(name)
        self.setPlaceholderText(VARIOUS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_choices(choices)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self.activated.connect(self._on_activated)

    @property
    def choice(self) -> str | None:
        """Value of the choice shown; ``None`` for "various"."""
        value = self.currentData()
        return None if value is None else str(value)

    def show_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Offer other choices; the first is shown."""
        self.clear()
        for value, words in choices:
            self.addItem(words, value)
        self.setCurrentIndex(0)

    def show_choice(self, value: str | None) -> None:
        """Show the choice with ``value``, or "various" for ``None``."""
        self.setCurrentIndex(-1 if value is None else self.findData(value))

    @override
    def sizeHint(self) -> QSize:
        words = [self.itemText(i) for i in range(self.count())] or [VARIOUS]
        width = max(self.fontMetrics().horizontalAdvance(text) for text in words)
        return QSize(width + 40, self._theme.text_metric("control"))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, self._theme.text_metric("control"))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the panel must never change a value that happens to lie under the pointer.
        event.ignore()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_hovered = True
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._is_hovered = False
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        is_focused = self.hasFocus()
        hover = "line_control" if self._is_hovered else "line_strong"
        draw_box(
            painter,
            rect,
            theme.radius("field"),
            fill=theme.colour("field") if self.isEnabled() else None,
            outline=theme.colour("focus" if is_focused else hover if self.isEnabled() else "line"),
            width=1.5 if is_focused else 1.0,
        )
        token = "text" if self.currentIndex() >= 0 else "text3"
        painter.setPen(theme.colour(token if self.isEnabled() else "disabled"))
        words = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        room = rect.adjusted(8, 0, -22, 0)
        elided = self.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided)
        chevron = "text2" if self.isEnabled() else "disabled"
        at = QPointF(rect.right() - 13, rect.center().y())
        draw_icon(painter, theme, "chevron-down", chevron, centre=at, size=16)
        painter.end()

    def _on_activated(self, index: int) -> None:
        self.choice_requested.emit(str(self.itemData(index)))

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body", 500))
        self.setFixedHeight(self._theme.text_metric("control"))
        self.update()
