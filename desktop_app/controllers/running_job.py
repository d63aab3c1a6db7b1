"""What is known of one job while the engine works on it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.peaks import Peaks
from desktop_app.audio.spectrogram import levels_from_mel
from desktop_app.generation import GenerationPlan
from desktop_app.project.time import (
    SAMPLES_PER_LATENT_FRAME,
    TIMELINE_RATE_HZ,
    Samples,
    latent_frame_ceil,
)
from desktop_app.views.timeline.values import JobState, LaneJob
from engine.api import (
    MEL_FRAMES_PER_LATENT_FRAME,
    AudioReady,
    EngineEvent,
    JobProgress,
    JobStarted,
    MelReady,
    PreviewReady,
    Stage,
)

_STAGE_WORDS = {
    Stage.LOADING: "Loading the model",
    Stage.CONDITIONING: "Reading the prompts",
    Stage.SAMPLING: "Step",
    Stage.DECODING: "Making the spectrogram",
    Stage.VOCODING: "Making the sound",
}
SAMPLES_PER_MEL_FRAME = SAMPLES_PER_LATENT_FRAME // MEL_FRAMES_PER_LATENT_FRAME


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


@dataclass(slots=True)
class RunningJob:
    """One job and what has come of it so far.

    Attributes:
        plan: What it makes.
        folder: Where its files are written.
        shown: What the timeline draws.
        stage: What it is doing, in words.
        remaining: Remaining time in words, or empty.
        work: Windows times steps, for estimates of later jobs; 0 before it started.
    """

    plan: GenerationPlan
    folder: str
    shown: LaneJob
    stage: str = "Waiting"
    remaining: str = ""
    work: int = 0

    @classmethod
    def waiting(cls, job_id: str, plan: GenerationPlan, folder: str) -> "RunningJob":
        """A job that was just queued."""
        shown = LaneJob(
            job_id=job_id,
            span=plan.span,
            num_steps=plan.recipe.settings.num_steps,
            ready_until=plan.span.start,
            label="Waiting",
        )
        return cls(plan=plan, folder=folder, shown=shown)

    @property
    def job_id(self) -> str:
        """Name of the job."""
        return self.shown.job_id

    @property
    def words(self) -> str:
        """The text of its tag."""
        return ", ".join(part for part in (self.stage, self.remaining) if part)

    def take_event(self, event: EngineEvent) -> None:
        """Learn from an event of this job."""
        match event:
            case JobStarted():
                self.work = event.num_windows * event.num_steps
                self._show(state=JobState.RUNNING, num_windows=event.num_windows)
            case JobProgress():
                self._take_progress(event)
            case PreviewReady():
                self._paint(event.first_mel_frame, event.mel)
            case MelReady():
                self._paint(event.first_mel_frame, event.mel)
            case AudioReady():
                self._take_audio(event)
            case _:
                pass
        self._show(label=self.words)

    def _take_progress(self, event: JobProgress) -> None:
        words = _STAGE_WORDS[event.stage]
        self.remaining = remaining_words(event.remaining_seconds)
        if event.stage is Stage.SAMPLING:
            self.stage = f"{words} {event.done} of {event.total}"
            self._show(step=event.done, num_steps=event.total)
        else:
            self.stage = words
        self._show(fraction=event.fraction)

    def _paint(self, first_mel_frame: int, mel: NDArray[np.float32]) -> None:
        frames = latent_frame_ceil(self.plan.span.duration) * MEL_FRAMES_PER_LATENT_FRAME
        before = self.shown.levels
        levels = np.zeros((mel.shape[1], frames), np.uint8) if before is None else before.copy()
        part = levels_from_mel(mel)[:, : max(0, frames - first_mel_frame)]
        levels[:, first_mel_frame : first_mel_frame + part.shape[1]] = part
        self._show(levels=levels)

    def _take_audio(self, event: AudioReady) -> None:
        peaks = self.shown.peaks
        if not isinstance(peaks, Peaks):
            peaks = Peaks(event.sample_rate)
        peaks.append(event.samples)
        ready = peaks.num_samples * TIMELINE_RATE_HZ // event.sample_rate
        end = min(self.plan.span.end, self.plan.span.start + ready)
        self._show(peaks=peaks, ready_until=Samples(end))

    def _show(self, **changes: object) -> None:
        self.shown = replace(self.shown, **changes)  # type: ignore[arg-type] # names of LaneJob
