"""What the settings of cohesion come to in the pieces of a lane, in words. No Qt."""

from desktop_app.cohesion import is_one_window, num_latent_frames, period_of_bars
from desktop_app.loops import is_loop
from desktop_app.model_windows import window_latent_frames
from desktop_app.project.lookup import island_span
from desktop_app.project.project import Lane, Project, PromptClip
from desktop_app.views.prompts.values import CohesionFacts
from engine.api import LATENT_FRAMES_PER_SECOND, latent_frames_of_bars

_FRAME_MS = 1000 // LATENT_FRAMES_PER_SECOND


def cohesion_facts(
    project: Project, lane: Lane, runs: tuple[tuple[PromptClip, ...], ...]
) -> CohesionFacts:
    """What the inspector says about some runs of clips of a lane.

    Args:
        project: For tempo and metre.
        lane: For its settings.
        runs: The runs that are meant; without any, nothing is known to be impossible.
    """
    run = runs[0] if len(runs) == 1 else ()
    period = period_of_bars(project, lane.settings, run)
    return CohesionFacts(
        period=_period_words(project, lane, period),
        repetition=_repetition_words(project, lane, runs),
        can_repeat=not runs or any(_repeats(project, lane, each) for each in runs),
        reference=_reference_words(lane, runs),
        can_borrow=not runs or not all(_is_one_window(lane, each) for each in runs),
    )


def _period_words(project: Project, lane: Lane, period: int) -> str:
    bars = latent_frames_of_bars(
        lane.settings.period_bars, project.beats_per_bar, project.tempo_bpm
    )
    deviation_ms = round((period - bars) * _FRAME_MS)
    seconds = f"{period / LATENT_FRAMES_PER_SECOND:.2f} s"
    sign = "+" if deviation_ms > 0 else "\u2212"
    return f"{seconds}, {sign}{abs(deviation_ms)} ms" if deviation_ms else seconds


def _repetition_words(
    project: Project, lane: Lane, runs: tuple[tuple[PromptClip, ...], ...]
) -> str:
    if runs and not any(_repeats(project, lane, run) for run in runs):
        return "The sound is no longer than that, so nothing would come back."
    if len(runs) != 1 or not is_loop(runs[0]):
        return ""
    frames = num_latent_frames(island_span(runs[0]))
    period = period_of_bars(project, lane.settings, runs[0])
    number = round(frames / period)
    off = frames - number * period
    if off == 0:
        return f"{number} times in this loop."
    kind = "longer" if off > 0 else "shorter"
    return f"{number} times, the last {abs(off) * _FRAME_MS} ms {kind}."


def _reference_words(lane: Lane, runs: tuple[tuple[PromptClip, ...], ...]) -> str:
    if not runs or not all(_is_one_window(lane, run) for run in runs):
        return ""
    seconds = window_latent_frames(lane.settings.model) / LATENT_FRAMES_PER_SECOND
    return f"Only for sound of more than {seconds:g} s: shorter sound is made in one piece."


def _repeats(project: Project, lane: Lane, run: tuple[PromptClip, ...]) -> bool:
    period = period_of_bars(project, lane.settings, run)
    return period < num_latent_frames(island_span(run))


def _is_one_window(lane: Lane, run: tuple[PromptClip, ...]) -> bool:
    return is_one_window(island_span(run), lane.settings.model, loops=is_loop(run))
