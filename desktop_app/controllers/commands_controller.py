"""Connects the window's commands that belong to no other controller."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.files_controller import FilesController
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.generation_scope import GenerationScope, scope_of_lane
from desktop_app.controllers.job_display import JobDisplay
from desktop_app.controllers.selection import Selection
from desktop_app.controllers.timeline_controller import TimelineController
from desktop_app.controllers.transport_controller import TransportController
from desktop_app.document import Document
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.remove_lane import RemoveLane
from desktop_app.project.ids import LaneId
from desktop_app.project.time import Samples, Span, samples_from_seconds_rounded
from desktop_app.views.main_window import MainWindow
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import FollowMode, Grid, TimelineSelection

_NEW_CLIP_SECONDS = 10.0


class CommandsController(QObject):
    """Files, undo, zoom, lanes, clips, generating and takes."""

    def __init__(
        self,
        window: MainWindow,
        timeline_view: TimelineView,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        timeline: TimelineController,
        transport: TransportController,
        generation: GenerationController,
        display: JobDisplay,
        files: FilesController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._view = timeline_view
        self._document = document
        self._edits = edits
        self._selection = selection
        self._timeline = timeline
        self._transport = transport
        self._generation = generation
        self._display = display
        self._refusal = ""
        self._files = files
        self._connect_files()
        self._connect_editing()
        self._connect_view()
        self._connect_generation()
        document.state_changed.connect(self._show_document_state)
        selection.changed.connect(lambda _: self._show_lane_state())
        document.changed.connect(lambda *_: self._show_lane_state())
        self._show_document_state()
        self._show_lane_state()

    def draw_clip(self) -> None:
        """Draw a clip over the selected time, or ten seconds at the playhead."""
        selected = self._selection.value
        lane = self._selection.lane
        span = selected.span
        if span is None:
            start = self._transport.position
            end = Samples(start + samples_from_seconds_rounded(_NEW_CLIP_SECONDS))
            following = [c.span.start for c in (lane.clips if lane else ()) if c.span.start > start]
            span = Span(start, min([end, *following]))
        self._timeline.add_clip(lane.id if lane else None, span)

    def select_all(self) -> None:
        """Select every clip."""
        clips = frozenset(c.id for lane in self._document.project.lanes for c in lane.clips)
        self._selection.select_clips(clips)

    def go_to_marker(self, step: int) -> None:
        """Put the playhead on the next (1) or the previous (-1) marker."""
        here = self._transport.position
        places = sorted(marker.position for marker in self._document.project.markers)
        ahead = [place for place in places if (place - here) * step > 0]
        if not ahead:
            where = "after" if step > 0 else "before"
            self._window.status.show_message(f"There is no marker {where} the playhead.")
            return
        self._transport.seek(ahead[0] if step > 0 else ahead[-1])

    def generate(self) -> None:
        """Do what the amber button says, with the words that are being typed."""
        self._commit_words_in_place()
        scope = self._display.scope
        if scope.reason:
            self._window.status.show_message(scope.reason)
        self._generation.generate(scope.plans)
        self._repair(scope)

    def extend(self) -> None:
        """Make only what the clips lack, and keep the sound that is there."""
        self._commit_words_in_place()
        for plan, take in self._display.scope.extensions:
            self._generation.extend(plan, take)

    def regenerate(self) -> None:
        """Make the selected range again."""
        self._commit_words_in_place()
        scope = self._display.scope
        if not scope.repairs:
            self._window.status.show_message("Select a range of generated sound first.")
        self._repair(scope)

    def _repair(self, scope: GenerationScope) -> None:
        for lane, span in scope.repairs:
            self._generation.regenerate(lane, span, strength=self._display.repair_amount)

    def _connect_files(self) -> None:
        actions, files = self._window.commands, self._files
        actions["new"].triggered.connect(files.new)
        actions["open"].triggered.connect(files.open)
        actions["save"].triggered.connect(files.save)
        actions["save_as"].triggered.connect(files.save_as)
        actions["quit"].triggered.connect(self._window.close)
        self._window.open_recent_requested.connect(files.open_path)
        files.recent_changed.connect(self._show_recent)
        files.message.connect(self._window.status.show_message)
        self._transport.message.connect(self._window.status.show_message)
        self._show_recent()

    def _connect_editing(self) -> None:
        actions = self._window.commands
        actions["undo"].triggered.connect(self._document.undo)
        actions["redo"].triggered.connect(self._document.redo)
        actions["delete"].triggered.connect(self._timeline.remove_selected)
        actions["duplicate"].triggered.connect(self._timeline.duplicate_selected)
        actions["split"].triggered.connect(
            lambda: self._timeline.split_at(self._transport.position)
        )
        actions["select_all"].triggered.connect(self.select_all)
        actions["clip_draw"].triggered.connect(self.draw_clip)
        actions["marker"].triggered.connect(
            lambda: self._timeline.add_marker(self._transport.position)
        )
        actions["marker_next"].triggered.connect(lambda: self.go_to_marker(1))
        actions["marker_previous"].triggered.connect(lambda: self.go_to_marker(-1))
        actions["lane_add"].triggered.connect(self._timeline.add_lane)
        actions["lane_remove"].triggered.connect(self._remove_lane)
        actions["lane_mute"].triggered.connect(self._mute_lane)
        actions["lane_solo"].triggered.connect(self._solo_lane)
        actions["lane_rename"].triggered.connect(self._rename_lane)
        self._window.history.jump_requested.connect(self._document.jump)
        self._edits.refused.connect(self._show_refusal)
        self._document.changed.connect(lambda *_: self._forget_refusal())

    def _show_refusal(self, words: str) -> None:
        self._refusal = words
        self._window.status.show_message(words)

    def _forget_refusal(self) -> None:
        """What could be done since has made the complaint old."""
        if self._refusal and self._window.status.message == self._refusal:
            self._window.status.show_message("")
        self._refusal = ""

    def _connect_view(self) -> None:
        actions, view = self._window.commands, self._view
        actions["zoom_in"].triggered.connect(view.zoom_in)
        actions["zoom_out"].triggered.connect(view.zoom_out)
        actions["zoom_fit"].triggered.connect(view.fit)
        actions["zoom_selection"].triggered.connect(view.to_selection)
        actions["follow"].toggled.connect(
            lambda is_on: view.set_follow(FollowMode.PAGE if is_on else FollowMode.OFF)
        )
        actions["snap"].toggled.connect(view.set_snap)
        curves, strength = view.lanes.curves, self._window.inspector.clip_page.strength
        actions["curve_next"].triggered.connect(curves.show_next)
        strength.curve_shown_requested.connect(curves.show_kind)
        curves.kind_changed.connect(strength.show_curve_kind)
        self._window.transport.grid_requested.connect(self._change_grid)
        view.reading_changed.connect(self._window.status.show_reading)
        view.takes_requested.connect(self._show_takes_of)
        actions["follow"].setChecked(True)
        actions["snap"].setChecked(True)

    def _connect_generation(self) -> None:
        actions, window = self._window.commands, self._window
        actions["generate"].triggered.connect(self.generate)
        actions["generate_lane"].triggered.connect(self._generate_lane)
        actions["regenerate"].triggered.connect(self.regenerate)
        actions["extend"].triggered.connect(self.extend)
        window.inspector.foot.extend_requested.connect(self.extend)
        actions["pause_queue"].toggled.connect(self._generation.set_paused)
        actions["cancel"].triggered.connect(self._generation.cancel_running)
        for source in (window.inspector, window.jobs, self._view):
            source.cancel_requested.connect(self._generation.cancel)
        self._generation.message.connect(window.status.show_message)

    def _commit_words_in_place(self) -> None:
        """Let go of a field on the timeline: it asks for its words when the keyboard leaves it."""
        focused = QApplication.focusWidget()
        if not isinstance(focused, QLineEdit) or not focused.isModified():
            return
        if self._view.isAncestorOf(focused):
            self._view.setFocus()

    def _generate_lane(self) -> None:
        self._commit_words_in_place()
        lane = self._selection.lane
        if lane is None:
            self._window.status.show_message("Select a lane first.")
            return
        scope = scope_of_lane(self._document.project, lane)
        if scope.reason or not scope.plans:
            self._window.status.show_message(scope.reason or f"“{lane.name}” has no clips.")
        self._generation.generate(scope.plans)

    def _remove_lane(self) -> None:
        if (lane := self._selection.lane) is not None:
            self._edits.run(RemoveLane(lane.id))

    def _rename_lane(self) -> None:
        if self._selection.lane is not None:
            self._window.inspector.show_tab("lane")
            self._window.inspector.lane_page.name.setFocus()
            self._window.inspector.lane_page.name.selectAll()

    def _mute_lane(self, is_muted: bool) -> None:  # noqa: FBT001 - Qt's signal
        if (lane := self._selection.lane) is not None:
            self._edits.run(ChangeLane(lane.id, is_muted=is_muted))

    def _solo_lane(self, is_soloed: bool) -> None:  # noqa: FBT001 - Qt's signal
        if (lane := self._selection.lane) is not None:
            self._edits.run(ChangeLane(lane.id, is_soloed=is_soloed))

    def _change_grid(self, grid: str) -> None:
        self._view.set_snap(self._window.commands["snap"].isChecked(), Grid(grid))
        self._window.transport.show_grid(grid)

    def _show_takes_of(self, lane_id: LaneId) -> None:
        self._selection.set(TimelineSelection(focused_lane=lane_id))
        self._window.inspector.show_tab("takes")

    def _show_recent(self, *_: object) -> None:
        self._window.show_recent(tuple((str(path), path.name) for path in self._files.recent))

    def _show_document_state(self) -> None:
        document = self._document
        self._window.show_project_name(document.project.name, is_dirty=document.is_dirty)
        self._window.show_undo(
            document.undo_label if document.can_undo else "",
            document.redo_label if document.can_redo else "",
        )
        self._window.history.show_steps(document.history, document.history_position)

    def _show_lane_state(self) -> None:
        lane = self._selection.lane
        actions = self._window.commands
        for name in ("lane_remove", "lane_rename", "lane_mute", "lane_solo", "generate_lane"):
            actions[name].setEnabled(lane is not None)
        actions["lane_mute"].setChecked(lane is not None and lane.is_muted)
        actions["lane_solo"].setChecked(lane is not None and lane.is_soloed)
        for name in ("delete", "duplicate"):
            actions[name].setEnabled(bool(self._selection.value.clip_ids))
