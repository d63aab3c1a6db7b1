"""The header of a lane: name, mute, solo, level, pan, takes, meter and scale."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.views.spectrogram.frequency import AXIS_HZ, axis_label, height_of_hz
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.fader import (
    gain_at,
    gain_text,
    meter_height,
    pan_text,
    position_of_gain,
)
from desktop_app.views.timeline.header_button import HeaderButton
from desktop_app.views.timeline.lane_layout import GAP_PX, LaneRow
from desktop_app.views.timeline.painting import centred_text, draw_focus_ring, draw_icon
from desktop_app.views.timeline.slim_slider import NUM_STEPS, SlimSlider
from desktop_app.views.timeline.take_words import takes_text
from desktop_app.views.timeline.text_editor import ClipTextEditor
from desktop_app.views.timeline.values import KEPT
from desktop_app.views.widgets.painting import meter_ground

_SCALE_PX = 48
_PAN_DEAD_ZONE = 0.03


class LaneHeader(QWidget):
    """Shows a lane and asks for changes of it.

    Signals:
        lane_change_requested (LaneId, dict): Fields of ``ChangeLane`` with their new values.
        gesture_started (str), gesture_ended (bool): Round the changes of a slider's drag.
        takes_requested (LaneId): The takes button.
        lane_menu_requested (LaneId, QPoint): "More", or a right click.
        focused (LaneId): The header was pressed.
        lane_step_requested (LaneId, int): Ctrl+Up/Down: one place up or down.
        lane_remove_requested (LaneId): Delete.
        resize_requested (LaneId, int): A drag on the lower edge: this height.
    """

    lane_change_requested = Signal(object, dict)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    takes_requested = Signal(object)
    lane_menu_requested = Signal(object, QPoint)
    focused = Signal(object)
    lane_step_requested = Signal(object, int)
    lane_remove_requested = Signal(object)
    resize_requested = Signal(object, int)

    def __init__(self, theme: Theme, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lane = lane
        self._row: LaneRow | None = None
        self._shown: tuple[object, ...] = ()
        self._is_focused = False
        self._level_db = -120.0
        self._resize_from: int | None = None
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def _build(self) -> None:
        theme = self._theme
        self._fold = HeaderButton(theme, "Fold lane", self, icon="chevron-down")
        self._mute = HeaderButton(theme, "Mute", self, letter="M", on_colour="mute")
        self._solo = HeaderButton(theme, "Solo", self, letter="S", on_colour="solo")
        self._more = HeaderButton(theme, "More", self, icon="more")
        self._level = SlimSlider(theme, "Level", self)
        self._pan = SlimSlider(theme, "Pan", self, is_bipolar=True)
        self._takes = HeaderButton(
            theme, "Takes", self, icon="takes", has_outline=True, trailing_icon="chevron-right"
        )
        self._editor = ClipTextEditor(theme, self, "Name of the lane", "strong")
        self._editor.setPlaceholderText("")
        self._mute.setCheckable(True)
        self._solo.setCheckable(True)

    def _connect(self) -> None:
        self._fold.clicked.connect(lambda: self._ask(is_folded=not self._lane.is_folded))
        self._mute.clicked.connect(lambda: self._ask(is_muted=self._mute.isChecked()))
        self._solo.clicked.connect(lambda: self._ask(is_soloed=self._solo.isChecked()))
        self._more.clicked.connect(self._on_more)
        self._takes.clicked.connect(lambda: self.takes_requested.emit(self._lane.id))
        self._level.moved_by_user.connect(self._on_level_moved)
        self._pan.moved_by_user.connect(self._on_pan_moved)
        self._level.reset_requested.connect(lambda: self._ask(gain_db=0.0))
        self._pan.reset_requested.connect(lambda: self._ask(pan=0.0))
        self._level.drag_started.connect(lambda: self.gesture_started.emit("Change level"))
        self._pan.drag_started.connect(lambda: self.gesture_started.emit("Change pan"))
        self._level.drag_ended.connect(lambda: self.gesture_ended.emit(KEPT))
        self._pan.drag_ended.connect(lambda: self.gesture_ended.emit(KEPT))
        self._editor.committed.connect(self._on_name_committed)
        self._editor.cancelled.connect(self.setFocus)

    def show_lane(self, lane: Lane, row: LaneRow, *, is_focused: bool, is_struck: bool) -> None:
        """Show a lane at its place.

        Args:
            lane: The lane; always the same one by its id.
            row: Places of its parts.
            is_focused: Whether keys and the inspector mean it.
            is_struck: Whether it is silent because others are solo.
        """
        shown = (lane, row, is_focused, is_struck, self.size())
        if shown == self._shown:
            return
        self._shown = shown
        self._lane, self._row, self._is_focused = lane, row, is_focused
        state = ", muted" if lane.is_muted else ", solo" if lane.is_soloed else ""
        clips = "1 clip" if len(lane.clips) == 1 else f"{len(lane.clips)} clips"
        self.setAccessibleName(f"{lane.name}, {clips}{state}")
        self._fold.set_icon_name("chevron-right" if lane.is_folded else "chevron-down")
        self._fold.setToolTip("Unfold lane" if lane.is_folded else "Fold lane")
        self._mute.setChecked(lane.is_muted)
        self._solo.setChecked(lane.is_soloed)
        self._solo.set_struck(is_struck=is_struck)
        self._level.setValue(round(position_of_gain(lane.gain_db) * NUM_STEPS))
        self._level.setAccessibleDescription(f"{gain_text(lane.gain_db)} dB")
        self._pan.setValue(round((lane.pan + 1) / 2 * NUM_STEPS))
        self._pan.setAccessibleDescription(pan_text(lane.pan))
        self._takes.setText(takes_text(lane))
        self._takes.setAccessibleName(takes_text(lane))
        self._lay_out()
        self.update()

    def show_level(self, level_db: float) -> None:
        """Show the level of the lane's sound in dB."""
        if level_db != self._level_db:
            self._level_db = level_db
            self.update(self._meter_rect().toAlignedRect())

    def edit_name(self) -> None:
        """Open the field that changes the name in place."""
        self._editor.open(QRect(26, 4, self._content_width() - 26 - 78, 24), self._lane.name)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        is_open = not self._lane.is_folded
        is_wide = self.width() > 200
        middle = 20 if self._lane.is_folded else 16
        right = self._content_width()
        self._fold.setGeometry(8, middle - 10, 20, 20)
        self._more.setGeometry(right - 16, middle - 10, 24, 20)
        self._solo.setGeometry(right - 40, middle - 10, 24, 20)
        self._mute.setGeometry(right - 68, middle - 10, 24, 20)
        self._level.setGeometry(40, 34, 84 if is_wide else right - 82, 20)
        self._pan.setGeometry(40, 58, 84, 20)
        takes_top = min(86, self.height() - 26)
        self._takes.setGeometry(12, takes_top, 112, 24)
        self._level.setVisible(is_open)
        self._pan.setVisible(is_open and is_wide)
        self._takes.setVisible(is_open)

    def _content_width(self) -> int:
        """Where the buttons end: left of the scale, which a narrow header leaves out."""
        return self.width() - _SCALE_PX if self.width() > 200 else self.width() - 12

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.focused.emit(self._lane.id)
        if event.button() == Qt.MouseButton.LeftButton and self._is_lower_edge(
            event.position().toPoint()
        ):
            self._resize_from = round(event.globalPosition().y()) - self.height()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._resize_from is not None:
            height = round(event.globalPosition().y()) - self._resize_from
            self.resize_requested.emit(self._lane.id, height)
            return
        is_edge = self._is_lower_edge(event.position().toPoint())
        shape = Qt.CursorShape.SizeVerCursor if is_edge else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._resize_from = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (
            event.position().toPoint().y() < 32
            and event.position().toPoint().x() < self._content_width() - 70
        ):
            self.edit_name()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.focused.emit(self._lane.id)
        self.lane_menu_requested.emit(self._lane.id, event.globalPos())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if has_control and event.key() in steps:
            self.lane_step_requested.emit(self._lane.id, steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_name()
        elif event.key() == Qt.Key.Key_Delete:
            self.lane_remove_requested.emit(self._lane.id)
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, lane = self._theme, self._lane
        height = self.height()
        painter.fillRect(self.rect(), theme.colour("raised" if self._is_focused else "panel"))
        painter.fillRect(QRectF(0, 0, 4, height), theme.lane_colour(lane.colour))
        painter.fillRect(QRectF(self.width() - 1, 0, 1, height), theme.colour("line_strong"))
        middle = 20 if lane.is_folded else 16
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.colour("text"))
        name = QRectF(30, middle - 12, self._content_width() - 70 - 34, 24)
        centred_text(painter, name, lane.name)
        if not lane.is_folded:
            self._paint_values(painter)
            self._paint_meter(painter)
            self._paint_scale(painter)
        if self.hasFocus():
            draw_focus_ring(painter, theme, QRectF(self.rect()).adjusted(7, 4, -4, -4), 4)
        painter.end()

    def _paint_values(self, painter: QPainter) -> None:
        theme = self._theme
        draw_icon(painter, theme, "speaker", QRectF(10, 36, 16, 16), "text2")
        painter.setFont(theme.font("small"))
        if self.width() <= 200:
            return
        painter.setPen(theme.colour("text2"))
        centred_text(painter, QRectF(12, 58, 28, 20), "Pan", elided=False)
        centred_text(painter, QRectF(130, 34, 60, 20), "dB", right=True, elided=False)
        painter.setPen(theme.colour("text"))
        unit = QFontMetrics(painter.font()).horizontalAdvance("dB") + 4
        level = QRectF(126, 34, 64 - unit, 20)
        centred_text(painter, level, gain_text(self._lane.gain_db), right=True, elided=False)
        pan = QRectF(126, 58, 64 - unit, 20)
        centred_text(painter, pan, pan_text(self._lane.pan), right=True, elided=False)

    def _meter_rect(self) -> QRectF:
        return QRectF(self._content_width() - 5, 36, 4, max(self.height() - 48, 8))

    def _paint_meter(self, painter: QPainter) -> None:
        rect = self._meter_rect()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(meter_ground(self._theme.name)))
        painter.drawRoundedRect(rect, 2, 2)
        filled = rect.height() * meter_height(self._level_db)
        if filled >= 1:
            painter.setBrush(self._theme.colour("ok"))
            painter.drawRoundedRect(
                QRectF(rect.left(), rect.bottom() - filled, rect.width(), filled), 2, 2
            )
        painter.restore()

    def _paint_scale(self, painter: QPainter) -> None:
        row = self._row
        if row is None or self.width() <= 200:
            return
        painter.setFont(self._theme.font("micro"))
        painter.setPen(self._theme.colour("text2"))
        left, top = self.width() - _SCALE_PX, row.band.top
        if row.wave is not None:
            wave = row.wave.top - top
            self._paint_figure(painter, left, wave + 7, "0 dB")
            self._paint_figure(painter, left, wave + row.wave.height / 2, "−∞")
        if row.spectrogram is not None:
            band = row.spectrogram
            last_y = 1e9
            for frequency in AXIS_HZ:
                y = band.bottom - top - height_of_hz(frequency) * band.height
                y = min(max(y, band.top - top + 6), band.bottom - top - 6)
                if last_y - y >= 11:
                    self._paint_figure(painter, left, y, axis_label(frequency))
                    last_y = y

    def _paint_figure(self, painter: QPainter, left: float, y: float, text: str) -> None:
        centred_text(
            painter, QRectF(left, y - 6, _SCALE_PX - 8, 12), text, right=True, elided=False
        )

    def _is_lower_edge(self, point: QPoint) -> bool:
        return not self._lane.is_folded and point.y() >= self.height() - GAP_PX - 1

    def _ask(self, **fields: object) -> None:
        self.focused.emit(self._lane.id)
        self.lane_change_requested.emit(self._lane.id, fields)

    def _on_level_moved(self, value: int) -> None:
        self.lane_change_requested.emit(self._lane.id, {"gain_db": gain_at(value / NUM_STEPS)})

    def _on_pan_moved(self, value: int) -> None:
        pan = value / NUM_STEPS * 2 - 1
        pan = 0.0 if abs(pan) < _PAN_DEAD_ZONE else round(pan, 2)
        self.lane_change_requested.emit(self._lane.id, {"pan": pan})

    def _on_more(self) -> None:
        corner = self._more.mapToGlobal(QPoint(0, self._more.height()))
        self.lane_menu_requested.emit(self._lane.id, corner)

    def _on_name_committed(self, name: str) -> None:
        self.setFocus()
        if name and name != self._lane.name:
            self.lane_change_requested.emit(self._lane.id, {"name": name})

    @property
    def lane_id(self) -> LaneId:
        """The lane that it shows."""
        return self._lane.id
