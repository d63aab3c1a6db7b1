"""Switches and check boxes."""

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import (
    antialiased_painter,
    draw_box,
    draw_focus_ring,
    draw_icon,
)

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Tick(QCheckBox):
    """A check box: shows whether something is on and asks for the opposite.

    Args:
        theme: Colours and type.
        text: Words beside it.

    Signals:
        toggle_requested (bool): The user wants it on or off.
    """

    toggle_requested = Signal(bool)
    _mark_px = 16

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self.clicked.connect(self.toggle_requested)

    def show_on(self, *, is_on: bool | None) -> None:
        """Show it as on, off, or mixed for ``None``."""
        self.setTristate(is_on is None)
        state = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked}
        self.setCheckState(Qt.CheckState.PartiallyChecked if is_on is None else state[is_on])

    def show_text(self, text: str) -> None:
        """Show other words beside it."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(self._mark_px + 8 + words + 4, self._theme.text_metric("control") - 4)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._mark_px + 8, self.sizeHint().height())

    @override
    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS:
            self.click()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        self._draw_mark(painter, self.height() / 2)
        painter.setPen(self._theme.colour("text2" if self.isEnabled() else "disabled"))
        room = QRectF(self.rect()).adjusted(self._mark_px + 8, 0, 0, 0)
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _draw_mark(self, painter: QPainter, middle: float) -> None:
        theme = self._theme
        box = QRectF(0, middle - 8, 16, 16)
        is_on = self.checkState() is not Qt.CheckState.Unchecked
        if is_on:
            fill = theme.colour("focus" if self.isEnabled() else "disabled")
            draw_box(painter, box, 3, fill=fill)
            if self.checkState() is Qt.CheckState.Checked:
                draw_icon(painter, theme, "check", "on_lane", centre=QPointF(8, middle), size=16)
            else:
                painter.fillRect(QRectF(4, middle - 1, 8, 2), theme.colour("on_lane"))
        else:
            outline = theme.colour(self._outline_token())
            draw_box(painter, box, 3, fill=theme.colour("field"), outline=outline)
        if self.hasFocus():
            draw_focus_ring(painter, box, 3, theme)

    def _outline_token(self) -> str:
        if not self.isEnabled():
            return "line"
        return "text2" if self.underMouse() else "line_control"

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body"))
        self.updateGeometry()
        self.update()


class Switch(Tick):
    """As ``Tick``, drawn as a switch: what it changes is heard at once or with the next take."""

    _mark_px = 28

    @override
    def _draw_mark(self, painter: QPainter, middle: float) -> None:
        theme = self._theme
        groove = QRectF(0, middle - 8, 28, 16)
        state = self.checkState()
        is_on = state is Qt.CheckState.Checked
        if is_on:
            draw_box(painter, groove, 8, fill=theme.colour("focus" if self.isEnabled() else "line"))
        else:
            outline = theme.colour(self._outline_token())
            draw_box(painter, groove, 8, fill=theme.colour("field"), outline=outline)
        left = {Qt.CheckState.Checked: 14.5, Qt.CheckState.Unchecked: 2.5}.get(state, 8.5)
        token = "on_lane" if is_on else "text2" if self.isEnabled() else "disabled"
        draw_box(painter, QRectF(left, middle - 5.5, 11, 11), 5.5, fill=theme.colour(token))
        if self.hasFocus():
            draw_focus_ring(painter, groove, 8, theme)
