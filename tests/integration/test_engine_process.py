"""The real engine in its own process, behind the background thread, with a tiny real model."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.engine_link.engine_thread import EngineThread
from desktop_app.engine_link.process_engine import ProcessEngine, engine_command
from engine.api import (
    CancellationToken,
    EngineEvent,
    GenerateRequest,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobStarted,
    Stage,
)
from engine.runtime.local_engine import LocalEngine
from tests.support.tiny_model import region, save_tiny_model, tiny_request

PATIENCE_MS = 180_000


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


class Bench:
    """The engine as the window has it, and everything it has reported."""

    def __init__(self) -> None:
        self.process = ProcessEngine(engine_command("cpu"))
        self.thread = EngineThread(self.process)
        self.events: list[EngineEvent] = []
        self.thread.reported.connect(self.events.append)

    def ends(self) -> list[str]:
        """Names of the jobs that have ended, in order."""
        return [
            event.job_id
            for event in self.events
            if isinstance(event, JobFinished | JobFailed | JobCancelled)
        ]

    def is_sampling(self) -> bool:
        """Whether a job has begun its main work."""
        return any(
            isinstance(event, JobProgress) and event.stage is Stage.SAMPLING
            for event in self.events
        )


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    pid = bench.process.pid
    bench.thread.close()
    if pid is not None:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def endless(model: Path, folder: Path, job_id: str) -> GenerateRequest:
    """A job that nobody will wait for."""
    return tiny_request(model, folder, region(0, 60), num_steps=999, job_id=job_id)


def test_the_process_makes_the_same_files_as_the_engine_itself(
    qtbot: QtBot, bench: Bench, model: Path, tmp_path: Path
) -> None:
    request = tiny_request(model, tmp_path / "here")
    LocalEngine(device="cpu").generate(request, CancellationToken(), lambda _event: None)
    (tmp_path / "there").mkdir()

    bench.thread.submit(replace(request, output_dir=str(tmp_path / "there")))
    qtbot.waitUntil(lambda: bench.ends() == ["job"], timeout=PATIENCE_MS)

    assert isinstance(bench.events[-1], JobFinished)
    for name in ("audio.wav", "mel.npy", "latents.npy", "state.npz"):
        here, there = (tmp_path / folder / name for folder in ("here", "there"))
        assert here.read_bytes() == there.read_bytes(), name


def test_a_killed_engine_costs_one_job_and_the_queue_goes_on(
    qtbot: QtBot, bench: Bench, model: Path, tmp_path: Path
) -> None:
    bench.thread.submit(endless(model, tmp_path / "a", "a"))
    bench.thread.submit(tiny_request(model, tmp_path / "b", job_id="b"))
    qtbot.waitUntil(bench.is_sampling, timeout=PATIENCE_MS)
    first = bench.process.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: bench.ends() == ["a", "b"], timeout=PATIENCE_MS)

    (failure,) = [event for event in bench.events if isinstance(event, JobFailed)]
    assert failure.reason == "The engine stopped unexpectedly (signal 9)."
    assert "out of memory" in failure.remedy
    assert isinstance(bench.events[-1], JobFinished)
    assert bench.process.pid != first


def test_a_cancelled_job_leaves_the_engine_running(
    qtbot: QtBot, bench: Bench, model: Path, tmp_path: Path
) -> None:
    bench.thread.submit(endless(model, tmp_path / "a", "a"))
    qtbot.waitUntil(bench.is_sampling, timeout=PATIENCE_MS)
    first = bench.process.pid

    bench.thread.cancel("a")
    bench.thread.submit(tiny_request(model, tmp_path / "b", job_id="b"))
    qtbot.waitUntil(lambda: bench.ends() == ["a", "b"], timeout=PATIENCE_MS)

    assert JobCancelled(job_id="a") in bench.events
    assert bench.process.pid == first


def test_a_request_that_cannot_work_is_explained(
    qtbot: QtBot, bench: Bench, model: Path, tmp_path: Path
) -> None:
    bench.thread.submit(tiny_request(model, tmp_path, region(0, 40, " ")))
    qtbot.waitUntil(lambda: bench.ends() == ["job"], timeout=PATIENCE_MS)

    (failure,) = bench.events
    assert isinstance(failure, JobFailed)
    assert failure.reason == "Prompt 1 (at 0.00 s) has no words."
    assert failure.remedy == "Write what should be heard."


def test_closing_the_window_in_the_middle_of_a_job_ends_everything(
    qtbot: QtBot, bench: Bench, model: Path, tmp_path: Path
) -> None:
    bench.thread.submit(endless(model, tmp_path / "a", "a"))
    qtbot.waitUntil(
        lambda: any(isinstance(event, JobStarted) for event in bench.events), timeout=PATIENCE_MS
    )
    pid = bench.process.pid
    assert pid is not None

    bench.thread.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
