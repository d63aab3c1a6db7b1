"""Several versions of one request, the best first.

The versions differ in their noise take alone. Each is a job of its own in its own folder, so that
every one of them can be kept, made again and repaired like any other result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.api import (
    LATENT_FRAMES_PER_SECOND,
    EngineEvent,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobProgress,
)

_SHORTEST_JUDGED_LATENT_FRAMES = LATENT_FRAMES_PER_SECOND

ScoreSound = Callable[[NDArray[np.float32], int, Tensor], float]
"""Maps (N,) samples, their rate and a (D,) text vector to the cosine of the embeddings."""


def candidate_request(request: GenerateRequest, candidate: int) -> GenerateRequest:
    """The order for one version; that of a single one is the request itself.

    Args:
        request: The request for all versions.
        candidate: Number of the version, from 0.
    """
    if request.num_candidates == 1:
        return request
    folder = Path(request.output_dir) / f"candidate-{candidate + 1}"
    return replace(
        request,
        take=request.take + candidate,
        sections=tuple(replace(s, take=s.take + candidate) for s in request.sections),
        output_dir=str(folder),
        num_candidates=1,
        wants_previews=request.wants_previews and candidate == 0,
        wants_early_audio=request.wants_early_audio and candidate == 0,
    )


def candidate_events(emit: EventSink, candidate: int, num_candidates: int) -> EventSink:
    """What of a version's events is told: all of the first one, the progress of the others.

    Args:
        emit: Receives the events of the whole job.
        candidate: Number of the version, from 0.
        num_candidates: How many there are.
    """

    def told(event: EngineEvent) -> None:
        if isinstance(event, JobProgress):
            left = event.remaining_seconds
            share = (candidate + event.fraction) / num_candidates
            if left is not None and event.fraction > 0.0:
                # The versions that come cost as much as this one.
                this_one = left / max(1e-6, 1.0 - event.fraction)
                left += this_one * (num_candidates - 1 - candidate)
            emit(replace(event, fraction=share, remaining_seconds=left))
        elif candidate == 0:
            # Pictures and sound of one version only; nobody could tell them apart.
            emit(event)

    return told


def ranked(results: Sequence[GenerationResult]) -> tuple[GenerationResult, ...]:
    """Best score first; without scores in the order they were made."""
    return tuple(
        sorted(results, key=lambda r: (-(r.score if r.score is not None else 0.0), r.candidate))
    )


def judged_spans(request: GenerateRequest) -> tuple[tuple[int, int, str], ...]:
    """What is compared with which words.

    Args:
        request: Of one version.

    Returns:
        Latent frames [start, end) from the start of the piece, and the prompt that holds there:
        the regions, cut to the sections if only those are new. Stretches under a second are left
        out, unless there is nothing else.
    """
    new = [
        (s.start_latent_frame, s.start_latent_frame + s.num_latent_frames) for s in request.sections
    ] or [(request.first_latent_frame, request.end_latent_frame)]
    spans = [
        (
            max(start, region.start_latent_frame) - request.first_latent_frame,
            min(end, region.end_latent_frame) - request.first_latent_frame,
            region.prompt,
        )
        for start, end in new
        for region in request.regions
        if max(start, region.start_latent_frame) < min(end, region.end_latent_frame)
    ]
    long = [span for span in spans if span[1] - span[0] >= _SHORTEST_JUDGED_LATENT_FRAMES]
    return tuple(long or spans)


def fit_to_words(
    request: GenerateRequest,
    samples: NDArray[np.float32],
    sample_rate: int,
    text_vectors: dict[str, Tensor],
    score: ScoreSound,
) -> float:
    """How well a version fits its words: the mean score of its parts, weighted by their length.

    Args:
        request: Of the version.
        samples: (N,) the whole piece.
        sample_rate: Samples per second.
        text_vectors: Prompt to (D,) unit vector.
        score: Compares sound with words.

    Returns:
        -1 to 1.
    """
    total, weight = 0.0, 0
    for start, end, prompt in judged_spans(request):
        first, last = (f * sample_rate // LATENT_FRAMES_PER_SECOND for f in (start, end))
        total += (end - start) * score(samples[first:last], sample_rate, text_vectors[prompt])
        weight += end - start
    return total / weight
