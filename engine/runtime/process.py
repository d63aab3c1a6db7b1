"""The engine's own process: ``python -m engine.runtime.process [DEVICE]``.

Commands arrive on standard input, answers leave on standard output. Torch lives only here, so a
fault in it ends this process and one job, never the application. When the application is gone, in
whatever way, its end of the pipe closes and the process ends at once.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import IO

from engine.api import (
    CancellationToken,
    CancelledError,
    Engine,
    EngineError,
    EngineEvent,
    GenerateRequest,
)
from engine.api.wire import (
    CancelJob,
    EventReported,
    JobReturned,
    RunJob,
    WireMessage,
    read_message,
    write_message,
)

_NICENESS = 5
"""Playback and the window come first when all cores are busy."""


class _JobServer:
    """Takes commands in one thread and runs the jobs in another."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._commands = commands
        self._answers = answers
        self._waiting: queue.SimpleQueue[GenerateRequest | None] = queue.SimpleQueue()
        self._tokens: dict[str, CancellationToken] = {}

    def take_commands(self, on_hangup: Callable[[], None]) -> None:
        """Read commands until the other side is gone."""
        while (message := read_message(self._commands)) is not None:
            match message:
                case RunJob(request=request):
                    self._tokens[request.job_id] = CancellationToken()
                    self._waiting.put(request)
                case CancelJob(job_id=job_id):
                    token = self._tokens.get(job_id)
                    if token is not None:
                        token.cancel()
        for token in list(self._tokens.values()):
            token.cancel()
        self._waiting.put(None)
        on_hangup()

    def run_jobs(self, make_engine: Callable[[], Engine]) -> None:
        """Run jobs in the calling thread until the other side is gone."""
        engine: Engine | None = None
        while (request := self._waiting.get()) is not None:
            try:
                if engine is None:
                    engine = make_engine()
                answer = self._run(engine, request)
            except Exception as error:  # noqa: BLE001 - whatever fails belongs to this job alone
                answer = JobReturned(job_id=request.job_id, error=_described(error))
            self._tokens.pop(request.job_id, None)
            self._answer(answer)
        if engine is not None:
            engine.close()

    def _run(self, engine: Engine, request: GenerateRequest) -> JobReturned:
        def emit(event: EngineEvent) -> None:
            self._answer(EventReported(event=event))

        token = self._tokens[request.job_id]
        try:
            token.raise_if_cancelled()
            engine.generate(request, token, emit)
        except CancelledError:
            return JobReturned(job_id=request.job_id, is_cancelled=True)
        return JobReturned(job_id=request.job_id)

    def _answer(self, message: WireMessage) -> None:
        # Nobody is left to be told when the application is gone; take_commands ends the process.
        with contextlib.suppress(BrokenPipeError):
            write_message(self._answers, message)


def serve(
    make_engine: Callable[[], Engine],
    commands: IO[bytes],
    answers: IO[bytes],
    on_hangup: Callable[[], None],
) -> None:
    """Run jobs until the other side closes its pipe.

    Args:
        make_engine: Builds the engine when the first job arrives.
        commands: Pipe with ``RunJob`` and ``CancelJob``.
        answers: Pipe for ``EventReported`` and ``JobReturned``.
        on_hangup: Called in another thread as soon as ``commands`` ends, maybe during a job.
    """
    server = _JobServer(commands, answers)
    reader = threading.Thread(target=server.take_commands, args=(on_hangup,), daemon=True)
    reader.start()
    server.run_jobs(make_engine)
    reader.join()


def main(make_engine: Callable[[], Engine] | None = None) -> None:
    """Serve the application at the other end of standard input and output.

    Args:
        make_engine: Builds the engine; the local engine if not given.
    """
    # Ctrl+C in a terminal reaches the whole group; the application decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # Libraries that print must not get between the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(make_engine or _local_engine, sys.stdin.buffer, answers, on_hangup=_exit_now)


def _exit_now() -> None:
    os._exit(0)


def _local_engine() -> Engine:
    # Torch is loaded here and nowhere earlier.
    from engine.runtime.local_engine import LocalEngine  # noqa: PLC0415 - see above

    return LocalEngine(device=sys.argv[1] if len(sys.argv) > 1 else "auto")


def _described(error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    kind = type(error).__name__
    return EngineError(
        f"The engine met an unexpected error: {kind}: {error}"[:200],
        "Try again; if it happens again, please report it with the details.",
        "".join(traceback.format_exception(error)),
    )


if __name__ == "__main__":
    main()
