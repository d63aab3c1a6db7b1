"""Playback: position, loop, and a thread that renders ahead of the device."""

import logging
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from desktop_app.audio.live_sound import LiveSound
from desktop_app.audio.meters import LoudnessMeter, MeterReading, peak_db
from desktop_app.audio.mixdown import Stereo, audible_lanes, render_lane
from desktop_app.audio.output import AudioOutput, OutputError, SilentOutput
from desktop_app.audio.ring import PlayBlock, PlayRing
from desktop_app.audio.sources import TakeSources
from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane, Project
from desktop_app.project.time import TIMELINE_RATE_HZ, Samples, Span

_BLOCK_SAMPLES = 1_024
_AHEAD_SAMPLES = TIMELINE_RATE_HZ // 5

logger = logging.getLogger(__name__)


class PlayState(StrEnum):
    """What the transport is doing."""

    STOPPED = "stopped"
    PLAYING = "playing"
    PAUSED = "paused"


class Player:
    """Plays a project.

    The project may be exchanged while it plays: at most a fifth of a second of the old sound is
    still heard. All methods are called from one thread, usually the window's.

    Args:
        output: Where the sound goes.
        sources: Sound of the takes.
        on_message: Told, in words for people, when the output had to be changed.
    """

    def __init__(
        self,
        output: AudioOutput,
        sources: TakeSources,
        on_message: Callable[[str], None] = logger.warning,
    ) -> None:
        self._output = output
        self._sources = sources
        self._on_message = on_message
        self._project = Project()
        self._live: Mapping[LaneId, LiveSound] = {}
        self._loop: Span | None = None
        self._end: Samples | None = None
        self._state = PlayState.STOPPED
        self._position = Samples(0)
        self._start_position = Samples(0)
        self._ring = PlayRing()
        self._loudness = LoudnessMeter()
        self._highest = -np.inf
        self._stop_filling = threading.Event()
        self._filler: threading.Thread | None = None
        self._unreadable: set[LaneId] = set()

    @property
    def state(self) -> PlayState:
        """What the transport is doing."""
        return self._state

    @property
    def output_description(self) -> str:
        """What the status bar says about the device."""
        return self._output.description

    @property
    def position(self) -> Samples:
        """The playhead: what is being heard, or where playback will begin."""
        heard = self._ring.position
        if self._state is not PlayState.PLAYING or heard is None:
            return self._position
        latency = Samples(round(self._output.latency_seconds * TIMELINE_RATE_HZ))
        return Samples(max(self._start_position, heard - latency)) if latency else heard

    @property
    def has_reached_end(self) -> bool:
        """Whether playback of a selection has come to its end."""
        heard = self._ring.position
        return self._end is not None and heard is not None and heard >= self._end

    def show_project(self, project: Project, sources: TakeSources | None = None) -> None:
        """Play another version of the project, or another project with its own sources."""
        self._project = project
        if sources is not None:
            self._sources = sources

    def show_live(self, live: Mapping[LaneId, LiveSound]) -> None:
        """Play what is being made in the place of these lanes' sound, as far as it is there."""
        self._live = dict(live)

    def set_loop(self, loop: Span | None) -> None:
        """Repeat a range, or nothing."""
        if loop == self._loop:
            return
        self._loop = loop
        if self._state is PlayState.PLAYING:
            self.seek(self.position)

    def play(self, until: Samples | None = None) -> None:
        """Begin at the playhead; does nothing while playing.

        Args:
            until: Where playback is silent from on, for playing a selection once.
        """
        if self._state is PlayState.PLAYING:
            return
        self._end = until
        self._start_position = self._position
        self._state = PlayState.PLAYING
        self._start_filling()
        try:
            self._output.start(self._ring.pull)
        except OutputError as error:
            self._on_message(str(error))
            self._output = SilentOutput(str(error))
            self._output.start(self._ring.pull)

    def pause(self) -> None:
        """Halt at the playhead."""
        if self._state is PlayState.PLAYING:
            self._halt(self.position)
            self._state = PlayState.PAUSED

    def stop(self) -> None:
        """Halt and go back to where playback began."""
        if self._state is PlayState.PLAYING:
            self._halt(self._start_position)
        elif self._state is PlayState.PAUSED:
            self._position = self._start_position
        self._state = PlayState.STOPPED

    def seek(self, position: Samples) -> None:
        """Move the playhead; playback goes on from there."""
        position = Samples(max(0, position))
        if self._state is not PlayState.PLAYING:
            self._position = self._start_position = position
            return
        self._stop_filler()
        self._position = self._start_position = position
        self._ring.clear()
        self._start_filling()

    def take_reading(self) -> MeterReading:
        """Levels of what was heard since the last call."""
        played = self._ring.take_played()
        if not played:
            return MeterReading(highest_db=max(self._highest, MeterReading().highest_db))
        samples = np.concatenate([block.samples for block in played])
        self._loudness.add(samples)
        left, right = peak_db(samples[:, 0]), peak_db(samples[:, 1])
        self._highest = max(self._highest, left, right)
        lanes = {
            lane_id: max(block.lanes_db.get(lane_id, -np.inf) for block in played)
            for lane_id in played[-1].lanes_db
        }
        return MeterReading(
            left_db=left,
            right_db=right,
            short_term_lufs=self._loudness.short_term_lufs,
            highest_db=self._highest,
            lanes_db=lanes,
        )

    def close(self) -> None:
        """Stop and end all threads."""
        self.stop()

    def _halt(self, position: Samples) -> None:
        self._output.stop()
        self._stop_filler()
        self._ring.clear()
        self._position = position

    def _start_filling(self) -> None:
        self._stop_filling.clear()
        self._unreadable.clear()
        self._filler = threading.Thread(
            target=self._fill, args=(self._position,), name="playback-render", daemon=True
        )
        self._filler.start()

    def _stop_filler(self) -> None:
        if self._filler is not None:
            self._stop_filling.set()
            self._filler.join()
            self._filler = None

    def _fill(self, position: Samples) -> None:
        while not self._stop_filling.is_set():
            if self._ring.num_queued >= _AHEAD_SAMPLES:
                self._stop_filling.wait(0.01)
                continue
            span = self._next_span(position)
            self._ring.push(self._rendered(span))
            position = span.end

    def _next_span(self, position: Samples) -> Span:
        loop = self._loop
        if loop is not None and position == loop.end:
            position = loop.start
        borders = [self._end, None if loop is None else loop.end]
        ahead = [border for border in borders if border is not None and border > position]
        return Span(position, min([Samples(position + _BLOCK_SAMPLES), *ahead]))

    def _rendered(self, span: Span) -> PlayBlock:
        mix = np.zeros((span.duration, 2), np.float32)
        lanes_db = {}
        if self._end is None or span.end <= self._end:
            for lane in audible_lanes(self._project):
                stem = self._stem(lane, span)
                lanes_db[lane.id] = peak_db(stem)
                mix += stem
        return PlayBlock(position=span.start, samples=mix, lanes_db=lanes_db)

    def _stem(self, lane: Lane, span: Span) -> Stereo:
        """A lane's sound; silence, with a message in the log, if it cannot be read."""
        if lane.id not in self._unreadable:
            try:
                return render_lane(lane, self._sources, span, self._live.get(lane.id))
            # A damaged file or a full disk must not end the thread: the playhead would stand still.
            except OSError as error:
                logger.warning("the lane %s cannot be played: %s", lane.name, error)
                self._unreadable.add(lane.id)
        return np.zeros((span.duration, 2), np.float32)
