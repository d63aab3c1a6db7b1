"""The engine in a process of its own. No Qt, no torch."""

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import engine.api
from desktop_app.engine_link.child_process import ChildGoneError, ChildProcess
from engine.api import (
    CancellationToken,
    CancelledError,
    EngineError,
    EventSink,
    GenerateRequest,
)
from engine.api.wire import CancelJob, EventReported, JobReturned, RunJob

_POLL_SECONDS = 0.05
_STOP_PATIENCE_SECONDS = 1.0
FROZEN_SWITCH = "--engine-process"
"""How a packaged application is told to be the engine; ``desktop_app.cli`` looks for it."""


def engine_command(device: str = "auto") -> tuple[str, ...]:
    """The command that runs the engine's process with this interpreter or this package."""
    if getattr(sys, "frozen", False):
        return (sys.executable, FROZEN_SWITCH, device)
    return (sys.executable, "-m", "engine.runtime.process", device)


class ProcessEngine:
    """Runs jobs in a child process, which is started by the first job and then kept.

    Implements :class:`engine.api.Engine`. The child keeps its model loaded. If it dies, the job
    fails and the next job starts a new one. If this program dies, the child ends by itself.

    Args:
        command: Program and arguments of the child; its own engine if not given.
        cancel_patience_seconds: A child that does not end a cancelled job in this time is killed.
    """

    def __init__(
        self, command: Sequence[str] | None = None, *, cancel_patience_seconds: float = 30.0
    ) -> None:
        self._command = tuple(command) if command is not None else engine_command()
        self._cancel_patience_seconds = cancel_patience_seconds
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """Number of the child process, or ``None`` while there is none."""
        with self._lock:
            return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Start the child now, so that the first job need not wait for it.

        Raises:
            EngineError: It cannot be started, or this engine was closed.
        """
        self._running_child()

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Run one job in the child; see :meth:`engine.api.Engine.generate`.

        Raises:
            CancelledError: The token was set.
            EngineError: The job cannot be done, or the child died.
        """
        token.raise_if_cancelled()
        child = self._running_child()
        try:
            child.send(RunJob(request=request))
            self._follow(child, request.job_id, token, emit)
        except ChildGoneError as gone:
            self._forget(child)
            token.raise_if_cancelled()
            raise _stopped(gone) from gone

    def close(self) -> None:
        """End the child, and with it a job that still runs. May be called from any thread."""
        with self._lock:
            self._is_closed = True
            child, self._child = self._child, None
        if child is not None:
            child.stop(_STOP_PATIENCE_SECONDS)

    def _running_child(self) -> ChildProcess:
        with self._lock:
            if self._is_closed:
                raise EngineError("The engine was closed.")
            if self._child is not None and self._child.is_alive:
                return self._child
            if self._child is not None:
                self._child.stop(0.0)
            try:
                self._child = ChildProcess(self._command, _environment())
            except OSError as error:
                raise EngineError(
                    f"The engine cannot be started: {error.strerror}.",
                    f"Check that {self._command[0]} can be run.",
                ) from error
            return self._child

    def _follow(
        self, child: ChildProcess, job_id: str, token: CancellationToken, emit: EventSink
    ) -> None:
        """Pass events on until the job has returned."""
        give_up_at: float | None = None
        while True:
            message = child.receive(_POLL_SECONDS)
            match message:
                case EventReported(event=event) if event.job_id == job_id:
                    emit(event)
                case JobReturned() if message.job_id == job_id:
                    if message.is_cancelled:
                        raise CancelledError
                    if message.error is not None:
                        raise message.error
                    return
                case _:
                    pass
            if token.is_cancelled and give_up_at is None:
                child.send(CancelJob(job_id=job_id))
                give_up_at = time.monotonic() + self._cancel_patience_seconds
            if give_up_at is not None and time.monotonic() > give_up_at:
                self._forget(child)
                raise CancelledError

    def _forget(self, child: ChildProcess) -> None:
        with self._lock:
            if self._child is child:
                self._child = None
        child.stop(0.0)


def _environment() -> dict[str, str]:
    """This program's environment, with the folder of the ``engine`` package on the path."""
    environment = dict(os.environ)
    folder = str(Path(engine.api.__file__).resolve().parents[2])
    paths = [folder, *environment.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _stopped(gone: ChildGoneError) -> EngineError:
    how = f"code {gone.exit_code}"
    if gone.exit_code is not None and gone.exit_code < 0:
        how = f"signal {-gone.exit_code}"
    remedy = "Your project is safe. Try again: a new engine goes on from what is there."
    if gone.exit_code == -9:
        remedy = "It may have run out of memory. " + remedy
    return EngineError(f"The engine stopped unexpectedly ({how}).", remedy, gone.report)
