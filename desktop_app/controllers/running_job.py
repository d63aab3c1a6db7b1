"""What is known of one job while the engine works on it."""

import logging
import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.live_sound import LiveSound
from desktop_app.audio.ranges import Ranges
from desktop_app.extension import new_spans
from desktop_app.generation import GenerationPlan
from desktop_app.project.project import Take
from desktop_app.project.time import (
    SAMPLES_PER_LATENT_FRAME,
    TIMELINE_RATE_HZ,
    Span,
    latent_frame_ceil,
)
from desktop_app.views.timeline.values import JobState, LaneJob
from engine.api import (
    MEL_FRAMES_PER_LATENT_FRAME,
    NOMINAL_WINDOW_LATENT_FRAMES,
    AudioReady,
    EngineEvent,
    JobProgress,
    JobStarted,
    Stage,
)

logger = logging.getLogger(__name__)

_STAGE_WORDS = {
    Stage.LOADING: "Loading the model",
    Stage.CONDITIONING: "Reading the prompts",
    Stage.ENCODING: "Reading the sound",
    Stage.SAMPLING: "Step",
    Stage.DECODING: "Making the spectrogram",
    Stage.VOCODING: "Making the sound",
}
SAMPLES_PER_MEL_FRAME = SAMPLES_PER_LATENT_FRAME // MEL_FRAMES_PER_LATENT_FRAME

_PAINTING_SECONDS_PER_FRAME = 3e-7
_MAX_SHARE_OF_PAINTING = 0.05
"""A new picture costs the view about so much (0.1 s for an hour, measured), and it may spend this
share of its time on that."""


def _lag_windows(stride_latent_frames: int) -> int:
    """How many windows overlap with a window and its successor: these wait for each other."""
    return max(2, -(-NOMINAL_WINDOW_LATENT_FRAMES // stride_latent_frames))


def remaining_words(seconds: float | None) -> str:
    """A remaining time for people; empty when it is not known.

    Above ten seconds it moves in steps of five, so that it does not flicker.
    """
    if seconds is None:
        return ""
    if seconds < 3:
        return "a few more seconds"
    if seconds < 10:
        return f"{seconds:.0f} s"
    rounded = 5 * round(seconds / 5)
    if rounded < 120:
        return f"about {rounded} s"
    return f"about {rounded // 60} min"


@dataclass(slots=True, eq=False)
class RunningJob:
    """One job and what has come of it so far.

    Attributes:
        plan: What it makes.
        folder: Where its files are written.
        shown: What the timeline draws.
        stage: What it is doing, in words.
        remaining: Remaining time in words, or empty.
        base: The take that it makes again in part, or makes longer, or ``None``.
        sound: What can be heard of it already, or ``None``.
        goes_on: Whether it began from what an earlier run had left.
    """

    plan: GenerationPlan
    folder: str
    shown: LaneJob
    stage: str = "Waiting"
    remaining: str = ""
    base: Take | None = None
    sound: LiveSound | None = None
    goes_on: bool = False
    _levels: NDArray[np.uint8] | None = None
    _settled: Ranges = field(default_factory=Ranges)
    _is_painted: bool = False
    _shown_at: float = -math.inf

    @classmethod
    def waiting(
        cls, job_id: str, plan: GenerationPlan, folder: str, base: Take | None = None
    ) -> "RunningJob":
        """A job that was just queued; it is drawn where it makes something."""
        span, parts = plan.span, plan.recipe.sections
        if plan.time_change is not None:
            parts = (plan.time_change.span,) if plan.time_change.inserts else ()
        elif base is not None and not parts:
            parts = new_spans(span, base)
        if parts:
            span = Span(min(part.start for part in parts), max(part.end for part in parts))
        shown = LaneJob(
            job_id=job_id,
            span=span,
            num_steps=plan.recipe.settings.num_steps,
            lag_windows=_lag_windows(plan.recipe.settings.stride_latent_frames),
            ready_until=span.start,
            label="Waiting",
        )
        return cls(plan=plan, folder=folder, shown=shown, base=base)

    @property
    def job_id(self) -> str:
        """Name of the job."""
        return self.shown.job_id

    @property
    def shows_pace(self) -> bool:
        """Whether its time tells how long new takes need: nothing of it was there before."""
        return self.base is None and not self.goes_on and self.plan.recipe.source is None

    @property
    def words(self) -> str:
        """The text of its tag."""
        return ", ".join(part for part in (self.stage, self.remaining) if part)

    @property
    def levels(self) -> NDArray[np.uint8] | None:
        """All that was painted, whether it is shown already or not."""
        return self._levels

    @property
    def is_running(self) -> bool:
        """Whether it left the queue."""
        return self.shown.state is JobState.RUNNING

    def begin(self) -> None:
        """Its turn has come; the engine has not told of it yet, because it has to start first."""
        if not self.is_running:
            self.stage = "Starting the engine"
            self._show(state=JobState.RUNNING, label=self.words)

    def take_event(self, event: EngineEvent) -> None:
        """Learn from an event of this job; pictures come through :meth:`paint`."""
        match event:
            case JobStarted():
                self._show(
                    state=JobState.RUNNING,
                    num_windows=event.num_windows,
                    is_wavefront=event.is_wavefront,
                )
            case JobProgress():
                self._take_progress(event)
            case AudioReady():
                self._take_audio(event)
            case _:
                pass
        self._show(label=self.words)

    def paint(
        self, first_mel_frame: int, part: NDArray[np.uint8], *, is_preview: bool = False
    ) -> None:
        """Take over a part of the picture; it is shown by the next :meth:`publish`.

        Args:
            first_mel_frame: Its place, from the start of the job's piece.
            part: (M, T) levels; what lies beyond the drawn span is cut off.
            is_preview: Whether it is half done: it covers nothing that is better known already.
        """
        if self._levels is None:
            frames = latent_frame_ceil(self.shown.span.duration) * MEL_FRAMES_PER_LATENT_FRAME
            self._levels = np.zeros((part.shape[0], frames), np.uint8)
        start = first_mel_frame - self._hidden // SAMPLES_PER_MEL_FRAME
        kept = part[:, max(0, -start) : max(0, self._levels.shape[1] - start)]
        start = max(0, start)
        end = start + kept.shape[1]
        for first, last in self._settled.missing(start, end) if is_preview else [(start, end)]:
            self._levels[:, first:last] = kept[:, first - start : last - start]
        if not is_preview:
            self._settled.add(start, end)
        self._is_painted = True

    def publish(self, now_seconds: float) -> None:
        """Show what was painted, unless a picture of this length was shown too shortly before."""
        if self._levels is None or not self._is_painted:
            return
        cost = self._levels.shape[1] * _PAINTING_SECONDS_PER_FRAME
        if now_seconds - self._shown_at < cost / _MAX_SHARE_OF_PAINTING:
            return
        self._is_painted, self._shown_at = False, now_seconds
        # Another view of the same memory: the painter tells pictures apart by their object, and
        # copying an hour many times a second would cost more than drawing it.
        self._show(levels=self._levels[:])

    def drop_sound(self) -> None:
        """Let go of what can be heard of it: it is a take now, or will never be one."""
        if self.sound is not None:
            self.sound.close()

    def say(self, stage: str) -> None:
        """Show what is being done with it after the engine is done."""
        self.stage, self.remaining = stage, ""
        self._show(label=self.words, fraction=1.0)

    def _take_progress(self, event: JobProgress) -> None:
        words = _STAGE_WORDS[event.stage]
        # The model is loaded before the job counts as started.
        self._show(state=JobState.RUNNING)
        self.remaining = remaining_words(event.remaining_seconds)
        if event.stage is Stage.SAMPLING:
            words = f"{words} {event.done} of {event.total}"
            self._show(step=event.done, num_steps=event.total)
        num = self.plan.num_candidates
        if num > 1 and event.stage is not Stage.LOADING:
            # Each of several takes is the same share of the whole.
            number = min(int(event.fraction * num) + 1, num)
            words = f"Take {number} of {num}, {words[:1].lower()}{words[1:]}"
        self.stage = words
        self._show(fraction=event.fraction)

    def _take_audio(self, event: AudioReady) -> None:
        span = self.shown.span
        if self.sound is None:
            self.sound = LiveSound(span, event.sample_rate, self.folder)
        hidden = self._hidden * event.sample_rate // TIMELINE_RATE_HZ
        try:
            self.sound.put(event.first_sample - hidden, event.samples, is_final=event.is_final)
        except OSError as error:
            # Only what can be heard before the end is lost; the engine keeps its own files.
            logger.warning("sound of the job %s cannot be shown: %s", self.job_id, error)
        self._show(peaks=self.sound.peaks, ready_until=self.sound.ready_until)

    @property
    def _hidden(self) -> int:
        """Timeline samples of the piece before the drawn span."""
        return self.shown.span.start - self.plan.span.start

    def _show(self, **changes: object) -> None:
        self.shown = replace(self.shown, **changes)  # type: ignore[arg-type] # names of LaneJob
