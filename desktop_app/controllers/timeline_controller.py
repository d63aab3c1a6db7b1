"""Connects the timeline to the document: every gesture becomes an edit."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.add_clip import AddClip
from desktop_app.project.edits.add_curve_point import AddCurvePoint
from desktop_app.project.edits.add_lane import AddLane
from desktop_app.project.edits.add_marker import AddMarker
from desktop_app.project.edits.change_clips import ChangeClips
from desktop_app.project.edits.change_everywhere import ChangeEverywhere
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.duplicate_clips import DuplicateClips
from desktop_app.project.edits.move_clips import MoveClips
from desktop_app.project.edits.move_curve_point import MoveCurvePoint
from desktop_app.project.edits.move_lane import MoveLane
from desktop_app.project.edits.move_marker import MoveMarker
from desktop_app.project.edits.remove_clips import RemoveClips
from desktop_app.project.edits.remove_curve_point import RemoveCurvePoint
from desktop_app.project.edits.remove_lane import RemoveLane
from desktop_app.project.edits.remove_marker import RemoveMarker
from desktop_app.project.edits.rename_marker import RenameMarker
from desktop_app.project.edits.set_loop import SetLoop
from desktop_app.project.edits.split_clip import SplitClip
from desktop_app.project.edits.together import Together
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.ids import ClipId, LaneId, MarkerId, new_id
from desktop_app.project.project import Project, Prompt, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.timeline_view import TimelineView


class TimelineController(QObject):
    """Turns what is asked for on the timeline into edits, and shows the document there.

    Signals:
        text_edit_wanted (ClipId): A clip was made and waits for its words.
    """

    text_edit_wanted = Signal(object)

    def __init__(
        self,
        view: TimelineView,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._document = document
        self._edits = edits
        self._selection = selection
        self._connect_view()
        self.text_edit_wanted.connect(view.edit_clip_text)
        document.changed.connect(self._on_document_changed)
        selection.changed.connect(view.show_selection)
        view.selection_changed.connect(selection.set)
        view.show_project(document.project)

    def add_lane(self) -> LaneId:
        """Add an empty lane at the bottom and focus it."""
        lane_id = LaneId(new_id())
        self._edits.run(AddLane(lane_id))
        self._selection.select_clips(frozenset(), lane_id)
        return lane_id

    def add_clip(self, lane_id: LaneId | None, span: Span) -> None:
        """Draw a clip on a lane, or on a new one, and ask for its words."""
        clip = PromptClip(id=ClipId(new_id()), span=span, prompt=Prompt())
        if lane_id is None:
            lane_id = LaneId(new_id())
            done = self._edits.run(
                Together("Draw clip", (AddLane(lane_id), AddClip(lane_id, clip)))
            )
        else:
            done = self._edits.run(AddClip(lane_id, clip))
        if done:
            self._selection.select_clips(frozenset({clip.id}), lane_id)
            self.text_edit_wanted.emit(clip.id)

    def split_at(self, position: Samples) -> None:
        """Split the selected clips, or all under the position when none is selected."""
        wanted = self._selection.value.clip_ids
        split = tuple(
            SplitClip(clip.id, position, ClipId(new_id()))
            for lane in self._document.project.lanes
            for clip in lane.clips
            if clip.span.start < position < clip.span.end and (clip.id in wanted or not wanted)
        )
        if not split:
            self._edits.refused.emit("There is no clip to split at the playhead.")
            return
        self._edits.run(split[0] if len(split) == 1 else Together("Split clips", split))

    def duplicate_selected(self) -> None:
        """Put a copy of the selected clips right behind them."""
        clips = self._selection.clips
        if clips:
            start = min(clip.span.start for clip in clips)
            end = max(clip.span.end for clip in clips)
            self._duplicate(frozenset(clip.id for clip in clips), end - start)

    def remove_selected(self) -> None:
        """Remove the selected clips."""
        if self._selection.value.clip_ids:
            self._edits.run(RemoveClips(self._selection.value.clip_ids))

    def add_marker(self, position: Samples) -> None:
        """Put a marker at a position."""
        self._edits.run(AddMarker(MarkerId(new_id()), position))

    def _connect_view(self) -> None:
        view, run = self._view, self._edits.run
        view.gesture_started.connect(self._edits.begin)
        view.gesture_ended.connect(self._edits.end)
        view.clip_add_requested.connect(self.add_clip)
        view.clips_move_requested.connect(
            lambda ids, delta, lanes: run(MoveClips(ids, Samples(delta), lanes))
        )
        view.clip_trim_requested.connect(lambda clip, span: run(TrimClip(clip, span)))
        view.clips_duplicate_requested.connect(self._duplicate)
        view.clips_remove_requested.connect(lambda ids: run(RemoveClips(ids)))
        view.clip_split_requested.connect(
            lambda clip, position: run(SplitClip(clip, position, ClipId(new_id())))
        )
        view.clip_text_requested.connect(
            lambda clip, text: run(ChangeClips(frozenset({clip}), text=text))
        )
        view.clip_weight_requested.connect(
            lambda clip, weight: run(ChangeClips(frozenset({clip}), weight=weight))
        )
        view.curve_point_add_requested.connect(
            lambda clip, kind, point: run(AddCurvePoint(clip, kind, point))
        )
        view.curve_point_move_requested.connect(
            lambda clip, kind, index, point: run(MoveCurvePoint(clip, kind, index, point))
        )
        view.curve_point_remove_requested.connect(
            lambda clip, kind, index: run(RemoveCurvePoint(clip, kind, index))
        )
        view.everywhere_requested.connect(self._change_everywhere)
        view.loop_requested.connect(lambda span: run(SetLoop(span)))
        view.lane_add_requested.connect(self.add_lane)
        view.lane_change_requested.connect(self._change_lane)
        view.lane_remove_requested.connect(lambda lane: run(RemoveLane(lane)))
        view.lane_move_requested.connect(lambda lane, index: run(MoveLane(lane, index)))
        view.marker_add_requested.connect(self.add_marker)
        view.marker_move_requested.connect(lambda marker, at: run(MoveMarker(marker, at)))
        view.marker_rename_requested.connect(lambda marker, name: run(RenameMarker(marker, name)))
        view.marker_remove_requested.connect(lambda marker: run(RemoveMarker(marker)))

    def _duplicate(self, clip_ids: frozenset[ClipId], delta: int) -> None:
        new_ids = {clip_id: ClipId(new_id()) for clip_id in clip_ids}
        if self._edits.run(DuplicateClips(clip_ids, Samples(delta), new_ids)):
            self._selection.select_clips(frozenset(new_ids.values()))

    def _change_everywhere(self, text: str) -> None:
        everywhere = self._document.project.everywhere
        self._edits.run(ChangeEverywhere(Prompt(text=text, leave_out=everywhere.leave_out)))

    def _change_lane(self, lane_id: LaneId, changes: Mapping[str, Any]) -> None:
        self._edits.run(ChangeLane(lane_id, **changes))

    def _on_document_changed(self, _before: Project, after: Project) -> None:
        self._view.show_project(after)
