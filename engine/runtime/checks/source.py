"""What can be wrong with a request that starts from imported sound. No torch."""

from __future__ import annotations

import math
from pathlib import Path

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    AudioSource,
    EngineError,
    GenerateRequest,
    SourceNoise,
)
from engine.runtime.files.audio_file import audio_seconds


def check_source(request: GenerateRequest) -> None:
    """Refuse a request whose imported sound cannot be used; one without any is right.

    Raises:
        EngineError: Something is wrong; the message names it and the remedy.
    """
    source = request.source
    if source is None:
        return
    if request.base is not None or request.sections:
        raise EngineError(
            "A piece cannot start from a sound file and from a finished take at once.",
            "Import the file first, then make parts of it again.",
        )
    if not 0.0 <= source.strength <= 1.0:
        raise EngineError(
            f"A strength of {source.strength:g} is not possible.",
            "Choose 0 (keeps the sound) to 1 (leaves only the words).",
        )
    if not isinstance(source.noise, SourceNoise):
        raise EngineError(
            f"There is no noise “{source.noise}” for imported sound.",
            f"Choose one of: {', '.join(noise.value for noise in SourceNoise)}.",
        )
    if source.strength == 0.0:
        _check_unchanged(request)
    _check_meets_file(source, request.num_latent_frames)


def _check_unchanged(request: GenerateRequest) -> None:
    if request.is_loop:
        raise EngineError(
            "Imported sound that is kept as it is does not go over into its own start.",
            "Switch the loop off, or choose a strength above 0.",
        )
    if request.num_candidates > 1:
        raise EngineError(
            f"{request.num_candidates} versions of sound that is kept as it is would all be the"
            " same.",
            "Ask for one version, or choose a strength above 0.",
        )


def _check_meets_file(source: AudioSource, num_latent_frames: int) -> None:
    if not math.isfinite(source.start_seconds):
        raise EngineError(
            f"A start at {source.start_seconds} s is not possible.",
            "Choose a start inside the file.",
        )
    seconds = audio_seconds(Path(source.path))
    end = source.start_seconds + num_latent_frames / LATENT_FRAMES_PER_SECOND
    if source.start_seconds >= seconds or end <= 0.0:
        raise EngineError(
            f"Nothing is heard of {source.path}: the piece begins {source.start_seconds:.2f} s"
            f" into the file, which is {seconds:.2f} s long.",
            "Choose a start inside the file.",
        )
