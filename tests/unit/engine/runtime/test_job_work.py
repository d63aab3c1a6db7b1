"""What a job foresees is what it does, so that its progress and remaining time can be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import (
    AudioSource,
    Cohesion,
    Decoding,
    EventSink,
    GenerateRequest,
    JobProgress,
    SourceNoise,
    Stage,
)
from engine.runtime.local_engine import LocalEngine
from engine.runtime.progress import Extra, JobClock, Pace, Work
from tests.support.local_engine import base_in, run, section
from tests.support.tiny_model import (
    WINDOW_LATENT_FRAMES,
    region,
    save_tiny_model,
    tiny_request,
)

NUM = 120
STEPS = 4
BORROWING = Cohesion(reference_share=0.5)


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


class BookkeepingClock(JobClock):
    """Notes what the last job was told to expect, and what was done in it."""

    foreseen: dict[Work, float]
    done: dict[Work, float]
    left: dict[Work, float]

    def __init__(
        self, job_id: str, work: Mapping[Work, float], pace: Pace, emit: EventSink
    ) -> None:
        super().__init__(job_id, work, pace, emit)
        BookkeepingClock.foreseen = dict(work)
        BookkeepingClock.done = defaultdict(float)

    def worked(self, work: Work, units: float) -> None:
        super().worked(work, units)
        BookkeepingClock.done[work] += units

    def finish(self) -> None:
        BookkeepingClock.left = dict(self._left)
        super().finish()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> type[BookkeepingClock]:
    monkeypatch.setattr("engine.runtime.generation_job.JobClock", BookkeepingClock)
    return BookkeepingClock


def with_sound(request: GenerateRequest, strength: float, noise: SourceNoise) -> GenerateRequest:
    path = Path(request.output_dir).parent / "noise.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).normal(size=NUM * 640), 16_000)
    return replace(request, source=AudioSource(path=str(path), strength=strength, noise=noise))


def of_length(request: GenerateRequest, num_frames: int) -> GenerateRequest:
    return replace(request, regions=(region(0, num_frames),))


FIRST_TAKES: dict[str, Callable[[GenerateRequest], GenerateRequest]] = {
    "whole": lambda r: r,
    "borrowing": lambda r: replace(r, cohesion=BORROWING),
    "one window that could borrow": lambda r: of_length(replace(r, cohesion=BORROWING), 12),
    "heard early": lambda r: replace(r, wants_early_audio=True),
    "loop": lambda r: replace(r, is_loop=True),
    "loop that borrows": lambda r: replace(r, is_loop=True, cohesion=BORROWING),
    "imported": lambda r: with_sound(r, 0.0, SourceNoise.HASH),
    "imported and inverted": lambda r: with_sound(r, 0.0, SourceNoise.INVERSION),
    "changed and borrowing": lambda r: replace(
        with_sound(r, 0.5, SourceNoise.HASH), cohesion=BORROWING, wants_early_audio=True
    ),
}
LATER_TAKES: dict[
    str,
    tuple[
        Callable[[GenerateRequest], GenerateRequest], Callable[[GenerateRequest], GenerateRequest]
    ],
] = {
    "section": (lambda r: r, lambda r: replace(r, sections=(section(60, 25),))),
    "section of a long take": (
        lambda r: replace(r, decoding=Decoding.LONG),
        lambda r: replace(r, sections=(section(20, 15), section(90, 25))),
    ),
    "section of a loop": (
        lambda r: replace(r, is_loop=True),
        lambda r: replace(r, sections=(section(110, 25),)),
    ),
    "section of a file": (
        lambda r: with_sound(r, 0.0, SourceNoise.HASH),
        lambda r: replace(r, source=None, sections=(section(60, 25),)),
    ),
    "shorter": (lambda r: r, lambda r: of_length(r, NUM - 40)),
    "longer": (lambda r: r, lambda r: of_length(r, NUM + 40)),
}


def progress_of(engine: LocalEngine, request: GenerateRequest) -> list[JobProgress]:
    return [event for event in run(engine, request) if isinstance(event, JobProgress)]


def check(progress: list[JobProgress], clock: type[BookkeepingClock]) -> None:
    assert {kind: units for kind, units in clock.done.items() if units} == pytest.approx(
        {kind: units for kind, units in clock.foreseen.items() if units}
    )
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert progress[-1].remaining_seconds in {None, 0.0}


@pytest.mark.parametrize("name", FIRST_TAKES)
def test_a_first_take_does_what_it_foresees(
    engine: LocalEngine,
    model: Path,
    tmp_path: Path,
    clock: type[BookkeepingClock],
    name: str,
) -> None:
    request = tiny_request(model, tmp_path / "out", region(0, NUM), num_steps=STEPS)

    progress = progress_of(engine, FIRST_TAKES[name](request))

    check(progress, clock)


@pytest.mark.parametrize("name", LATER_TAKES)
def test_a_take_that_keeps_parts_does_what_it_foresees(
    engine: LocalEngine, model: Path, tmp_path: Path, clock: type[BookkeepingClock], name: str
) -> None:
    first, later = LATER_TAKES[name]
    base = first(tiny_request(model, tmp_path / "base", region(0, NUM), num_steps=STEPS))
    run(engine, base)
    (tmp_path / "out").mkdir()
    again = replace(base, output_dir=str(tmp_path / "out"), base=base_in(tmp_path / "base"))

    progress = progress_of(engine, later(again))

    check(progress, clock)
    assert clock.foreseen.get(Stage.DECODING, 0.0) == 0.0


def test_the_reference_costs_one_window_for_every_borrowed_step_but_the_first(
    engine: LocalEngine, model: Path, tmp_path: Path, clock: type[BookkeepingClock]
) -> None:
    plain = tiny_request(model, tmp_path / "out", region(0, NUM), num_steps=8)
    run(engine, plain)
    without = clock.done[Stage.SAMPLING]

    run(engine, replace(plain, cohesion=BORROWING))

    # Four steps borrow; two evaluations, because of guidance.
    assert clock.done[Stage.SAMPLING] - without == 3 * 2 * WINDOW_LATENT_FRAMES


def test_statistics_that_need_fewer_frames_than_foreseen_leave_nothing_to_wait_for(
    engine: LocalEngine, model: Path, tmp_path: Path, clock: type[BookkeepingClock]
) -> None:
    num = 3 * NUM
    request = tiny_request(model, tmp_path / "out", region(0, num), num_steps=STEPS)

    run(engine, replace(request, wants_early_audio=True))

    assert num < clock.done[Extra.PINNED_DECODING] < clock.foreseen[Extra.PINNED_DECODING]
    assert clock.done[Stage.VOCODING] == 2 * 4 * num
    assert max(clock.left.values()) < 1e-9
