"""The lanes: clips and sound on the time axis, and every gesture on them."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import MAX_WEIGHT, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.curve_hand import CurveHand
from desktop_app.views.timeline.gesture_start import gesture_at
from desktop_app.views.timeline.gestures import Gesture, Pointer
from desktop_app.views.timeline.hit_testing import Hit, Part
from desktop_app.views.timeline.lane_layout import content_height
from desktop_app.views.timeline.lanes_painter import LanesPainter
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.reading import reading_at
from desktop_app.views.timeline.selection import lane_of, with_lane
from desktop_app.views.timeline.text_editor import ClipTextEditor
from desktop_app.views.timeline.values import TimelineSelection

_WHEEL_ZOOM = 1.2
_WHEEL_SCROLL_PX = 60
_WEIGHT_STEP = 0.1
_MIN_WEIGHT = 0.1
_CURSORS = {
    Part.CLIP_START: Qt.CursorShape.SizeHorCursor,
    Part.CLIP_END: Qt.CursorShape.SizeHorCursor,
    Part.STRIP: Qt.CursorShape.CrossCursor,
    Part.NEW_LANE: Qt.CursorShape.CrossCursor,
}
_FREE_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class LanesView(QWidget):
    """Draws a :class:`LanesScene` and turns gestures on it into wishes.

    Signals:
        selection_changed (TimelineSelection): Another selection; it is shown already.
        gesture_started (str), gesture_ended (bool): Round the wishes of a drag.
        clips_move_requested, clip_trim_requested, clips_duplicate_requested, clip_add_requested,
        clip_text_requested, clip_weight_requested: See ``TimelineView``.
        seek_requested (Samples): A click on the sound.
        clip_menu_requested (ClipId, QPoint), lane_menu_requested (LaneId, QPoint): At this point
            of the screen.
        scroll_requested (float, float): Scroll by so many pixels, right and down.
        zoom_requested (float, float): Zoom by a factor about this x.
        heights_requested (float): All lanes higher by so many pixels.
        drag_changed (): What the drag label says has changed; see :attr:`drag_span`.
        reading_changed (str): What lies under the pointer, in words.
        key_pressed (QKeyEvent): A key for the timeline; accepted by whoever uses it.
    """

    selection_changed = Signal(object)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    clips_move_requested = Signal(object, int, int)
    clip_trim_requested = Signal(object, object)
    clips_duplicate_requested = Signal(object, object)
    clip_add_requested = Signal(object, object)
    clip_text_requested = Signal(object, str)
    clip_weight_requested = Signal(object, float)
    seek_requested = Signal(object)
    clip_menu_requested = Signal(object, QPoint)
    lane_menu_requested = Signal(object, QPoint)
    scroll_requested = Signal(float, float)
    zoom_requested = Signal(float, float)
    heights_requested = Signal(float)
    drag_changed = Signal()
    reading_changed = Signal(str)
    key_pressed = Signal(QKeyEvent)

    def __init__(self, theme: Theme, scene: LanesScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = scene
        self.painter = LanesPainter(theme, scene)
        self.curves = CurveHand(scene, self)
        self._gesture: Gesture | None = None
        self._shows_focus = False
        self._pointer = QPointF(-1, -1)
        self._editor = ClipTextEditor(theme, self)
        self._edited: ClipId | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline")
        self._editor.committed.connect(self._on_text_committed)
        self._editor.cancelled.connect(self.setFocus)
        self.curves.changed.connect(self._on_curves_changed)
        self.curves.select_requested.connect(self.select)

    @property
    def is_dragging(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    def place_at(self, x: float, y: float) -> tuple[LaneId | None, Samples] | None:
        """The lane and the time at a point; no lane below the last one, ``None`` outside."""
        if not self.rect().contains(round(x), round(y)):
            return None
        position = max(0, round(self._scene.geometry.samples_at(x)))
        return self._scene.hit(x, y).lane_id, Samples(position)

    @property
    def drag_span(self) -> Span | None:
        """What the drag label tells."""
        return self._gesture.marked if self._gesture is not None else None

    @property
    def pointer(self) -> QPointF:
        """Where the pointer was last."""
        return self._pointer

    def edit_clip_text(self, clip_id: ClipId) -> None:
        """Open the field that changes a clip's words in place."""
        lane = lane_of(self._scene.lanes, clip_id)
        row = self._scene.row_of(lane.id) if lane is not None else None
        if lane is None or row is None:
            return
        clip = next(clip for clip in lane.clips if clip.id == clip_id)
        geometry = self._scene.geometry
        left = max(geometry.x_at(clip.span.start), 0.0)
        right = min(geometry.x_at(clip.span.end), float(self.width()))
        width = min(max(right - left, 240.0), self.width() - left)
        place = QRectF(left, row.strip.top - self._scene.scroll_y + 4, width, 28)
        self._edited = clip_id
        self._editor.open(place.toRect(), clip.prompt.text)

    def abandon_gesture(self) -> bool:
        """Take the drag under way back.

        Returns:
            Whether there was one.
        """
        if self._gesture is None:
            return False
        gesture, self._gesture = self._gesture, None
        gesture.abandon()
        self._after_gesture()
        return True

    # The wishes of gestures (see ``wishes.Wishes``).

    def begin(self, label: str) -> None:
        """A drag begins to change the project."""
        self.gesture_started.emit(label)

    def end(self, *, is_kept: bool) -> None:
        """A drag is over."""
        self.gesture_ended.emit(is_kept)

    def move_clips(self, clip_ids: frozenset[ClipId], delta: int, lane_delta: int) -> None:
        """Clips shall move."""
        self.clips_move_requested.emit(clip_ids, delta, lane_delta)

    def trim_clip(self, clip_id: ClipId, span: Span) -> None:
        """A clip shall have another start or end."""
        self.clip_trim_requested.emit(clip_id, span)

    def duplicate_clips(self, clip_ids: frozenset[ClipId], delta: int) -> None:
        """Clips shall be copied."""
        self.clips_duplicate_requested.emit(clip_ids, delta)

    def add_clip(self, lane_id: LaneId | None, span: Span) -> None:
        """There shall be a new clip."""
        self.clip_add_requested.emit(lane_id, span)

    def select(self, selection: TimelineSelection) -> None:
        """Show another selection and tell of it."""
        if selection != self._scene.selection:
            self._scene.selection = selection
            self.selection_changed.emit(selection)
            self.update()

    def seek(self, position: Samples) -> None:
        """The playhead shall go elsewhere."""
        self.seek_requested.emit(position)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._shows_focus = False
        self._pointer = event.position()
        if event.button() != Qt.MouseButton.LeftButton or self._gesture is not None:
            return
        keys = event.modifiers()
        hit = self._scene.hit(event.position().x(), event.position().y())
        pointer = self._pointer_at(event.position())
        self._gesture = self.curves.gesture_at(pointer) or gesture_at(
            self._scene, hit, pointer, self,
            has_control=bool(keys & Qt.KeyboardModifier.ControlModifier),
            has_shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        )  # fmt: skip

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._gesture is None:
            self._show_hover(event.position())
            return
        self._gesture.move(self._pointer_at(event.position(), event.modifiers()))
        self._scene.ghost = self._gesture.ghost
        self.drag_changed.emit()
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.release()
            self._after_gesture()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        hit = self._scene.hit(x, y)
        if event.button() == Qt.MouseButton.LeftButton and self.curves.remove_double_clicked(x, y):
            return
        if hit.clip_id is not None and event.button() == Qt.MouseButton.LeftButton:
            self.edit_clip_text(hit.clip_id)
        else:
            self.mousePressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._menu_for_selection()
            return
        hit = self._scene.hit(event.pos().x(), event.pos().y())
        if hit.clip_id is not None and hit.lane_id is not None:
            if hit.clip_id not in self._scene.selection.clip_ids:
                self.select(
                    TimelineSelection(clip_ids=frozenset({hit.clip_id}), focused_lane=hit.lane_id)
                )
            self.clip_menu_requested.emit(hit.clip_id, event.globalPos())
        elif hit.lane_id is not None:
            self.select(self._scene.focus(hit.lane_id))
            self.lane_menu_requested.emit(hit.lane_id, event.globalPos())

    def _menu_for_selection(self) -> None:
        selection = self._scene.selection
        corner = self.mapToGlobal(QPoint(24, 24))
        if selection.clip_ids:
            self.clip_menu_requested.emit(next(iter(selection.clip_ids)), corner)
        elif selection.focused_lane is not None:
            self.lane_menu_requested.emit(selection.focused_lane, corner)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        sideways = event.angleDelta().x() / 120
        keys = event.modifiers()
        has_control = bool(keys & Qt.KeyboardModifier.ControlModifier)
        has_shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        x, y = event.position().x(), event.position().y()
        hit = self._scene.hit(x, y)
        if has_control and has_shift:
            self.heights_requested.emit(notches * 12)
        elif has_control:
            self.zoom_requested.emit(_WHEEL_ZOOM**notches, x)
        elif hit.part is Part.WEIGHT_TAG and not has_shift:
            self._change_weight(hit, notches)
        elif has_shift:
            self.scroll_requested.emit(-(notches + sideways) * _WHEEL_SCROLL_PX, 0.0)
        else:
            self.scroll_requested.emit(-sideways * _WHEEL_SCROLL_PX, -notches * _WHEEL_SCROLL_PX)
        event.accept()

    def _change_weight(self, hit: Hit, notches: float) -> None:
        lane = self._scene.lanes.get(hit.lane_id) if hit.lane_id is not None else None
        clips: tuple[PromptClip, ...] = lane.clips if lane is not None else ()
        for clip in clips:
            if clip.id == hit.clip_id:
                wanted = round(clip.weight + notches * _WEIGHT_STEP, 2)
                weight = min(max(wanted, _MIN_WEIGHT), MAX_WEIGHT)
                self.clip_weight_requested.emit(clip.id, weight)

    @override
    def event(self, event: QEvent) -> bool:
        is_claim = event.type() == QEvent.Type.ShortcutOverride
        if is_claim and isinstance(event, QKeyEvent) and self.curves.wants(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._shows_focus = True
        self.update()
        if event.key() == Qt.Key.Key_Escape and self.abandon_gesture():
            return
        if self.curves.handle(event):
            return
        event.ignore()
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._shows_focus = event.reason() in by_key
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_hover(event.position())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        if self._gesture is None:
            self._scene.hover = Hit(part=Part.NOTHING)
            self._scene.curve_hover = None
            self.reading_changed.emit("")
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        has_focus = self._shows_focus and self.hasFocus()
        self.painter.paint(
            painter, QRectF(event.rect()), self.devicePixelRatioF(), has_focus=has_focus
        )
        painter.end()
        if not self.painter.is_complete:
            QTimer.singleShot(0, self.update)

    def _pointer_at(
        self, point: QPointF, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> Pointer:
        return Pointer(
            x=point.x(), y=point.y() + self._scene.scroll_y, is_free=bool(keys & _FREE_KEYS),
            is_fine=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        )  # fmt: skip

    def _show_hover(self, point: QPointF) -> None:
        hit = self._scene.hit(point.x(), point.y())
        on_curve = self.curves.show_hover(point.x(), point.y())
        shape = on_curve or _CURSORS.get(hit.part, Qt.CursorShape.ArrowCursor)
        if shape != self.cursor().shape():
            self.setCursor(QCursor(shape))
        if hit != self._scene.hover:
            self._scene.hover = hit
            self.setToolTip(self._tool_tip(hit))
            if not self.toolTip():
                QToolTip.hideText()
            self.update()
        self.reading_changed.emit(reading_at(self._scene, point.x(), point.y()))

    def _tool_tip(self, hit: Hit) -> str:
        lane = self._scene.lanes.get(hit.lane_id) if hit.lane_id is not None else None
        clip = next((c for c in lane.clips if c.id == hit.clip_id), None) if lane else None
        return clip.prompt.text if clip is not None else ""

    def _after_gesture(self) -> None:
        self._scene.ghost = None
        self.drag_changed.emit()
        self._show_hover(self._pointer)
        self.update()

    def _on_text_committed(self, text: str) -> None:
        clip_id, self._edited = self._edited, None
        self.setFocus()
        if clip_id is None:
            return
        lane = lane_of(self._scene.lanes, clip_id)
        clip = next((c for c in lane.clips if c.id == clip_id), None) if lane else None
        if clip is not None and clip.prompt.text != text:
            self.clip_text_requested.emit(clip_id, text)

    def _on_curves_changed(self) -> None:
        if self.curves.words:
            self.setAccessibleDescription(self.curves.words)
        self.update()

    def clear_selection(self, lane_id: LaneId | None) -> None:
        """Leave only a lane in focus."""
        self.select(with_lane(self._scene.selection, lane_id))

    @property
    def content_height(self) -> int:
        """Height of all lanes, whether in view or not."""
        return content_height(self._scene.rows)
