"""What the timeline is told and what it tells, as values. No Qt."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.peaks import Peaks
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.time import Samples, Span

KEPT, TAKEN_BACK = True, False
"""What ``gesture_ended`` says."""

_START = Samples(0)


class SoundView(StrEnum):
    """What is shown of a lane's sound."""

    WAVEFORM = "waveform"
    BOTH = "both"
    SPECTROGRAM = "spectrogram"


class FollowMode(StrEnum):
    """How the view goes with the playhead."""

    OFF = "off"
    PAGE = "page"
    CENTRE = "centre"


class TimeUnit(StrEnum):
    """What the ruler counts."""

    MIN_SEC = "min_sec"
    BARS = "bars"


class Grid(StrEnum):
    """What positions snap to. Adaptive follows the ruler's small ticks."""

    ADAPTIVE = "adaptive"
    BAR = "bar"
    BEAT = "beat"
    SECOND = "second"
    TENTH = "tenth"
    FRAME = "frame"


class JobState(StrEnum):
    """What a lane's job is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSelection:
    """What is selected. Never part of the project.

    Attributes:
        clip_ids: Selected clips.
        span: Selected time, or ``None``.
        lane_ids: Lanes of the selected time, from top to bottom.
        focused_lane: The lane that keys and the inspector mean.
    """

    clip_ids: frozenset[ClipId] = frozenset()
    span: Span | None = None
    lane_ids: tuple[LaneId, ...] = ()
    focused_lane: LaneId | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakePicture:
    """What is drawn of a take; the same object for as long as nothing changed.

    Attributes:
        peaks: Overview of its audio.
        levels: (M, T), 0 to 255, row 0 the lowest mel band, one frame per 480 timeline samples.
    """

    peaks: Peaks
    levels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaneJob:
    """What is drawn of a job on its lane.

    Attributes:
        job_id: Given back when it shall stop.
        span: What it makes.
        state: Waiting, running, failed, or left unfinished by an earlier run of the program.
        step: Finished sampling steps.
        num_steps: All sampling steps.
        num_windows: Windows of the model, the cells of the comb; 0 hides it.
        fraction: Finished part of the whole job, 0 to 1.
        ready_until: Sound before this position can be played; it may still change a little.
        levels: (M, T) levels of the newest preview from ``span.start`` on, or ``None``.
        peaks: Audio so far from ``span.start`` on, or ``None``.
        label: Words of its tag: "Step 31 of 50, about 40 s".
        is_wavefront: Whether the windows finish one after the other, from left to right; otherwise
            all of them are at the same step.
        lag_windows: How many windows a wavefront is ahead with one step of the next, at least 1.
        also_waiting: What other jobs will make of the lane; they wait.
    """

    job_id: str
    span: Span
    state: JobState = JobState.WAITING
    step: int = 0
    num_steps: int = 0
    num_windows: int = 0
    fraction: float = 0.0
    ready_until: Samples = _START
    levels: NDArray[np.uint8] | None = None
    peaks: Peaks | None = None
    label: str = ""
    is_wavefront: bool = False
    lag_windows: int = 2
    also_waiting: tuple[Span, ...] = ()
