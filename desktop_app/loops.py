"""Loops: runs of clips whose end goes over into their start. Pure functions."""

from dataclasses import dataclass

from desktop_app.model_windows import window_latent_frames
from desktop_app.project.project import PromptClip
from desktop_app.project.time import SAMPLES_PER_LATENT_FRAME, TIMELINE_RATE_HZ, Span
from engine.api import LoopLength, loop_latent_frames
from engine.api.loops import LOOP_MULTIPLE_LATENT_FRAMES

_MAX_BARS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFit:
    """Whole bars for a run of clips.

    Attributes:
        bars: How many.
        length: The length that is nearest to them.
    """

    bars: int
    length: LoopLength

    @property
    def words(self) -> str:
        """The fit for people: "4 bars, 8.32 s, 320 ms longer"."""
        seconds = self.length.num_latent_frames * SAMPLES_PER_LATENT_FRAME / TIMELINE_RATE_HZ
        bars = "1 bar" if self.bars == 1 else f"{self.bars} bars"
        deviation = round(self.length.deviation_ms)
        if deviation == 0:
            return f"{bars}, {seconds:.2f} s exactly"
        longer = "longer" if deviation > 0 else "shorter"
        return f"{bars}, {seconds:.2f} s, {abs(deviation)} ms {longer}"


def loop_fit(span: Span, tempo_bpm: float, beats_per_bar: int, model: str) -> LoopFit:
    """The whole bars that are nearest to a run's length and long enough for the model.

    Args:
        span: The run.
        tempo_bpm: Of the project.
        beats_per_bar: Of the project.
        model: Makes the loop; no loop is shorter than its window.

    Raises:
        ValueError: The tempo is so fast that no number of bars is enough.
    """
    bar_samples = beats_per_bar * 60 * TIMELINE_RATE_HZ / tempo_bpm
    first = max(1, round(span.duration / bar_samples))
    window = window_latent_frames(model)
    for bars in range(first, _MAX_BARS):
        try:
            length = loop_latent_frames(bars, beats_per_bar, tempo_bpm, window_latent_frames=window)
        except ValueError:
            continue
        return LoopFit(bars=bars, length=length)
    raise ValueError(f"no loop at {tempo_bpm:g} bpm")


def is_loop(clips: tuple[PromptClip, ...]) -> bool:
    """Whether a run of clips shall go over into its own start."""
    return bool(clips) and all(clip.is_loop for clip in clips)


def fits_a_loop(span: Span) -> bool:
    """Whether a run can be a loop as it lies: whole latent frames, a multiple of eight."""
    step = SAMPLES_PER_LATENT_FRAME * LOOP_MULTIPLE_LATENT_FRAMES
    return span.start % SAMPLES_PER_LATENT_FRAME == 0 and span.duration % step == 0
