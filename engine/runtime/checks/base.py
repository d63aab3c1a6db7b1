"""What can be wrong with the take that a request builds upon. No torch."""

from itertools import pairwise
from pathlib import Path

from engine.api import (
    BaseResult,
    EngineError,
    GenerateRequest,
    KeptSpan,
)
from engine.runtime.checks.prompts import shown_seconds

_LONGEST_JOIN = 4_096


def check_base(request: GenerateRequest) -> None:
    """Refuse a base that cannot be built upon, as far as the request alone tells.

    Raises:
        EngineError: Something is wrong; the message names it and the remedy.
    """
    base = request.base
    if base is None:
        if request.sections:
            raise EngineError(
                "Sections can only be made again in a finished take.", "Generate the whole first."
            )
        return
    if request.source is not None:
        raise EngineError(
            "A piece cannot begin with imported sound and with a finished take at once.",
            "Import the sound first, and build upon the result.",
        )
    for path in (base.latents_path, base.mel_path, base.audio_path, base.state_path):
        if not Path(path).is_file():
            raise EngineError(
                f"The file {path} of the take is missing.", "Generate the whole piece again."
            )
    _check_kept(request, base)


def check_base_fits(
    request: GenerateRequest,
    *,
    wanted_model: str,
    model: str,
    is_loop: bool,
    heard: tuple[int, int],
    stored: tuple[int, int],
) -> None:
    """Refuse what does not fit the take that the base turned out to be.

    Args:
        request: With a base.
        wanted_model: The model that the request names.
        model: The model that made the take.
        is_loop: Whether the take is a loop.
        heard: Latent frames [start, end) of the take.
        stored: Those whose latents are known, hidden ones included.

    Raises:
        EngineError: Something does not fit; the message names it and the remedy.
    """
    if model != wanted_model:
        raise EngineError(
            f"The take was made with the model {model}, not {wanted_model}.",
            f"Choose {model}, or generate the whole piece again.",
        )
    if is_loop != request.is_loop:
        kinds = ("a loop", "a piece with two ends")
        was, wanted = kinds if is_loop else kinds[::-1]
        raise EngineError(
            f"The take is {was} and cannot become {wanted}.", "Generate the whole piece again."
        )
    kept = () if request.base is None else request.base.kept
    for span in kept:
        end = span.start_latent_frame + span.num_latent_frames
        if span.start_latent_frame < stored[0] or end > stored[1]:
            raise EngineError(
                f"{_named(span)} is not inside the take, {shown_seconds(heard[0])} to"
                f" {shown_seconds(heard[1])}.",
                "Keep stretches of the take only.",
            )
    piece = (request.first_latent_frame, request.end_latent_frame)
    if is_loop and (kept or heard != piece):
        raise EngineError(
            f"The loop goes from {shown_seconds(heard[0])} to {shown_seconds(heard[1])} and can"
            " neither grow nor shrink.",
            "Make sections of it again, or generate the whole loop again.",
        )
    start = max(heard[0], request.first_latent_frame)
    if not kept and start >= min(heard[1], request.end_latent_frame):
        raise EngineError(
            f"The take, {shown_seconds(heard[0])} to {shown_seconds(heard[1])}, and the piece,"
            f" {shown_seconds(request.first_latent_frame)} to"
            f" {shown_seconds(request.end_latent_frame)}, have no time in common.",
            "Say what of the take goes where, or generate the piece without it.",
        )


def _check_kept(request: GenerateRequest, base: BaseResult) -> None:
    if not 0 <= base.join_latent_frames <= _LONGEST_JOIN:
        raise EngineError(
            f"Joins of {base.join_latent_frames} latent frames are not possible.",
            f"Choose 0 to {_LONGEST_JOIN}; 48 are usual.",
        )
    for span in base.kept:
        if span.num_latent_frames < 1:
            raise EngineError(f"{_named(span)} is empty.", "Keep at least 0.04 s, or leave it out.")
        target, end = span.target_latent_frame, span.target_end_latent_frame
        if target < request.first_latent_frame or end > request.end_latent_frame:
            raise EngineError(
                f"{_named(span)} would go to {shown_seconds(target)} to {shown_seconds(end)},"
                f" beyond the piece, {shown_seconds(request.first_latent_frame)} to"
                f" {shown_seconds(request.end_latent_frame)}.",
                "Let prompts cover it, or keep less.",
            )
    for before, after in pairwise(base.kept):
        if after.target_latent_frame < before.target_end_latent_frame:
            raise EngineError(
                f"{_named(after)} would begin at {shown_seconds(after.target_latent_frame)},"
                " before the stretch before it ends at"
                f" {shown_seconds(before.target_end_latent_frame)}.",
                "Order the stretches by their place, without overlap.",
            )


def _named(span: KeptSpan) -> str:
    end = span.start_latent_frame + span.num_latent_frames
    return f"The kept stretch {shown_seconds(span.start_latent_frame)} to {shown_seconds(end)}"
