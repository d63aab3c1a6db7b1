"""How much there is to do in a job, in the units of its clock."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api import MEL_FRAMES_PER_LATENT_FRAME, Stage
from engine.diffusion.guidance import is_guided
from engine.longform.time import mel_frames_of_latent
from engine.longform.vocoder import Vocoder
from engine.longform.window_prompts import WindowPrompts
from engine.runtime.piece import Piece
from engine.runtime.progress import Extra, Work
from engine.runtime.sampling.early_audio import early_decoding_latent_frames
from engine.runtime.sampling.setup import reference_steps, solver_of
from engine.runtime.sound.mel_decoder import MelDecoder
from engine.runtime.sound.splicing import rewritten_mel_frames, voiced_mel_frames
from engine.runtime.source.stage import work_with_source


def job_work(
    piece: Piece,
    prompts: WindowPrompts,
    *,
    num_steps: int,
    decoder: MelDecoder,
    vocoder: Vocoder,
    has_early_sound: bool,
) -> dict[Work, float]:
    """Units of work of each kind, as :func:`engine.runtime.pace.initial_pace` names them.

    Args:
        piece: What was asked for.
        prompts: Of the windows that are evaluated.
        num_steps: Steps that are taken.
        decoder: Of the piece.
        vocoder: Of the model.
        has_early_sound: Whether the piece is also heard while it is sampled.
    """
    heard = piece.num_latent_frames
    work: dict[Work, float] = {
        Stage.SAMPLING: num_evaluations(piece, prompts, num_steps) * piece.grid.window
    }
    kept = piece.kept_sound()
    if kept is None:
        work[Stage.DECODING] = heard
        work[Stage.VOCODING] = mel_frames_of_latent(heard)
    else:
        is_loop = piece.request.is_loop
        dirty = rewritten_mel_frames(decoder, kept, is_loop=is_loop)
        voiced = voiced_mel_frames(decoder, vocoder, kept, is_loop=is_loop, level=piece.level)
        work[Extra.PINNED_DECODING] = _length(dirty) / MEL_FRAMES_PER_LATENT_FRAME
        work[Stage.VOCODING] = _length(voiced)
    if piece.request.source is not None:
        work = work_with_source(work, piece, piece.request.source)
    if has_early_sound:
        work[Extra.PINNED_DECODING] = early_decoding_latent_frames(heard)
        work[Stage.VOCODING] += mel_frames_of_latent(heard)
    return work


def num_evaluations(piece: Piece, prompts: WindowPrompts, num_steps: int) -> int:
    """Windows that the network is asked about, under each of their prompts and at each step.

    What the reference of borrowed frames costs is part of it; finding the noise of imported sound
    is not.

    Args:
        piece: What was asked for.
        prompts: Of the windows that are evaluated.
        num_steps: The last steps of the solver that are taken.
    """
    interval = piece.config.guidance_interval
    timesteps = solver_of(piece.request, piece.config).timesteps
    taken = timesteps[len(timesteps) - num_steps :]

    def evaluations(window: int, timestep: int) -> int:
        return len(prompts.rows(window, is_guided=is_guided(timestep, interval)))

    windows = sum(evaluations(window, t) for t in taken for window in piece.sampled_windows)
    # The trajectory of the first window begins with its noise, so it costs one step less.
    num_reference = max(0, reference_steps(piece, num_steps) - 1)
    return windows + sum(evaluations(0, t) for t in taken[:num_reference])


def _length(ranges: Sequence[tuple[int, int]]) -> int:
    return sum(end - start for start, end in ranges)
