"""The engine itself, in the calling process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from engine.api import (
    CancellationToken,
    EngineError,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobProgress,
    Stage,
)
from engine.checkpoints.registry import resolve_model as resolve_known_model
from engine.runtime.candidates import (
    candidate_events,
    candidate_request,
    fit_to_words,
    ranked,
)
from engine.runtime.checks.request import WRITING_REMEDY, check_request, file_errors
from engine.runtime.device import choose_device
from engine.runtime.files.wav_file import FloatWavFile
from engine.runtime.generation_job import GenerationJob
from engine.runtime.loaded_model import LoadedModel, ModelSlot, ResolveModel
from engine.runtime.pace import initial_pace
from engine.runtime.precision import Precision
from engine.runtime.progress import Pace

_ALLOCATION_FAILURES = ("can't allocate memory", "not enough memory")
"""What PyTorch's memory manager for the CPU says, in a plain ``RuntimeError``."""


class LocalEngine:
    """Runs jobs in the calling thread; implements :class:`engine.api.Engine`.

    The model of the last job stays loaded.

    Args:
        device: "auto", "cpu" or "cuda".
        precision: "auto" for the fastest that the device has, or "float32".
        resolve_model: Finds models by name or path.

    Raises:
        EngineError: There is no such device.
    """

    def __init__(
        self,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        resolve_model: ResolveModel = resolve_known_model,
    ) -> None:
        self._device = choose_device(device)
        self._slot = ModelSlot(resolve_model, self._device, precision)
        self._paces: dict[str, Pace] = {}

    def load(self, name: str) -> LoadedModel:
        """Load a model, or return the one that is loaded.

        Raises:
            EngineError: There is no such model, or it is damaged.
        """
        with _reported_failures(f"read the model {name}", "Check that its files may be read."):
            return self._slot.get(name)

    @torch.inference_mode()
    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Run one job; see :meth:`engine.api.Engine.generate`.

        Before ``JobStarted`` there may be a ``JobProgress`` of the stage ``LOADING``.
        """
        began_at = time.monotonic()
        check_request(request)
        token.raise_if_cancelled()
        emit(JobProgress(job_id=request.job_id, stage=Stage.LOADING, done=0, total=1, fraction=0.0))
        model = self.load(request.model)
        token.raise_if_cancelled()
        pace = self._paces.setdefault(model.model.config.name, initial_pace(model.model))
        with _reported_failures(f"write to {request.output_dir}", WRITING_REMEDY):
            results = ranked(self._candidates(request, model, pace, token, emit))
        emit(
            JobFinished(
                job_id=request.job_id,
                result=results[0],
                wall_seconds=time.monotonic() - began_at,
                candidates=results if len(results) > 1 else (),
            )
        )

    @staticmethod
    def _candidates(
        request: GenerateRequest,
        model: LoadedModel,
        pace: Pace,
        token: CancellationToken,
        emit: EventSink,
    ) -> list[GenerationResult]:
        """Make every version, one after the other."""
        results = []
        for candidate in range(request.num_candidates):
            one = candidate_request(request, candidate)
            Path(one.output_dir).mkdir(exist_ok=True)
            told = candidate_events(emit, candidate, request.num_candidates)
            result = GenerationJob(one, model, pace, token, told).run()
            score = _score(one, result, model) if request.num_candidates > 1 else None
            results.append(replace(result, candidate=candidate, score=score))
        return results

    def close(self) -> None:
        """Forget the model."""
        self._slot.clear()


def _score(request: GenerateRequest, result: GenerationResult, model: LoadedModel) -> float | None:
    """How well a version fits its words; ``None`` if the model cannot listen."""
    if not model.audio_vectors.can_listen:
        return None
    wav = FloatWavFile.open(Path(result.audio_path))
    try:
        samples = wav.read(0, wav.num_samples)
    finally:
        wav.close()
    vectors = model.embeddings([region.prompt for region in request.regions])
    return fit_to_words(
        request, samples, result.sample_rate, vectors, model.audio_vectors.clap_score
    )


@contextmanager
def _reported_failures(action: str, remedy: str) -> Iterator[None]:
    """Turn what commonly goes wrong with machines into messages for people."""
    try:
        with file_errors(action, remedy):
            yield
    except torch.OutOfMemoryError as error:
        raise _out_of_memory(error, "run it on the CPU") from error
    except MemoryError as error:
        raise _out_of_memory(error, "make it in parts") from error
    except RuntimeError as error:
        if not any(words in str(error) for words in _ALLOCATION_FAILURES):
            raise
        raise _out_of_memory(error, "make it in parts") from error
    except FloatingPointError as error:
        raise EngineError(
            f"The model gave numbers that are no sound: {error}.",
            "Try another seed, fewer steps or less guidance.",
        ) from error


def _out_of_memory(error: Exception, way_out: str) -> EngineError:
    return EngineError(
        "There is not enough memory for this job.",
        f"Close other programs, choose a smaller model, or {way_out}.",
        str(error),
    )
