"""What the engine reports while it works.

Positions in data events are relative to the start of the request's piece. Arrays are read-only.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Stage(StrEnum):
    """What a job is doing."""

    LOADING = "loading"
    CONDITIONING = "conditioning"
    ENCODING = "encoding"
    SAMPLING = "sampling"
    DECODING = "decoding"
    VOCODING = "vocoding"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationResult:
    """A finished piece on disk.

    All files lie in the request's ``output_dir`` or, where several versions are made, in a folder
    for each inside it.

    Attributes:
        audio_path: Mono 32-bit float WAV at ``sample_rate``.
        mel_path: ``.npy`` float32 (T, M) natural-log mel.
        latents_path: ``.npy`` float32 (C, T/4, F) scaled latents, hidden tail included.
        state_path: ``.npz`` with noise records and pinned normalisation statistics, needed to
            regenerate sections.
        num_samples: Length of the audio.
        sample_rate: Rate of the audio in Hz.
        engine_version: Version of the engine that made it.
        model: Name of the model that made it.
        candidate: Number among the versions of one request, from 0.
        score: How well the sound fits the words, -1 to 1 (cosine of the CLAP embeddings), or
            ``None`` if the model cannot tell.
    """

    audio_path: str
    mel_path: str
    latents_path: str
    state_path: str
    num_samples: int
    sample_rate: int
    engine_version: str
    model: str
    candidate: int = 0
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """The job left the queue.

    Attributes:
        device: "cpu" or the name of the graphics processor.
        num_windows: Windows of the model along the piece.
        num_steps: Sampling steps.
        is_wavefront: Whether the windows finish one after the other, from left to right; otherwise
            all of them are at the same step.
    """

    job_id: str
    device: str
    num_windows: int
    num_steps: int
    is_wavefront: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far the job is.

    Attributes:
        stage: What is being done.
        done: Finished units of the stage (steps, tiles, chunks). Of a wavefront, as many steps as
            the same work would be over all windows.
        total: Units of the stage.
        fraction: Share of the whole job's work, 0 to 1, never falling.
        remaining_seconds: Estimate; ``None`` until it can be trusted.
    """

    job_id: str
    stage: Stage
    done: int
    total: int
    fraction: float
    remaining_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewReady:
    """The half-denoised piece, decoded quickly; to look at, not to keep.

    It shows the whole piece, or the part that a wavefront has worked on since the last one: what
    lies before that is final and was shown, what lies after it has not begun.

    Attributes:
        step: Finished sampling steps, counted as in ``JobProgress``.
        num_steps: All sampling steps.
        first_mel_frame: Position of the first row.
        mel: (T, M) natural-log mel, float32.
    """

    job_id: str
    step: int
    num_steps: int
    first_mel_frame: int
    mel: NDArray[np.float32] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MelReady:
    """A part of the spectrogram.

    Attributes:
        first_mel_frame: Position of the first row.
        mel: (T, M) natural-log mel, float32.
        is_final: Whether it stays; an early one is replaced when all of the piece is known.
    """

    job_id: str
    first_mel_frame: int
    mel: NDArray[np.float32] = field(repr=False, compare=False)
    is_final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReady:
    """A part of the audio.

    Final parts arrive in order without gaps, within each range that is made. Before them early
    parts may arrive, also in order: the same music, with statistics that are not final yet.

    Attributes:
        first_sample: Position of the first sample.
        samples: (N,) mono float32, full scale at 1; louder peaks are kept.
        sample_rate: In Hz.
        is_final: Whether it stays.
    """

    job_id: str
    first_sample: int
    samples: NDArray[np.float32] = field(repr=False, compare=False)
    sample_rate: int
    is_final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """The job is done.

    Attributes:
        result: The piece; of several versions the one that fits the words best.
        wall_seconds: Time from the start of the job.
        candidates: All versions, best first; empty if there was only one.
    """

    job_id: str
    result: GenerationResult
    wall_seconds: float
    candidates: tuple[GenerationResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """The job ended without a result; the queue goes on.

    Attributes:
        reason: What happened, in at most about 90 characters.
        remedy: What can be done about it; may be empty.
        details: Full text for a report; may be empty.
    """

    job_id: str
    reason: str
    remedy: str = ""
    details: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCancelled:
    """The job was cancelled; what was finished is kept in its folder."""

    job_id: str


EngineEvent = (
    JobStarted
    | JobProgress
    | PreviewReady
    | MelReady
    | AudioReady
    | JobFinished
    | JobFailed
    | JobCancelled
)
