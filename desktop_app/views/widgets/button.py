"""A button with words."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import (
    antialiased_painter,
    draw_box,
    draw_focus_ring,
    draw_icon,
)

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ButtonKind(Enum):
    """What a button means."""

    PLAIN = "plain"
    MAIN = "main"
    """Amber: the engine works. There is only one in a window."""
    ANSWER = "answer"
    """Blue: the answer that a dialog suggests."""
    QUIET = "quiet"
    """Words without a ground."""


class Button(QPushButton):
    """Says in words what will happen.

    Args:
        theme: Colours and type.
        text: The words.
        kind: What it means.
        icon: Name of an icon in front of the words.
        key_text: The key that does the same, shown at the right.
        height_px: 28 usual, 36 in dialogs, 40 for the main button.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        kind: ButtonKind = ButtonKind.PLAIN,
        icon: str = "",
        key_text: str = "",
        height_px: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._kind = kind
        self._icon_name = icon
        self._key_text = key_text
        self._height_px = height_px
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    def show_text(self, text: str) -> None:
        """Say something else, to the eye and to screen readers."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        content = self.fontMetrics().horizontalAdvance(self.text()) + 2
        content += 24 if self._icon_name else 0
        content += self._key_room()
        padding = 24 if self._height_px <= 28 else 48
        height = round(self._height_px * max(1.0, self._theme.text_scale))
        return QSize(content + padding, height)

    @override
    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        # With a key at the right the words may be a long path, which gives way.
        return QSize(min(hint.width(), 120) if self._key_text else hint.width(), hint.height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS:
            self.click()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        radius = self._theme.radius("button")
        fill, outline = self._ground()
        draw_box(painter, rect, radius, fill=fill, outline=outline)
        self._draw_content(painter, rect)
        if self.hasFocus():
            draw_focus_ring(painter, rect, radius, self._theme)
        painter.end()

    def _ground(self) -> tuple[QColor | None, QColor | None]:
        theme = self._theme
        if self._kind in {ButtonKind.MAIN, ButtonKind.ANSWER}:
            return self._filled_ground(), None
        outline = theme.colour("line_strong") if self._kind is ButtonKind.PLAIN else None
        if not self.isEnabled():
            return None, theme.colour("line") if outline else None
        if self.isDown():
            return theme.colour("pressed"), outline
        if self.underMouse():
            return theme.colour("hover"), outline
        return (theme.colour("panel") if outline else None), outline

    def _filled_ground(self) -> QColor:
        base = "engine" if self._kind is ButtonKind.MAIN else "focus"
        if not self.isEnabled():
            return self._theme.colour("hover")
        if self.isDown():
            return self._theme.mixed(base, "well", 0.86)
        if self.underMouse():
            return self._theme.mixed("text", base, 0.1)
        return self._theme.colour(base)

    def _text_token(self) -> str:
        if not self.isEnabled():
            return "disabled"
        tokens = {ButtonKind.MAIN: "on_engine", ButtonKind.ANSWER: "on_lane"}
        return tokens.get(self._kind, "text2" if self._kind is ButtonKind.QUIET else "text")

    def _draw_content(self, painter: QPainter, rect: QRectF) -> None:
        token = self._text_token()
        painter.setPen(self._theme.colour(token))
        words = self.fontMetrics().horizontalAdvance(self.text())
        total = words + (24 if self._icon_name else 0)
        # With a key at the right end the words start at the left, else they are centred.
        left = 12.0 if self._key_text else (rect.width() - total) / 2
        if self._icon_name:
            icon_px = 20 if self._key_text else 16
            at = QPointF(left + 8, rect.center().y())
            draw_icon(painter, self._theme, self._icon_name, token, centre=at, size=icon_px)
            left += 24
        middle = Qt.AlignmentFlag.AlignVCenter
        room = rect.width() - left - self._key_room()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, int(room))
        painter.drawText(QRectF(left, 0, room, rect.height()), middle, text)
        if self._key_text:
            painter.setFont(self._theme.font("small"))
            painter.drawText(
                rect.adjusted(0, 0, -12, 0), middle | Qt.AlignmentFlag.AlignRight, self._key_text
            )

    def _key_room(self) -> int:
        return 24 + self.fontMetrics().horizontalAdvance(self._key_text) if self._key_text else 0

    def _apply_theme(self) -> None:
        is_large = self._height_px >= 36
        self.setFont(self._theme.font("strong" if is_large else "body", 600 if is_large else 500))
        self.updateGeometry()
        self.update()
