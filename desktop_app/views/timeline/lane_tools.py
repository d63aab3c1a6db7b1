"""The row above the lane headers: add a lane, what is shown of the sound, fit."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.header_button import HeaderButton
from desktop_app.views.timeline.values import SoundView

_SEGMENTS = (
    (SoundView.WAVEFORM, "waveform", "Waveform"),
    (SoundView.BOTH, "waveform-spectrogram", "Waveform and spectrogram"),
    (SoundView.SPECTROGRAM, "spectrogram", "Spectrogram"),
)


class _Segment(HeaderButton):
    """A segment: no ground of its own until it is on."""

    @override
    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        if self.isChecked() or self.underMouse():
            painter.setPen(QPen(self._theme.colour("hover"), 0))
            painter.setBrush(self._theme.colour("hover", 1.0 if self.isChecked() else 0.5))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)

    @override
    def _icon_colour(self) -> str:
        return "text" if self.isChecked() else "text2"


class LaneTools(QWidget):
    """Buttons for all lanes.

    Signals:
        lane_add_requested (): "+ Lane".
        sound_view_requested (SoundView): Another segment.
        fit_requested (): Show everything.
    """

    lane_add_requested = Signal()
    sound_view_requested = Signal(object)
    fit_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._add = HeaderButton(theme, "Add a lane", self, icon="add", has_outline=True)
        self._add.setText("Lane")
        self._fit = HeaderButton(
            theme, "Fit everything in the view (Ctrl+0)", self, icon="zoom-fit"
        )
        self._segments = {
            view: _Segment(theme, name, self, icon=icon) for view, icon, name in _SEGMENTS
        }
        self._group = QButtonGroup(self)
        self._box = QRectF()
        for view, segment in self._segments.items():
            segment.setCheckable(True)
            segment.setChecked(view is SoundView.BOTH)
            self._group.addButton(segment)
        self.setFixedHeight(theme.metric("overview"))
        self.setAccessibleName("Lane tools")
        self._add.clicked.connect(self.lane_add_requested)
        self._fit.clicked.connect(self.fit_requested)
        self._group.buttonClicked.connect(self._on_segment_clicked)

    def show_sound_view(self, view: SoundView) -> None:
        """Mark the segment that is in force."""
        self._segments[view].setChecked(True)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        is_wide = self.width() > 200
        self._add.setText("Lane" if is_wide else "")
        self._add.setGeometry(12, 6, 84 if is_wide else 32, 28)
        left = self._add.geometry().right() + 10
        width = 35 if is_wide else 28
        for index, segment in enumerate(self._segments.values()):
            segment.setGeometry(left + 1 + index * width, 7, width, 26)
        self._box = QRectF(left, 6, 3 * width + 2, 28)
        self._fit.setGeometry(round(self._box.right()) + 9, 6, 28, 28)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        bottom = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(bottom, self._theme.colour("line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("line_strong"), 1))
        painter.setBrush(self._theme.colour("field"))
        painter.drawRoundedRect(self._box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _on_segment_clicked(self, clicked: HeaderButton) -> None:
        for view, segment in self._segments.items():
            if segment is clicked:
                self.sound_view_requested.emit(view)
