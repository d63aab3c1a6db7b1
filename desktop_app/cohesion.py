"""What keeps the pieces of a lane together, as the engine counts it. Pure functions."""

from dataclasses import replace

from desktop_app.loops import fits_a_loop, is_loop
from desktop_app.model_windows import window_latent_frames
from desktop_app.project.lookup import island_span
from desktop_app.project.project import GenerationSettings, Project, PromptClip
from desktop_app.project.time import Span, latent_frame_ceil, latent_frame_floor
from engine.api import latent_frames_of_bars, period_latent_frames

_USUAL = GenerationSettings()


def period_of_bars(
    project: Project, settings: GenerationSettings, clips: tuple[PromptClip, ...]
) -> int:
    """After how many latent frames noise repeats along a run of clips.

    Args:
        project: For tempo and metre.
        settings: Of the lane.
        clips: The run. A loop holds a whole number of periods.
    """
    wanted = latent_frames_of_bars(settings.period_bars, project.beats_per_bar, project.tempo_bpm)
    loop = None
    if is_loop(clips) and fits_a_loop(island_span(clips)):
        loop = num_latent_frames(island_span(clips))
    return period_latent_frames(wanted, loop_latent_frames=loop)


def period_of_run(
    project: Project, settings: GenerationSettings, clips: tuple[PromptClip, ...]
) -> int | None:
    """As :func:`period_of_bars`; ``None`` where no noise repeats."""
    return period_of_bars(project, settings, clips) if settings.shared_noise else None


def num_latent_frames(span: Span) -> int:
    """Latent frames of a piece over a span: its ends go outwards."""
    return latent_frame_ceil(span.end) - latent_frame_floor(span.start)


def is_one_window(span: Span, model: str, *, loops: bool) -> bool:
    """Whether a piece has one window, so that no other could borrow from it."""
    return not loops and num_latent_frames(span) <= window_latent_frames(model)


def heard_settings(settings: GenerationSettings, span: Span, *, loops: bool) -> GenerationSettings:
    """The settings without those that change nothing in a piece over a span."""
    if settings.shared_noise == 0.0:
        settings = replace(settings, period_bars=_USUAL.period_bars)
    if is_one_window(span, settings.model, loops=loops):
        settings = replace(settings, reference_share=_USUAL.reference_share)
    return settings
