"""A choice of a few, all of them in sight."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring


class Segments(QWidget):
    """Shows which of a few choices is on and asks for another.

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        choices: Value and words of each choice, in order.
        is_tab_row: Whether it looks like tabs (a line below the words) instead of a box.

    Signals:
        choice_requested (str): The user wants the choice with this value.
    """

    choice_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: tuple[tuple[str, str], ...],
        *,
        is_tab_row: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_tab_row = is_tab_row
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons = {
            value: _Segment(theme, words, is_tab_row=is_tab_row) for value, words in choices
        }
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*((0, 0, 0, 0) if is_tab_row else (2, 2, 2, 2)))
        layout.setSpacing(0)
        for value, button in self._buttons.items():
            layout.addWidget(button)
            self._group.addButton(button)
            button.setAccessibleDescription(name)
            button.clicked.connect(lambda _=False, value=value: self.choice_requested.emit(value))
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    @property
    def choice(self) -> str | None:
        """Value of the choice that is on, or ``None``."""
        on = [value for value, button in self._buttons.items() if button.isChecked()]
        return on[0] if on else None

    def show_choice(self, value: str | None) -> None:
        """Show the choice with ``value`` as on, or none."""
        self._group.setExclusive(False)
        for key, button in self._buttons.items():
            button.setChecked(key == value)
        self._group.setExclusive(True)

    def button(self, value: str) -> QAbstractButton:
        """The button of a choice, for a tooltip or to disable it.

        Raises:
            KeyError: There is no such choice.
        """
        return self._buttons[value]

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_tab_row:
            return
        painter = antialiased_painter(self)
        draw_box(
            painter,
            QRectF(self.rect()),
            self._theme.radius("button"),
            fill=self._theme.colour("field"),
            outline=self._theme.colour("line_strong"),
        )
        painter.end()

    def _apply_theme(self) -> None:
        self.setFixedHeight(self._theme.text_metric("control"))
        self.update()


class _Segment(QAbstractButton):
    def __init__(self, theme: Theme, words: str, *, is_tab_row: bool) -> None:
        super().__init__()
        self._theme = theme
        self._is_tab_row = is_tab_row
        self.setText(words)
        self.setCheckable(True)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy.Policy.Fixed if is_tab_row else QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Expanding)
        self.setFont(theme.font("body", 500))
        theme.changed.connect(self._apply_theme)

    @override
    def sizeHint(self) -> QSize:
        padding = 24 if self._is_tab_row else 16
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + padding, 24)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, 20)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        is_on = self.isChecked()
        if is_on and self._is_tab_row:
            line = QRectF(12, rect.bottom() - 2, rect.width() - 24, 2)
            painter.fillRect(line, theme.colour("text"))
        elif is_on:
            draw_box(painter, rect, theme.radius("field"), fill=theme.colour("hover"))
        token = "text" if is_on or self.underMouse() else "text2"
        painter.setPen(theme.colour(token if self.isEnabled() else "disabled"))
        painter.setFont(theme.font("body", 600 if is_on else 500))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            draw_focus_ring(painter, rect, theme.radius("field"), theme)
        painter.end()

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body", 500))
        self.updateGeometry()
        self.update()
