import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from desktop_app.engine_link.engine_thread import EngineThread
from engine.api import (
    CancellationToken,
    EngineEvent,
    EventSink,
    GenerateRequest,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobStarted,
)
from tests.support.engine import FakeEngine, finished, request_named, started, with_prompt

PATIENCE_MS = 60_000


class Listener:
    """Collects what a thread reports, and in which thread it arrives."""

    def __init__(self, engine_thread: EngineThread) -> None:
        self.events: list[EngineEvent] = []
        self.threads: set[int] = set()
        engine_thread.reported.connect(self._on_reported)

    def _on_reported(self, event: EngineEvent) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())

    def ends(self) -> list[str]:
        """Names of the jobs that have ended, in order."""
        return [
            event.job_id
            for event in self.events
            if isinstance(event, JobFinished | JobFailed | JobCancelled)
        ]


class Bench:
    """An engine behind its thread, and a listener."""

    def __init__(self, *, is_open: bool) -> None:
        self.engine = FakeEngine(is_open=is_open)
        self.thread = EngineThread(self.engine)
        self.listener = Listener(self.thread)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    """Jobs run straight through."""
    bench = Bench(is_open=True)
    yield bench
    bench.thread.close()
    assert_nothing_left(bench)


@pytest.fixture
def gated(qtbot: QtBot) -> Iterator[Bench]:
    """Jobs wait until the test opens the gate."""
    bench = Bench(is_open=False)
    yield bench
    bench.thread.close()
    assert_nothing_left(bench)


def assert_nothing_left(bench: Bench) -> None:
    assert bench.engine.is_closed
    assert not any(thread.isRunning() for thread in bench.thread.findChildren(QThread))


def start(qtbot: QtBot, bench: Bench, *names: str) -> None:
    """Submit jobs and wait until the first runs."""
    for name in names:
        bench.thread.submit(request_named(name))
    qtbot.waitUntil(lambda: started(names[0]) in bench.listener.events, timeout=PATIENCE_MS)


def test_events_arrive_in_order_in_the_thread_of_the_window(qtbot: QtBot, bench: Bench) -> None:
    bench.thread.submit(request_named("a"))

    qtbot.waitUntil(lambda: bench.listener.ends() == ["a"], timeout=PATIENCE_MS)

    assert bench.listener.events == [started("a"), finished("a")]
    assert bench.listener.threads == {threading.get_ident()}
    assert threading.get_ident() not in bench.engine.threads


def test_jobs_run_one_after_the_other(qtbot: QtBot, bench: Bench) -> None:
    for name in "abc":
        bench.thread.submit(request_named(name))

    qtbot.waitUntil(lambda: len(bench.listener.ends()) == 3, timeout=PATIENCE_MS)

    assert bench.listener.events == [
        event for name in "abc" for event in (started(name), finished(name))
    ]


def test_the_queue_tells_what_runs_and_what_waits(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b", "c")

    assert gated.thread.running == "a"
    assert gated.thread.waiting == ("b", "c")


def test_a_failed_job_is_reported_and_the_queue_goes_on(qtbot: QtBot, bench: Bench) -> None:
    bench.thread.submit(with_prompt(request_named("a"), "fail: no such model"))
    bench.thread.submit(request_named("b"))

    qtbot.waitUntil(lambda: bench.listener.ends() == ["a", "b"], timeout=PATIENCE_MS)

    assert (
        JobFailed(
            job_id="a",
            reason="no such model",
            remedy="Do something else.",
            details="all about it",
        )
        in bench.listener.events
    )


def test_a_bug_fails_its_job_only(qtbot: QtBot, bench: Bench) -> None:
    bench.thread.submit(with_prompt(request_named("a"), "bug: index out of range"))
    bench.thread.submit(request_named("b"))

    qtbot.waitUntil(lambda: bench.listener.ends() == ["a", "b"], timeout=PATIENCE_MS)

    (failure,) = [event for event in bench.listener.events if isinstance(event, JobFailed)]
    assert "index out of range" in failure.reason
    assert "RuntimeError" in failure.details


def test_cancelling_ends_the_running_job_and_the_next_one_starts(
    qtbot: QtBot, gated: Bench
) -> None:
    start(qtbot, gated, "a", "b")

    gated.thread.cancel("a")
    qtbot.waitUntil(lambda: started("b") in gated.listener.events, timeout=PATIENCE_MS)

    assert JobCancelled(job_id="a") in gated.listener.events


def test_the_handle_of_a_job_cancels_it(qtbot: QtBot, gated: Bench) -> None:
    token = gated.thread.submit(request_named("a"))
    qtbot.waitUntil(lambda: started("a") in gated.listener.events, timeout=PATIENCE_MS)

    token.cancel()

    qtbot.waitUntil(lambda: gated.listener.ends() == ["a"], timeout=PATIENCE_MS)


def test_a_waiting_job_that_is_cancelled_never_starts(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b", "c")

    gated.thread.cancel("b")
    assert gated.listener.ends() == ["b"]
    gated.engine.gate.set()
    qtbot.waitUntil(lambda: len(gated.listener.ends()) == 3, timeout=PATIENCE_MS)

    assert gated.engine.begun == ["a", "c"]


def test_cancelling_everything_empties_the_queue(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b", "c")

    gated.thread.cancel_all()
    qtbot.waitUntil(lambda: len(gated.listener.ends()) == 3, timeout=PATIENCE_MS)

    assert sorted(gated.listener.ends()) == ["a", "b", "c"]
    assert gated.engine.begun == ["a"]


def test_waiting_jobs_run_in_the_order_they_were_moved_to(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b", "c")

    gated.thread.move("c", 0)
    gated.engine.gate.set()
    qtbot.waitUntil(lambda: len(gated.listener.ends()) == 3, timeout=PATIENCE_MS)

    assert gated.engine.begun == ["a", "c", "b"]


def test_a_paused_queue_finishes_the_running_job_only(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b")
    gated.thread.pause()

    gated.engine.gate.set()
    qtbot.waitUntil(
        lambda: gated.listener.ends() == ["a"] and gated.thread.running is None,
        timeout=PATIENCE_MS,
    )
    assert gated.thread.is_paused
    assert gated.thread.waiting == ("b",)

    gated.thread.resume()
    qtbot.waitUntil(lambda: gated.listener.ends() == ["a", "b"], timeout=PATIENCE_MS)


def test_every_change_of_the_queue_is_announced(qtbot: QtBot, bench: Bench) -> None:
    seen: list[tuple[str | None, tuple[str, ...]]] = []
    bench.thread.pause()
    bench.thread.queue_changed.connect(
        lambda: seen.append((bench.thread.running, bench.thread.waiting))
    )

    bench.thread.submit(request_named("a"))
    bench.thread.submit(request_named("b"))
    bench.thread.move("b", 0)
    bench.thread.cancel("b")

    assert seen == [(None, ("a",)), (None, ("a", "b")), (None, ("b", "a")), (None, ("a",))]
    bench.thread.resume()
    qtbot.waitUntil(lambda: bench.listener.ends() == ["b", "a"], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: seen[-1] == (None, ()), timeout=PATIENCE_MS)


def test_closing_ends_the_running_job_and_the_engine(qtbot: QtBot, gated: Bench) -> None:
    start(qtbot, gated, "a", "b")

    gated.thread.close()
    gated.thread.close()

    assert gated.engine.begun == ["a"]
    assert gated.engine.is_closed


def test_a_closed_thread_takes_no_jobs(qtbot: QtBot, bench: Bench) -> None:
    bench.thread.close()

    with pytest.raises(ValueError, match="closed"):
        bench.thread.submit(request_named("a"))


def test_a_job_that_does_not_listen_cannot_keep_the_window_open(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DeafEngine(FakeEngine):
        """Looks at its token only when it is closed."""

        def generate(
            self, request: GenerateRequest, token: CancellationToken, emit: EventSink
        ) -> None:
            emit(started(request.job_id))
            self.gate.wait()

    monkeypatch.setattr("desktop_app.engine_link.engine_thread._PATIENCE_MS", 20)
    engine = DeafEngine(is_open=False)
    thread = EngineThread(engine)
    listener = Listener(thread)
    thread.submit(request_named("a"))
    qtbot.waitUntil(lambda: bool(listener.events), timeout=PATIENCE_MS)

    thread.close()

    assert engine.is_closed
    assert isinstance(listener.events[0], JobStarted)
