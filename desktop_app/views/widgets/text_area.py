"""Several lines of text to type in."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.gesture import ABANDON, KEEP
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.number_field import VARIOUS
from desktop_app.views.widgets.painting import antialiased_painter, draw_box

_HEIGHT_PX = 84
_LINES, _MOST_LINES = 3, 8
"""Lines that fit, and up to how many it grows before it scrolls."""
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextArea(QWidget):
    """Shows a text and asks for every change of it, as one gesture.

    It grows with the text by a few lines, then it scrolls.

    The gesture begins with the first key and ends when the field is left, with a press of the mouse
    elsewhere, with Ctrl+Enter, or by ``commit``; Esc asks for the text as it was.

    Args:
        theme: Colours and type.
        name: Its name for screen readers.
        placeholder: What stands there while it is empty.
        max_characters: Longer text is cut.

    Signals:
        gesture_started (): The user begins to write.
        text_requested (str): The user wants this text, so far.
        gesture_ended (bool): The user is done; ``False`` when the text shall be as it was.
    """

    gesture_started = Signal()
    text_requested = Signal(str)
    gesture_ended = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        placeholder: str,
        max_characters: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._placeholder = placeholder
        self._max_characters = max_characters
        self._is_writing = False
        self._is_showing = False
        self._edit = _Edit(self)
        self._edit.setAccessibleName(name)
        self._note = Label(theme, "", kind="small", colour="text3")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 10, 0)
        foot.addStretch()
        foot.addWidget(self._note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 2, 8)
        layout.setSpacing(0)
        layout.addWidget(self._edit)
        layout.addLayout(foot)
        self.setFocusProxy(self._edit)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self._edit.textChanged.connect(self._on_text_changed)
        self._edit.left.connect(self.commit)
        self._edit.committed.connect(self.commit)
        self._edit.abandoned.connect(self._abandon)
        self._edit.focus_changed.connect(self.update)
        layout_of_text = self._edit.document().documentLayout()
        layout_of_text.documentSizeChanged.connect(lambda _: self._grow())

    @property
    def text(self) -> str:
        """What stands there now."""
        return self._edit.toPlainText()

    @property
    def is_writing(self) -> bool:
        """Whether a gesture has begun and not ended."""
        return self._is_writing

    def show_text(self, text: str | None) -> None:
        """Show a text, or "various" for ``None``; the cursor stays when nothing changes."""
        self._edit.setPlaceholderText(VARIOUS if text is None else self._placeholder)
        if (text or "") == self.text:
            return
        self._is_showing = True
        self._edit.setPlainText(text or "")
        self._is_showing = False

    def show_note(self, note: str, colour: str) -> None:
        """Show words at the foot, such as how much fits."""
        self._note.show_text(note, colour)

    def commit(self) -> None:
        """End the gesture and keep the text."""
        if self._is_writing:
            self._stop_writing()
            self.gesture_ended.emit(KEEP)

    def select_all(self) -> None:
        """Take the keyboard and select the text."""
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edit.selectAll()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        is_focused = self._edit.hasFocus()
        draw_box(
            painter,
            QRectF(self.rect()),
            self._theme.radius("button"),
            fill=self._theme.colour("field"),
            outline=self._theme.colour("focus" if is_focused else "line_strong"),
            width=1.5 if is_focused else 1.0,
        )
        painter.end()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Buttons and sliders do not take the keyboard, so the text would stay an open gesture.
        is_press = event.type() is QEvent.Type.MouseButtonPress
        if is_press and isinstance(watched, QWidget) and not self.isAncestorOf(watched):
            self.commit()
        return False

    def _start_writing(self) -> None:
        self._is_writing = True
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self.gesture_started.emit()

    def _stop_writing(self) -> None:
        self._is_writing = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def _abandon(self) -> None:
        if self._is_writing:
            self._stop_writing()
            self.gesture_ended.emit(ABANDON)

    def _on_text_changed(self) -> None:
        if self._is_showing:
            return
        if len(self.text) > self._max_characters:
            self._cut()
            return
        if not self._is_writing:
            self._start_writing()
        self.text_requested.emit(self.text)

    def _cut(self) -> None:
        self._is_showing = True
        cursor = self._edit.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        for _ in range(len(self.text) - self._max_characters):
            cursor.deletePreviousChar()
        self._is_showing = False
        self._on_text_changed()

    def _grow(self) -> None:
        # Of plain text the size of the document is counted in lines.
        lines = round(self._edit.document().size().height())
        more = min(max(lines, _LINES), _MOST_LINES) - _LINES
        height = round(_HEIGHT_PX * max(1.0, self._theme.text_scale))
        self.setFixedHeight(height + more * self._edit.fontMetrics().lineSpacing())

    def _apply_theme(self) -> None:
        self._edit.setFont(self._theme.font("strong", 400))
        self._grow()
        palette = self._theme.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self._edit.setPalette(palette)
        self.update()


class _Edit(QPlainTextEdit):
    left = Signal()
    committed = Signal()
    abandoned = Signal()
    focus_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.viewport().setAutoFillBackground(False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in _ENTER_KEYS and is_control:
            self.committed.emit()
            # The key goes on to whoever generates.
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.abandoned.emit()
            return
        super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()
        # A context menu takes the focus only for a moment.
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()
