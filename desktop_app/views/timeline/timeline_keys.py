"""What keys do on the timeline. Each is also a method, for menus."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from desktop_app.project.project import MAX_WEIGHT, PromptClip
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span
from desktop_app.views.timeline.gestures import MIN_CLIP_DURATION
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.selection import (
    above_or_below,
    beside,
    selected_clips,
    with_lane,
)
from desktop_app.views.timeline.values import TimelineSelection

NEW_CLIP_DURATION = Samples(10 * 48_000)
_FINE_STEP = 480
_COARSE_STEP = 48_000
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier


class TimelineKeys(QObject):
    """Turns keys, and menu commands of the same names, into wishes.

    Signals: as those of ``TimelineView`` that have the same names; ``edit_requested`` (ClipId)
    opens the field for a clip's words; ``select_requested`` (TimelineSelection) selects.
    """

    seek_requested = Signal(object)
    clip_add_requested = Signal(object, object)
    clips_move_requested = Signal(object, int, int)
    clip_trim_requested = Signal(object, object)
    clips_duplicate_requested = Signal(object, object)
    clips_remove_requested = Signal(object)
    clip_split_requested = Signal(object, object)
    clip_weight_requested = Signal(object, float)
    edit_requested = Signal(object)
    select_requested = Signal(object)
    cancel_requested = Signal(str)

    def __init__(self, scene: LanesScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        key = Qt.Key
        self._plain: dict[int, Callable[[], None]] = {
            key.Key_Left: lambda: self.go_beside(-1),
            key.Key_Right: lambda: self.go_beside(1),
            key.Key_Up: lambda: self.go_to_lane(-1),
            key.Key_Down: lambda: self.go_to_lane(1),
            key.Key_Return: self.edit_text,
            key.Key_Enter: self.edit_text,
            key.Key_F2: self.edit_text,
            key.Key_Delete: self.remove_selected,
            key.Key_Backspace: self.remove_selected,
            key.Key_S: self.split_at_playhead,
            key.Key_I: self.add_clip,
            key.Key_Q: lambda: self.trim_to_playhead(is_start=True),
            key.Key_BracketLeft: lambda: self.trim_to_playhead(is_start=True),
            key.Key_W: lambda: self.trim_to_playhead(is_start=False),
            key.Key_BracketRight: lambda: self.trim_to_playhead(is_start=False),
            key.Key_Home: lambda: self.seek_to(0),
            key.Key_End: lambda: self.seek_to(self._scene.project.end),
            key.Key_Comma: lambda: self.seek_by(-_FINE_STEP),
            key.Key_Period: lambda: self.seek_by(_FINE_STEP),
            key.Key_Escape: self.clear_selection,
        }
        self._control: dict[int, Callable[[], None]] = {
            key.Key_Left: lambda: self.move_selected(-self._scene.grid_step, 0),
            key.Key_Right: lambda: self.move_selected(self._scene.grid_step, 0),
            key.Key_Up: lambda: self.move_selected(0, -1),
            key.Key_Down: lambda: self.move_selected(0, 1),
            key.Key_D: self.duplicate_selected,
            key.Key_A: self.select_all,
        }
        self._shift: dict[int, Callable[[], None]] = {
            key.Key_Escape: self.cancel_job,
            key.Key_Left: lambda: self.extend_selection(-self._scene.grid_step),
            key.Key_Right: lambda: self.extend_selection(self._scene.grid_step),
            key.Key_Less: lambda: self.seek_by(-_COARSE_STEP),
            key.Key_Comma: lambda: self.seek_by(-_COARSE_STEP),
            key.Key_Greater: lambda: self.seek_by(_COARSE_STEP),
            key.Key_Period: lambda: self.seek_by(_COARSE_STEP),
        }
        self._control_shift: dict[int, Callable[[], None]] = {
            key.Key_Left: lambda: self.move_selected(-_FINE_STEP, 0),
            key.Key_Right: lambda: self.move_selected(_FINE_STEP, 0),
            key.Key_Up: lambda: self.change_weight(0.1),
            key.Key_Down: lambda: self.change_weight(-0.1),
        }

    def handle(self, event: QKeyEvent) -> None:
        """Do what a key means and accept it; leave others alone."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        tables = {
            _NONE: self._plain,
            _CONTROL: self._control,
            _SHIFT: self._shift,
            _CONTROL | _SHIFT: self._control_shift,
        }
        table = tables.get(modifiers, {})
        wish = table.get(event.key())
        if wish is not None:
            event.accept()
            wish()

    @property
    def _chosen(self) -> list[PromptClip]:
        return selected_clips(self._scene.selection, self._scene.project.lanes)

    def go_beside(self, step: int) -> None:
        """Select the next or previous clip of the lane, or seek a grid step where none is."""
        found = beside(self._scene.selection, self._scene.project.lanes, step)
        if found is not None:
            self.select_requested.emit(found)
        elif not self._scene.selection.clip_ids:
            self.seek_by(step * self._scene.grid_step)

    def go_to_lane(self, step: int) -> None:
        """Focus the lane below or above."""
        found = above_or_below(self._scene.selection, self._scene.project.lanes, step)
        if found is not None:
            self.select_requested.emit(found)

    def edit_text(self) -> None:
        """Edit the words of the first selected clip in place."""
        if self._chosen:
            self.edit_requested.emit(self._chosen[0].id)

    def remove_selected(self) -> None:
        """Remove the selected clips."""
        if self._scene.selection.clip_ids:
            self.clips_remove_requested.emit(self._scene.selection.clip_ids)

    def split_at_playhead(self) -> None:
        """Split the selected clips, or else the focused lane's clip, where the playhead is."""
        at = self._scene.playhead
        lane_id = self._scene.selection.focused_lane
        lane = self._scene.lanes.get(lane_id) if lane_id is not None else None
        for clip in self._chosen or (lane.clips if lane is not None else ()):
            if clip.span.start < at < clip.span.end:
                self.clip_split_requested.emit(clip.id, at)

    def add_clip(self) -> None:
        """A new clip that fills the selected time, or ten seconds at the playhead."""
        selection = self._scene.selection
        start = min(self._scene.playhead, MAX_TIMELINE_SAMPLES - NEW_CLIP_DURATION)
        span = selection.span or Span(Samples(start), Samples(start + NEW_CLIP_DURATION))
        lanes = self._scene.project.lanes
        lane_id = selection.focused_lane or (lanes[0].id if lanes else None)
        self.clip_add_requested.emit(lane_id, span)

    def trim_to_playhead(self, *, is_start: bool) -> None:
        """Give the selected clips their start or end at the playhead."""
        at = self._scene.playhead
        for clip in self._chosen:
            if is_start and at <= clip.span.end - MIN_CLIP_DURATION:
                self.clip_trim_requested.emit(clip.id, Span(at, clip.span.end))
            elif not is_start and at >= clip.span.start + MIN_CLIP_DURATION:
                self.clip_trim_requested.emit(clip.id, Span(clip.span.start, at))

    def seek_to(self, position: int) -> None:
        """The playhead elsewhere."""
        self.seek_requested.emit(Samples(min(max(position, 0), MAX_TIMELINE_SAMPLES)))

    def seek_by(self, distance: int) -> None:
        """The playhead a step further."""
        self.seek_to(self._scene.playhead + distance)

    def move_selected(self, delta: int, lane_delta: int) -> None:
        """Shift the selected clips."""
        if self._chosen:
            earliest = min(clip.span.start for clip in self._chosen)
            ids = self._scene.selection.clip_ids
            self.clips_move_requested.emit(ids, max(delta, -earliest), lane_delta)

    def duplicate_selected(self) -> None:
        """Copies of the selected clips right behind them."""
        if self._chosen:
            first = min(clip.span.start for clip in self._chosen)
            last = max(clip.span.end for clip in self._chosen)
            self.clips_duplicate_requested.emit(self._scene.selection.clip_ids, last - first)

    def change_weight(self, difference: float) -> None:
        """Make the selected clips stronger or weaker."""
        for clip in self._chosen:
            if clip.weight_curve:
                continue
            weight = min(max(round(clip.weight + difference, 2), 0.1), MAX_WEIGHT)
            self.clip_weight_requested.emit(clip.id, weight)

    def select_all(self) -> None:
        """Select all clips of the focused lane, or of all lanes."""
        lane_id = self._scene.selection.focused_lane
        lanes = [lane for lane in self._scene.project.lanes if lane_id in (None, lane.id)]
        ids = frozenset(clip.id for lane in lanes for clip in lane.clips)
        self.select_requested.emit(TimelineSelection(clip_ids=ids, focused_lane=lane_id))

    def cancel_job(self) -> None:
        """Stop the job of the focused lane."""
        lane_id = self._scene.selection.focused_lane
        job = self._scene.jobs.get(lane_id) if lane_id is not None else None
        if job is not None:
            self.cancel_requested.emit(job.job_id)

    def clear_selection(self) -> None:
        """Select nothing but the focused lane."""
        self.select_requested.emit(with_lane(self._scene.selection, None))

    def extend_selection(self, distance: int) -> None:
        """Move the end of the selected time, or begin one at the playhead."""
        selection = self._scene.selection
        anchor = selection.span.start if selection.span else self._scene.playhead
        end = (selection.span.end if selection.span else anchor) + distance
        first, last = sorted((anchor, min(max(end, 0), MAX_TIMELINE_SAMPLES)))
        if first == last:
            self.clear_selection()
            return
        lane_ids = selection.lane_ids
        if not lane_ids and selection.focused_lane is not None:
            lane_ids = (selection.focused_lane,)
        self.select_requested.emit(
            TimelineSelection(
                span=Span(Samples(first), Samples(last)), lane_ids=lane_ids,
                focused_lane=selection.focused_lane,
            )
        )  # fmt: skip
