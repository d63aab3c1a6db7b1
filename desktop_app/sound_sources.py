"""Sounds from files that runs of clips start from. Pure functions."""

from dataclasses import replace

from desktop_app.project.project import PromptClip, SoundSource
from desktop_app.project.time import Samples


def source_of_run(clips: tuple[PromptClip, ...], start: Samples) -> SoundSource | None:
    """The sound that a run of clips starts from, as a recipe keeps it.

    Args:
        clips: The run; its first clip with a sound counts.
        start: Where the piece begins; the sound's own start is told from there.
    """
    for clip in clips:
        if clip.source is not None:
            shift = start - clip.span.start
            return replace(clip.source, start=Samples(clip.source.start + shift))
    return None


def has_one_source(clips: tuple[PromptClip, ...]) -> bool:
    """Whether all clips of a run that start from a sound start from the same one, in its place."""
    start = clips[0].span.start
    sounds = {source_of_run((clip,), start) for clip in clips if clip.source is not None}
    return len(sounds) <= 1
