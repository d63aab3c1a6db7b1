"""A line of text to type in."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_icon

_PADDING_PX = 8


class Field(QLineEdit):
    """Shows a text and asks for another when the user is done with it.

    Enter and leaving the field ask, Esc brings the shown text back.

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        prefix: Grey words inside, before the text.
        suffix: Grey words inside, after the text, such as a unit.

    Signals:
        text_requested (str): The user is done and wants this text.
        error_changed (str): What is wrong with the text, in a sentence; empty when it is right.
    """

    text_requested = Signal(str)
    error_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        prefix: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._prefix = prefix
        self._suffix = suffix
        self._shown = ""
        self._error = ""
        self.setAccessibleName(name)
        self.setFrame(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self.editingFinished.connect(self._on_editing_finished)
        self.textEdited.connect(self._on_text_edited)

    @property
    def error(self) -> str:
        """What is wrong with the text, in a sentence; empty when it is right."""
        return self._error

    def show_text(self, text: str) -> None:
        """Show a text, unless the user is writing another at this moment."""
        if self.hasFocus() and self.text() != self._shown and not self.isReadOnly():
            self._shown = text
            return
        self._shown = text
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self._set_error("")

    def show_error(self, sentence: str) -> None:
        """Say what is wrong; an empty sentence says that nothing is."""
        self._set_error(sentence)

    def commit(self) -> None:
        """Ask for the typed text now, as Enter would."""
        self._on_editing_finished()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setText(self._shown)
            self._set_error("")
            return
        super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}:
            self.selectAll()
        self.update()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        outline, width = self._outline()
        fill = self._theme.colour("field") if self.isEnabled() else None
        draw_box(
            painter, rect, self._theme.radius("field"), fill=fill, outline=outline, width=width
        )
        painter.setPen(self._theme.colour("text3" if self.isEnabled() else "disabled"))
        inner = rect.adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        if self._prefix:
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, self._prefix)
        if self._error:
            draw_icon(
                painter,
                self._theme,
                "error",
                "error",
                centre=QPointF(rect.right() - 14, rect.center().y()),
                size=16,
            )
        elif self._suffix:
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, self._suffix)
        painter.end()
        super().paintEvent(event)

    def _outline(self) -> tuple[QColor, float]:
        theme = self._theme
        if not self.isEnabled():
            return theme.colour("line"), 1.0
        if self._error:
            return theme.colour("error"), 1.5
        if self.hasFocus():
            return theme.colour("focus"), 1.5
        return theme.colour("line_control" if self.underMouse() else "line_strong"), 1.0

    def _requested(self, text: str) -> None:
        """Ask for ``text``; fields for numbers and times read it first."""
        self.text_requested.emit(text)

    def _on_editing_finished(self) -> None:
        if self.text() != self._shown:
            self._requested(self.text())

    def _on_text_edited(self) -> None:
        self._set_error("")

    def _set_error(self, sentence: str) -> None:
        if sentence == self._error:
            return
        self._error = sentence
        self.setAccessibleDescription(sentence)
        self.setToolTip(sentence)
        self._set_margins()
        self.error_changed.emit(sentence)
        self.update()

    def _set_margins(self) -> None:
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance(self._prefix) + _PADDING_PX if self._prefix else 0
        right = metrics.horizontalAdvance(self._suffix) + 4 if self._suffix else 0
        right = 20 if self._error else right
        # The line edit adds two pixels of its own on both sides.
        self.setTextMargins(left + _PADDING_PX - 2, 0, right + _PADDING_PX - 2, 0)

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body", 500))
        self.setFixedHeight(self._theme.text_metric("control"))
        palette = self._theme.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self._set_margins()
        self.update()
