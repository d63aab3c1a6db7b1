"""The strip of the prompt that is added to every clip."""

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.geometry import DEFAULT_DURATION
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import centred_text, draw_focus_ring
from desktop_app.views.timeline.text_editor import ClipTextEditor

_HINT = "Words for the whole piece, for example “night, field recording”"
_CLIP_PX = 22


class EverywhereStrip(QWidget):
    """One clip without colour; a click edits its words.

    Signals:
        everywhere_requested (str): Other words.
    """

    everywhere_requested = Signal(str)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self._is_hovered = False
        self._editor = ClipTextEditor(theme, self, "Everywhere prompt")
        self._editor.setPlaceholderText(_HINT)
        self.setFixedHeight(theme.metric("everywhere_strip"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName("Everywhere")
        self.setToolTip("Added to the words of every clip that has its Everywhere switch on")
        self._editor.committed.connect(self._on_text_committed)
        self._editor.cancelled.connect(self.setFocus)

    def edit(self) -> None:
        """Open the field that changes the words in place."""
        place = QRect(8, 3, self.width() - 16, _CLIP_PX)
        self._editor.open(place, self._scene.project.everywhere.text)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.edit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        else:
            super().keyPressEvent(event)

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
        painter.fillRect(event.rect(), self._theme.colour("panel"))
        bottom = QRectF(event.rect().left(), self.height() - 1, event.rect().width(), 1)
        painter.fillRect(bottom, self._theme.colour("line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        geometry = self._scene.geometry
        left = max(geometry.x_at(0), -8.0)
        right = min(geometry.x_at(max(geometry.content_end, DEFAULT_DURATION)), self.width() + 8.0)
        right = max(right, left + 40.0)
        clip = QRectF(left + 0.5, 3.5, right - left - 1, _CLIP_PX - 1)
        outline = "line_control" if self._is_hovered else "line_strong"
        painter.setPen(QPen(self._theme.colour(outline), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(clip, 4, 4)
        if self.hasFocus():
            draw_focus_ring(painter, self._theme, clip, 4)
        text = self._scene.project.everywhere.text
        painter.setFont(self._theme.font("clip"))
        painter.setPen(self._theme.colour("text2" if text else "text3"))
        visible = QRectF(max(left, 0.0) + 8, 3, min(right, self.width()) - max(left, 0) - 16, 22)
        centred_text(painter, visible, text or _HINT)
        painter.end()

    def _on_text_committed(self, text: str) -> None:
        if text != self._scene.project.everywhere.text:
            self.everywhere_requested.emit(text)
