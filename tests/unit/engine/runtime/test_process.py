"""The engine's process, without a process: its two pipes and a fake engine."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from engine.api import CancellationToken, Engine, EventSink, GenerateRequest
from engine.api.wire import (
    CancelJob,
    EventReported,
    JobReturned,
    RunJob,
    WireMessage,
    read_message,
    write_message,
)
from engine.runtime.process import serve
from tests.support.engine import (
    PATIENCE_SECONDS,
    FakeEngine,
    finished,
    request_named,
    started,
    with_prompt,
)


class Server:
    """``serve`` in a thread, and our ends of its pipes."""

    def __init__(self, make_engine: Callable[[], Engine]) -> None:
        command_read, command_write = os.pipe()
        answer_read, answer_write = os.pipe()
        self.commands: IO[bytes] = os.fdopen(command_write, "wb")
        self.answers: IO[bytes] = os.fdopen(answer_read, "rb")
        self.has_hung_up = threading.Event()
        self._inner = (os.fdopen(command_read, "rb"), os.fdopen(answer_write, "wb"))
        self._thread = threading.Thread(
            target=serve, args=(make_engine, *self._inner, self.has_hung_up.set)
        )
        self._thread.start()

    def send(self, message: WireMessage) -> None:
        write_message(self.commands, message)

    def receive(self) -> WireMessage | None:
        return read_message(self.answers)

    def hang_up(self) -> None:
        self.commands.close()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()
        for pipe in (*self._inner, self.answers):
            # What nobody read cannot be flushed.
            with suppress(BrokenPipeError):
                pipe.close()


def test_a_job_is_answered_by_its_events_and_its_return() -> None:
    engine = FakeEngine()
    server = Server(lambda: engine)

    server.send(RunJob(request=request_named("a")))

    assert [server.receive() for _ in range(3)] == [
        EventReported(event=started("a")),
        EventReported(event=finished("a")),
        JobReturned(job_id="a"),
    ]
    server.hang_up()
    assert engine.is_closed


def test_the_engine_is_made_by_the_first_job() -> None:
    made: list[FakeEngine] = []

    def make() -> FakeEngine:
        made.append(FakeEngine())
        return made[-1]

    server = Server(make)
    server.hang_up()

    assert made == []


def test_an_engine_that_cannot_be_made_fails_the_job() -> None:
    def make() -> Engine:
        raise OSError("no torch here")

    server = Server(make)
    server.send(RunJob(request=request_named("a")))

    answer = server.receive()

    assert isinstance(answer, JobReturned)
    assert answer.error is not None
    assert "OSError: no torch here" in answer.error.reason
    server.hang_up()


def test_an_engine_error_keeps_its_words() -> None:
    server = Server(FakeEngine)
    server.send(RunJob(request=with_prompt(request_named("a"), "fail: no such model")))
    server.receive()

    answer = server.receive()

    assert isinstance(answer, JobReturned)
    assert answer.error is not None
    assert answer.error.reason == "no such model"
    server.hang_up()


def test_a_running_job_and_a_waiting_one_can_be_cancelled() -> None:
    engine = FakeEngine(is_open=False)
    server = Server(lambda: engine)
    server.send(RunJob(request=request_named("a")))
    server.send(RunJob(request=request_named("b")))
    server.receive()

    server.send(CancelJob(job_id="b"))
    server.send(CancelJob(job_id="unknown"))
    server.send(CancelJob(job_id="a"))

    assert [server.receive(), server.receive()] == [
        JobReturned(job_id="a", is_cancelled=True),
        JobReturned(job_id="b", is_cancelled=True),
    ]
    assert engine.begun == ["a"]
    server.hang_up()


def test_hanging_up_ends_a_running_job() -> None:
    engine = FakeEngine(is_open=False)
    server = Server(lambda: engine)
    server.send(RunJob(request=request_named("a")))
    server.receive()

    server.hang_up()

    assert server.has_hung_up.is_set()
    assert engine.is_closed


def test_nobody_to_answer_is_no_fault() -> None:
    class SilentEngine(FakeEngine):
        """Waits until our end of the answers is closed."""

        def generate(
            self, request: GenerateRequest, token: CancellationToken, emit: EventSink
        ) -> None:
            self.gate.wait(PATIENCE_SECONDS)
            emit(finished(request.job_id))

    engine = SilentEngine(is_open=False)
    server = Server(lambda: engine)
    server.send(RunJob(request=request_named("a")))
    server.answers.close()

    engine.gate.set()

    server.hang_up()
