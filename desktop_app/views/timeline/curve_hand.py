"""The curve of the focused lane: what is shown of it, and mouse and keys on it."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from desktop_app.project.curves import curve_of
from desktop_app.project.ids import ClipId
from desktop_app.project.project import CurveKind, CurvePoint, PromptClip
from desktop_app.project.time import Samples
from desktop_app.views.timeline.curve_gestures import DragCurvePoint
from desktop_app.views.timeline.curve_layout import (
    CurveSpot,
    clip_value,
    index_for,
    room_for,
    rounded,
)
from desktop_app.views.timeline.gestures import Gesture, Pointer, Scene
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.ticks import clock_text
from desktop_app.views.timeline.values import TimelineSelection

_NEXT = {None: CurveKind.WEIGHT, CurveKind.WEIGHT: CurveKind.GUIDANCE, CurveKind.GUIDANCE: None}
_FINE_STEP = 1_920
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
_REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class CurveHand(QObject):
    """Turns mouse and keys on curves into wishes.

    Args:
        scene: What the lanes show; this object keeps what concerns curves up to date in it.

    Signals:
        gesture_started (str), gesture_ended (bool): Round the wishes of a drag.
        curve_point_add_requested (ClipId, CurveKind, CurvePoint)
        curve_point_move_requested (ClipId, CurveKind, int, CurvePoint)
        curve_point_remove_requested (ClipId, CurveKind, int)
        select_requested (TimelineSelection): The clip whose curve is touched.
        kind_changed (CurveKind or None): Another kind of curve is shown.
        changed (): Something looks different.
    """

    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    curve_point_add_requested = Signal(object, object, object)
    curve_point_move_requested = Signal(object, object, int, object)
    curve_point_remove_requested = Signal(object, object, int)
    select_requested = Signal(object)
    kind_changed = Signal(object)
    changed = Signal()

    def __init__(self, scene: LanesScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._has_just_added = False

    def show_kind(self, kind: CurveKind | None) -> None:
        """Show curves of this kind over the focused lane, or none."""
        if kind == self._scene.curve_kind:
            return
        self._scene.curve_kind = kind
        self._scene.curve_point = self._scene.curve_hover = None
        self.kind_changed.emit(kind)
        self.changed.emit()

    def show_next(self) -> None:
        """Nothing, weight, guidance, in turn."""
        self.show_kind(_NEXT[self._scene.curve_kind])

    @property
    def words(self) -> str:
        """The chosen point for people: "Point 2 of 3. Weight 0.75 at 0:12"; empty for none."""
        found = self._chosen()
        if found is None:
            return ""
        clip, index, kind = found
        points = curve_of(clip, kind)
        at = clock_text(Samples(clip.span.start + points[index].position), 2)
        value = f"{points[index].value:g}"
        return f"Point {index + 1} of {len(points)}. {kind.title()} {value} at {at}"

    def spot_at(self, x: float, y: float) -> CurveSpot | None:
        """What of the curve lies at a point of the view."""
        return self._scene.curve_spot(x, y)

    def show_hover(self, x: float, y: float) -> Qt.CursorShape | None:
        """Show what lies under the pointer; the cursor for it, or ``None`` for nothing."""
        spot = self.spot_at(x, y)
        if spot != self._scene.curve_hover:
            self._scene.curve_hover = spot
            self.changed.emit()
        if spot is None:
            return None
        is_line = spot.index is None
        return Qt.CursorShape.CrossCursor if is_line else Qt.CursorShape.SizeAllCursor

    def gesture_at(self, pointer: Pointer) -> Gesture | None:
        """The drag that a press begins, or ``None`` beside the curve: keys leave the point."""
        scene = self._scene
        self._has_just_added = False
        spot = self.spot_at(pointer.x, pointer.y - scene.scroll_y)
        clip = self._clip(spot.clip_id) if spot is not None else None
        axis, kind = scene.curve_axis, scene.curve_kind
        if spot is None or clip is None or axis is None or kind is None:
            self.choose(None)
            return None
        if clip.id not in scene.selection.clip_ids:
            only = TimelineSelection(
                clip_ids=frozenset({clip.id}), focused_lane=scene.selection.focused_lane
            )
            self.select_requested.emit(only)
        around = Scene(geometry=scene.geometry, rows=scene.rows, snap=scene.snap())
        points = curve_of(clip, kind)
        if spot.index is not None:
            self.choose(spot)
            room = room_for(points, spot.index, clip.span.duration, is_new=False)
            own = points[spot.index].position
            return DragCurvePoint(around, axis, pointer, clip, spot.index, room or (own, own), self)
        at = Samples(scene.geometry.samples_at(pointer.x) - clip.span.start)
        found = self._place_for(clip, points, at)
        if found is None:
            return None
        index, room, place = found
        self._has_just_added = True
        return DragCurvePoint(around, axis, pointer, clip, index, room, self, place)

    def remove_double_clicked(self, x: float, y: float) -> bool:
        """Remove the point at a place; whether a point is there.

        What the first click of the two has just made stays.
        """
        spot = self.spot_at(x, y)
        if spot is None or spot.index is None:
            return False
        if not self._has_just_added:
            self.choose(spot)
            self._remove()
        self._has_just_added = False
        return True

    def choose(self, spot: CurveSpot | None) -> None:
        """Let keys mean this point."""
        if spot != self._scene.curve_point:
            self._scene.curve_point = spot
            self.changed.emit()

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key means the curve and not a command of a menu."""
        if self._scene.curve_axis is None:
            return False
        key, keys = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_plain = keys == Qt.KeyboardModifier.NoModifier
        is_shift = keys == Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_K):
            return is_plain
        if self._chosen() is None:
            return False
        if key in (*_REMOVING, Qt.Key.Key_Escape):
            return is_plain
        return key in _ARROWS and (is_plain or is_shift)

    def handle(self, event: QKeyEvent) -> bool:
        """Do what a key means for the curve; whether it means something."""
        if not self.wants(event):
            return False
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_K:
            self._add_at_playhead()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._go_beside(1 if key is Qt.Key.Key_PageDown else -1)
        elif key is Qt.Key.Key_Escape:
            self.choose(None)
        elif key in _REMOVING:
            self._remove()
        else:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._nudge(*_ARROWS[key], is_fine=is_fine)
        event.accept()
        return True

    # The wishes of a drag (see ``curve_gestures.CurveWishes``).

    def begin(self, label: str) -> None:
        """A drag begins to change a curve."""
        self._scene.is_curve_dragged = True
        self.gesture_started.emit(label)

    def end(self, *, is_kept: bool) -> None:
        """A drag is over."""
        self._scene.is_curve_dragged = False
        self.gesture_ended.emit(is_kept)
        if not is_kept:
            self.choose(None)

    def add_point(self, clip_id: ClipId, index: int, point: CurvePoint) -> None:
        """One more point; keys mean it from now on."""
        self.curve_point_add_requested.emit(clip_id, self._scene.curve_kind, point)
        self.choose(CurveSpot(clip_id=clip_id, index=index))

    def move_point(self, clip_id: ClipId, index: int, point: CurvePoint) -> None:
        """A point elsewhere."""
        self.curve_point_move_requested.emit(clip_id, self._scene.curve_kind, index, point)

    def _clip(self, clip_id: ClipId) -> PromptClip | None:
        return next((clip for clip in self._scene.curve_clips if clip.id == clip_id), None)

    def _chosen(self) -> tuple[PromptClip, int, CurveKind] | None:
        """The chosen point, if it is still there."""
        spot, kind = self._scene.curve_point, self._scene.curve_kind
        clip = self._clip(spot.clip_id) if spot is not None else None
        if spot is None or spot.index is None or clip is None or kind is None:
            return None
        return (clip, spot.index, kind) if spot.index < len(curve_of(clip, kind)) else None

    def _place_for(
        self, clip: PromptClip, points: tuple[CurvePoint, ...], at: Samples
    ) -> tuple[int, tuple[Samples, Samples], Samples] | None:
        index = index_for(points, at)
        room = room_for(points, index, clip.span.duration, is_new=True)
        return None if room is None else (index, room, Samples(min(max(at, room[0]), room[1])))

    def _add_at_playhead(self) -> None:
        kind, at = self._scene.curve_kind, self._scene.playhead
        for clip in self._scene.curve_clips:
            if kind is None or not clip.span.start <= at <= clip.span.end:
                continue
            found = self._place_for(clip, curve_of(clip, kind), Samples(at - clip.span.start))
            if found is not None:
                index, _, place = found
                value = rounded(kind, clip_value(clip, kind, place), is_fine=True)
                self.add_point(clip.id, index, CurvePoint(place, value))
                return

    def _go_beside(self, step: int) -> None:
        kind = self._scene.curve_kind
        spots = [
            CurveSpot(clip_id=clip.id, index=index)
            for clip in self._scene.curve_clips
            if kind is not None
            for index in range(len(curve_of(clip, kind)))
        ]
        if not spots:
            return
        chosen = self._scene.curve_point
        if chosen not in spots:
            self.choose(spots[0 if step > 0 else -1])
            return
        self.choose(spots[min(max(spots.index(chosen) + step, 0), len(spots) - 1)])

    def _remove(self) -> None:
        found = self._chosen()
        if found is not None:
            clip, index, kind = found
            self.choose(None)
            self.curve_point_remove_requested.emit(clip.id, kind, index)

    def _nudge(self, steps: int, rises: int, *, is_fine: bool) -> None:
        found = self._chosen()
        if found is None:
            return
        clip, index, kind = found
        points = curve_of(clip, kind)
        point = points[index]
        room = room_for(points, index, clip.span.duration, is_new=False)
        if steps and room is not None:
            step = _FINE_STEP if is_fine else self._scene.grid_step
            place = min(max(point.position + steps * step, room[0]), room[1])
            point = replace(point, position=Samples(place))
        if rises:
            step_size = 0.01 if is_fine else 0.1 if kind is CurveKind.GUIDANCE else 0.05
            value = rounded(kind, point.value + rises * step_size, is_fine=True)
            point = replace(point, value=value)
        if point != points[index]:
            self.move_point(clip.id, index, point)
