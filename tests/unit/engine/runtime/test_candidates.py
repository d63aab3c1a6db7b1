"""Several versions of one request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.api import (
    EngineError,
    EngineEvent,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobProgress,
    JobStarted,
    Section,
    Stage,
)
from engine.runtime.candidates import (
    candidate_events,
    candidate_request,
    fit_to_words,
    judged_spans,
    ranked,
)
from engine.runtime.checks.request import check_request
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import run
from tests.support.tiny_model import region, save_tiny_model, tiny_config, tiny_request


def _request(*regions: tuple[int, int, str], num: int = 3) -> GenerateRequest:
    made = tiny_request(
        Path("model"), Path("out"), *(region(start, n, prompt) for start, n, prompt in regions)
    )
    return replace(made, num_candidates=num, take=5)


def _result(candidate: int, score: float | None) -> GenerationResult:
    return GenerationResult(
        audio_path="a",
        mel_path="m",
        latents_path="l",
        state_path="s",
        num_samples=1,
        sample_rate=16_000,
        engine_version="1",
        model="tiny",
        candidate=candidate,
        score=score,
    )


def test_each_version_has_its_own_noise_and_folder() -> None:
    request = replace(
        _request((0, 50, "rain")),
        sections=(Section(start_latent_frame=3, num_latent_frames=9, take=7),),
    )

    third = candidate_request(request, 2)

    assert (third.take, third.sections[0].take, third.num_candidates) == (7, 9, 1)
    assert third.output_dir == str(Path("out") / "candidate-3")
    assert third.regions == request.regions


def test_a_single_version_is_the_request_itself() -> None:
    request = _request((0, 50, "rain"), num=1)

    assert candidate_request(request, 0) is request


def test_only_the_first_version_is_shown_while_it_is_made() -> None:
    request = replace(_request((0, 50, "rain")), wants_early_audio=True, wants_previews=True)

    assert candidate_request(request, 0).wants_early_audio
    assert candidate_request(request, 0).wants_previews
    assert not candidate_request(request, 1).wants_early_audio
    assert not candidate_request(request, 1).wants_previews


def test_progress_runs_over_all_versions() -> None:
    told: list[EngineEvent] = []
    half = JobProgress(
        job_id="j", stage=Stage.SAMPLING, done=1, total=2, fraction=0.5, remaining_seconds=10.0
    )

    candidate_events(told.append, 1, 4)(half)
    candidate_events(told.append, 1, 4)(
        JobStarted(job_id="j", device="cpu", num_windows=1, num_steps=1)
    )

    assert told == [replace(half, fraction=0.375, remaining_seconds=10.0 + 2 * 20.0)]


def test_the_best_score_comes_first_and_ties_keep_their_order() -> None:
    results = [_result(0, 0.1), _result(1, 0.4), _result(2, 0.4), _result(3, -0.2)]

    assert [r.candidate for r in ranked(results)] == [1, 2, 0, 3]
    assert [r.candidate for r in ranked([_result(0, None), _result(1, None)])] == [0, 1]


def test_words_are_compared_with_the_part_they_hold_for() -> None:
    request = _request((10, 50, "rain"), (60, 100, "birds"))

    assert judged_spans(request) == ((0, 50, "rain"), (50, 150, "birds"))


def test_of_repaired_takes_only_the_repaired_part_is_judged() -> None:
    request = replace(
        _request((10, 50, "rain"), (60, 100, "birds")),
        sections=(Section(start_latent_frame=50, num_latent_frames=60, take=7),),
    )

    # The ten frames of rain are too short to be judged.
    assert judged_spans(request) == ((50, 100, "birds"),)


def test_something_is_judged_however_short_it_is() -> None:
    assert judged_spans(_request((0, 3, "click"))) == ((0, 3, "click"),)


def test_the_score_is_weighted_by_length() -> None:
    request = _request((0, 50, "rain"), (50, 150, "birds"))
    samples = np.arange(200 * 640, dtype=np.float32)
    vectors = {"rain": torch.tensor([0.2]), "birds": torch.tensor([0.6])}
    heard: list[tuple[float, int]] = []

    def score(part: np.ndarray, rate: int, vector: torch.Tensor) -> float:
        assert rate == 16_000
        heard.append((float(part[0]), len(part)))
        return float(vector[0])

    result = fit_to_words(request, samples, 16_000, vectors, score)

    assert result == pytest.approx(0.25 * 0.2 + 0.75 * 0.6)
    assert heard == [(0.0, 50 * 640), (50 * 640.0, 150 * 640)]


def test_all_versions_are_kept_and_differ(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "model")
    request = replace(tiny_request(model, tmp_path / "out"), num_candidates=2, take=3)

    finished = [e for e in run(LocalEngine(device="cpu"), request) if isinstance(e, JobFinished)]

    (event,) = finished
    assert [result.candidate for result in event.candidates] == [0, 1]
    assert event.result == event.candidates[0]
    first, second = (np.load(result.latents_path) for result in event.candidates)
    assert not np.array_equal(first, second)


def test_versions_of_a_model_that_listens_are_ranked(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "model", tiny_config(listens=True))
    request = replace(tiny_request(model, tmp_path / "out"), num_candidates=3)

    [event] = [e for e in run(LocalEngine(device="cpu"), request) if isinstance(e, JobFinished)]

    scores = [result.score for result in event.candidates]
    assert None not in scores
    assert scores == sorted(scores, key=lambda score: -(score or 0.0))
    assert len(set(scores)) == 3


def test_a_version_is_what_its_own_request_makes(tmp_path: Path) -> None:
    model = save_tiny_model(tmp_path / "model")
    engine = LocalEngine(device="cpu")
    both = replace(tiny_request(model, tmp_path / "both"), num_candidates=2, take=3)
    alone = replace(tiny_request(model, tmp_path / "alone"), take=4)

    run(engine, both)
    run(engine, alone)

    second = tmp_path / "both" / "candidate-2" / "audio.wav"
    assert second.read_bytes() == (tmp_path / "alone" / "audio.wav").read_bytes()


@pytest.mark.parametrize("num", [0, 65])
def test_a_number_of_versions_that_makes_no_sense_is_refused(tmp_path: Path, num: int) -> None:
    request = replace(tiny_request(tmp_path, tmp_path / "out"), num_candidates=num)

    with pytest.raises(EngineError, match=f"{num} versions"):
        check_request(request)
