"""A child process that exchanges messages through its standard input and output. No Qt."""

import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from engine.api.wire import WireMessage, read_message, write_message

_REPORT_BYTES = 8_000


class ChildGoneError(Exception):
    """The process has ended.

    Attributes:
        exit_code: Its code; negative for a signal's number, ``None`` if it is not known.
        report: The end of what it wrote to its standard error.
    """

    def __init__(self, exit_code: int | None, report: str) -> None:
        super().__init__(f"the process ended with code {exit_code}")
        self.exit_code = exit_code
        self.report = report


class ChildProcess:
    """Starts a process and reads its messages in a thread.

    The process sees the end of its standard input when this program is gone, however it ended.

    Args:
        command: Program and arguments.
        environment: All environment variables of the process.

    Raises:
        OSError: The program cannot be started.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is this program's own
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=dict(environment),
            )
        except OSError:
            self._errors.close()
            raise
        commands, answers = self._process.stdin, self._process.stdout
        if commands is None or answers is None:
            raise OSError("the pipes of the engine's process were not made")
        self._commands, self._answers = commands, answers
        self._received: queue.SimpleQueue[WireMessage | None] = queue.SimpleQueue()
        self._send_lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, name="engine-answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, message: WireMessage) -> None:
        """Send a message.

        Raises:
            ChildGoneError: The process has ended.
        """
        with self._send_lock:
            try:
                write_message(self._commands, message)
            except (OSError, ValueError) as error:
                raise self._gone() from error

    def receive(self, timeout_seconds: float) -> WireMessage | None:
        """The next message, or ``None`` if none came in time.

        Raises:
            ChildGoneError: The process has ended and all its messages have been read.
        """
        try:
            message = self._received.get(timeout=timeout_seconds)
        except queue.Empty:
            return None
        if message is None:
            self._received.put(None)
            raise self._gone()
        return message

    def stop(self, patience_seconds: float) -> None:
        """Hang up, and kill the process if it does not end in time. May be called again."""
        # A pipe that is full or already broken cannot be flushed; closing it is all that counts.
        with suppress(OSError):
            self._commands.close()
        try:
            self._process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._answers.close()
        self._errors.close()

    def _read(self) -> None:
        message: WireMessage | None
        try:
            while (message := read_message(self._answers)) is not None:
                self._received.put(message)
        finally:
            self._received.put(None)

    def _gone(self) -> ChildGoneError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        report = ""
        with suppress(OSError, ValueError):
            size = self._errors.seek(0, os.SEEK_END)
            self._errors.seek(max(0, size - _REPORT_BYTES))
            report = self._errors.read().decode(errors="replace")
        return ChildGoneError(self._process.returncode, report)
