"""The field in which the words of a clip or the name of a lane are changed in place."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from desktop_app.project.project import MAX_PROMPT_CHARACTERS
from desktop_app.views.theme.theme import Theme


class ClipTextEditor(QLineEdit):
    """A line edit over the drawing. Enter and leaving it commit, Esc cancels.

    Signals:
        committed (str): These are the words.
        cancelled (): Nothing changes.
    """

    committed = Signal(str)
    cancelled = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget, name: str = "Prompt of the clip", font: str = "clip"
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font_name = font
        self._is_open = False
        self.setMaxLength(MAX_PROMPT_CHARACTERS)
        self.setPlaceholderText("What should be heard?")
        self.setAccessibleName(name)
        self.hide()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def open(self, place: QRect, text: str) -> None:
        """Show the field at ``place`` with all of ``text`` selected."""
        self.setGeometry(place)
        self.setText(text)
        self.selectAll()
        self._is_open = True
        self.show()
        self.raise_()
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()

    def _commit(self) -> None:
        if self._is_open:
            self._close()
            self.committed.emit(self.text().strip())

    def _close(self) -> None:
        self._is_open = False
        self.hide()

    def _on_theme_changed(self) -> None:
        self.setFont(self._theme.font(self._font_name))
        self.setStyleSheet(
            f"QLineEdit {{ background: {self._theme.colour('field').name()};"
            f" color: {self._theme.colour('text').name()};"
            f" border: 1.5px solid {self._theme.colour('focus').name()};"
            " border-radius: 4px; padding: 0 5px; }"
        )
