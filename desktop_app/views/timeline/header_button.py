"""Small buttons of the left column: a letter, an icon, or an icon with words."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.painting import centred_text, draw_focus_ring, draw_icon


class HeaderButton(QAbstractButton):
    """Draws itself from the theme, whatever the style.

    Args:
        theme: Colours, type and icons.
        name: For tooltip and assistive technology.
        letter: "M": a letter instead of an icon.
        icon: Name of an icon.
        on_colour: Ground when it is checked; "" keeps the ground of a tool that is on.
        has_outline: Whether it is drawn as a button even when idle.
        trailing_icon: An icon at the right end.
        is_quiet: Whether its words are no brighter than a label.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
        *,
        letter: str = "",
        icon: str = "",
        on_colour: str = "",
        has_outline: bool = False,
        trailing_icon: str = "",
        is_quiet: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._letter = letter
        self._icon = icon
        self._on_colour = on_colour
        self._has_outline = has_outline
        self._trailing_icon = trailing_icon
        self._is_quiet = is_quiet
        self._is_hovered = False
        self._is_struck = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon_name(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def set_struck(self, *, is_struck: bool) -> None:
        """Strike the letter through: others are solo."""
        if is_struck != self._is_struck:
            self._is_struck = is_struck
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(24, 20)

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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        self._paint_ground(painter, rect)
        if self._letter:
            self._paint_letter(painter, rect)
        else:
            self._paint_icon_and_words(painter, rect)
        if self.hasFocus():
            draw_focus_ring(painter, self._theme, rect.adjusted(2, 2, -2, -2), 3)
        painter.end()

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if self._has_outline or self._letter:
            painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        if self.isChecked() and self._on_colour:
            painter.setBrush(self._theme.colour(self._on_colour))
        elif self.isDown():
            painter.setBrush(self._theme.colour("pressed"))
        elif self._is_hovered and self.isEnabled():
            painter.setBrush(self._theme.colour("hover"))
        elif self.isChecked() and not self._letter:
            painter.setBrush(self._theme.colour("focus", self._theme.fill("toggle_on")))
        elif self._has_outline or self._letter:
            painter.setBrush(self._theme.colour("raised"))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = 4 if self.height() <= 24 else 6
        painter.drawRoundedRect(rect, radius, radius)

    def _paint_letter(self, painter: QPainter, rect: QRectF) -> None:
        font = self._theme.font("small", 600)
        font.setStrikeOut(self._is_struck and not self.isChecked())
        painter.setFont(font)
        on_letter = "panel" if self._on_colour == "mute" else "on_engine"
        colour = on_letter if self.isChecked() else "text2"
        painter.setPen(self._theme.colour(colour if self.isEnabled() else "disabled"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)

    def _paint_icon_and_words(self, painter: QPainter, rect: QRectF) -> None:
        token = self._icon_colour() if self.isEnabled() else "disabled"
        size = 20 if self.height() >= 28 else 16
        words = self.text()
        if not words:
            place = QRectF(0, 0, size, size)
            place.moveCenter(rect.center())
            draw_icon(painter, self._theme, self._icon, place, token)
            return
        icon = QRectF(6, (self.height() - size) / 2, size, size)
        if self._icon:
            draw_icon(painter, self._theme, self._icon, icon, token)
        right = rect.right() - (22 if self._trailing_icon else 6)
        painter.setFont(self._theme.font("small", None if self._is_quiet else 600))
        words_colour = "text2" if self._is_quiet else "text"
        painter.setPen(self._theme.colour(words_colour if self.isEnabled() else "disabled"))
        left = icon.right() + 6 if self._icon else 6.0
        centred_text(painter, QRectF(left, 0, right - left, self.height()), words)
        if self._trailing_icon:
            end = QRectF(rect.right() - 20, (self.height() - 16) / 2, 16, 16)
            draw_icon(painter, self._theme, self._trailing_icon, end, "text3")

    def _icon_colour(self) -> str:
        return "focus" if self.isChecked() else "text2"
