"""Connects the transport to the player."""

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.audio import player as playback
from desktop_app.audio.meters import SILENCE_DB
from desktop_app.audio.player import Player
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.set_loop import SetLoop
from desktop_app.project.edits.set_tempo import SetTempo
from desktop_app.project.project import Project
from desktop_app.project.time import Samples, Span
from desktop_app.views.action_set import ActionSet
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.transport.transport_bar import TransportBar
from desktop_app.views.transport.values import MeterLevels, PlayState

_FRAME_MS = 16
_FALL_DB_PER_SECOND = 30.0
_HOLD_FRAMES = 94


class TransportController(QObject):
    """Play, pause, stop, seek, loop and the meters.

    Signals:
        message (str): One line for the status bar.
    """

    message = Signal(str)

    def __init__(
        self,
        bar: TransportBar,
        timeline: TimelineView,
        actions: ActionSet,
        player: Player,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._timeline = timeline
        self._actions = actions
        self._player = player
        self._document = document
        self._edits = edits
        self._selection = selection
        self._levels = MeterLevels()
        self._held_frames = 0
        self._shown: Samples | None = None
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._on_frame)
        self._connect()
        self._show_document(document.project)
        self._show_state()

    @property
    def position(self) -> Samples:
        """The playhead."""
        return self._player.position

    def play_or_stop(self) -> None:
        """Space: play from the playhead, or stop and return to where playback began."""
        if self._player.state is playback.PlayState.PLAYING:
            self._player.stop()
        else:
            self._player.play()
        self._show_state()

    def play_or_pause(self) -> None:
        """P: play, or halt at the playhead."""
        if self._player.state is playback.PlayState.PLAYING:
            self._player.pause()
        else:
            self._player.play()
        self._show_state()

    def stop(self) -> None:
        """Stop and return to where playback began."""
        self._player.stop()
        self._show_state()

    def seek(self, position: Samples) -> None:
        """Move the playhead."""
        self._player.seek(position)
        self._show_position()

    def _connect(self) -> None:
        actions = self._actions
        actions["play"].triggered.connect(self.play_or_stop)
        actions["pause"].triggered.connect(self.play_or_pause)
        actions["stop"].triggered.connect(self.stop)
        actions["to_start"].triggered.connect(lambda: self.seek(Samples(0)))
        actions["to_end"].triggered.connect(lambda: self.seek(self._document.project.end))
        actions["loop"].toggled.connect(self._on_loop_toggled)
        actions["loop_selection"].triggered.connect(self._loop_selection)
        actions["loop_clear"].triggered.connect(lambda: self._edits.run(SetLoop(None)))
        self._bar.seek_requested.connect(self.seek)
        self._bar.tempo_requested.connect(self._change_tempo)
        self._bar.metre_requested.connect(self._change_metre)
        self._timeline.seek_requested.connect(self.seek)
        self._timeline.loop_requested.connect(self._on_loop_drawn)
        self._selection.changed.connect(self._show_selection)
        self._document.changed.connect(lambda _before, after: self._show_document(after))

    def _on_loop_toggled(self, is_on: bool) -> None:  # noqa: FBT001 - Qt's signal
        if is_on and self._document.project.loop is None and not self._loop_selection():
            self._actions["loop"].setChecked(False)
            return
        self._show_loop(self._document.project)

    def _on_loop_drawn(self, span: Span | None) -> None:
        # Whoever draws a loop wants to hear it.
        if span is not None:
            self._actions["loop"].setChecked(True)

    def _loop_selection(self) -> bool:
        span = self._selection.value.span
        clips = self._selection.clips
        if span is None and clips:
            span = Span(min(c.span.start for c in clips), max(c.span.end for c in clips))
        if span is None:
            self.message.emit("Select a range or clips to loop, or drag in the ruler.")
            return False
        if not self._edits.run(SetLoop(span)):
            return False
        self._actions["loop"].setChecked(True)
        return True

    def _change_tempo(self, bpm: float) -> None:
        self._edits.run(SetTempo(bpm, self._document.project.beats_per_bar))

    def _change_metre(self, beats: int) -> None:
        self._edits.run(SetTempo(self._document.project.tempo_bpm, beats))

    def _show_document(self, project: Project) -> None:
        self._player.show_project(project)
        if project.loop is None:
            self._actions["loop"].setChecked(False)
        self._show_loop(project)
        self._bar.show_tempo(project.tempo_bpm, project.beats_per_bar)

    def _show_loop(self, project: Project) -> None:
        is_on = self._actions["loop"].isChecked()
        self._timeline.set_loop_enabled(is_on)
        self._player.set_loop(project.loop if is_on else None)

    def _show_selection(self, selection: TimelineSelection) -> None:
        self._bar.show_selection(None if selection.span is None else selection.span.duration)

    def _show_state(self) -> None:
        state = PlayState(self._player.state.value)
        self._bar.show_state(state)
        if state is PlayState.PLAYING:
            self._timer.start()
        else:
            self._timer.stop()
            self._levels = MeterLevels()
            self._bar.show_levels(self._levels)
            self._timeline.show_levels({})
        self._show_position()

    def _on_frame(self) -> None:
        if self._player.has_reached_end:
            self.stop()
            return
        reading = self._player.take_reading()
        fall = _FALL_DB_PER_SECOND * _FRAME_MS / 1000
        before = self._levels
        left = max(reading.left_db, before.left_db - fall)
        right = max(reading.right_db, before.right_db - fall)
        self._held_frames += 1
        is_over = self._held_frames > _HOLD_FRAMES
        if is_over or left > before.left_held_db or right > before.right_held_db:
            self._held_frames = 0
        self._levels = MeterLevels(
            left_db=left,
            right_db=right,
            left_held_db=left if is_over else max(left, before.left_held_db),
            right_held_db=right if is_over else max(right, before.right_held_db),
        )
        self._bar.show_levels(self._levels)
        if reading.lanes_db:
            self._bar.show_loudness(reading.short_term_lufs, reading.highest_db)
            self._timeline.show_levels(
                {lane: max(level, SILENCE_DB) for lane, level in reading.lanes_db.items()}
            )
        self._show_position()

    def _show_position(self) -> None:
        position = self._player.position
        if position != self._shown:
            self._shown = position
            self._bar.show_time(position)
            self._timeline.show_playhead(position)
