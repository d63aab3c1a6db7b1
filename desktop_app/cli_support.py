"""What the commands without a window share: errors in one sentence, Ctrl+C, progress."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from desktop_app.export.errors import ExportCancelledError
from desktop_app.memory import STANDARD_GIB
from desktop_app.project.errors import EditError
from desktop_app.project.storage.errors import StorageError
from engine.api import CancellationToken, CancelledError, EngineError

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_CANCELLED = 130

_BAR_CHARACTERS = 24
_SECONDS_BETWEEN_LINES = 10.0


def run_command(run: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    """Run a command and say in one sentence what went wrong.

    Returns:
        The exit code.
    """
    try:
        run(arguments)
    except (CancelledError, ExportCancelledError, KeyboardInterrupt):
        print("Cancelled.", file=sys.stderr)
        return EXIT_CANCELLED
    except (EngineError, StorageError, EditError) as error:
        print(f"longwave: {error}", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:
        return EXIT_FAILED
    return EXIT_DONE


def add_memory_argument(parser: argparse.ArgumentParser) -> None:
    """Describe ``--memory-gib``; see :func:`desktop_app.memory.memory_budget_bytes`."""
    parser.add_argument(
        "--memory-gib",
        type=float,
        default=STANDARD_GIB,
        metavar="N",
        help="most memory for one piece, beside the model; less takes longer and sounds the same"
        f" (default {STANDARD_GIB:g})",
    )


@contextmanager
def cancelled_by_interrupt() -> Iterator[CancellationToken]:
    """A token that Ctrl+C sets; pressing it again ends the program at once."""
    token = CancellationToken()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if token.is_cancelled:
            raise KeyboardInterrupt
        token.cancel()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, before)


class ProgressBar:
    """One line that fills up; a line now and then where the output is no terminal.

    Args:
        title: What is being done.
        stream: Where it is drawn.
        now: A clock in seconds.
    """

    def __init__(
        self,
        title: str,
        stream: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._stream = sys.stderr if stream is None else stream
        self._now = now
        self._is_terminal = self._stream.isatty()
        self._last_line_at = float("-inf")
        self._width = 0

    def show(self, fraction: float, text: str = "", remaining_seconds: float | None = None) -> None:
        """Show how far it is.

        Args:
            fraction: 0 to 1.
            text: What is going on.
            remaining_seconds: How long it will still take, if that is known.
        """
        left = "" if remaining_seconds is None else f"  about {clock_time(remaining_seconds)} left"
        percent = f"{100 * min(1.0, max(0.0, fraction)):3.0f} %"
        if self._is_terminal:
            filled = round(_BAR_CHARACTERS * min(1.0, max(0.0, fraction)))
            bar = "█" * filled + "░" * (_BAR_CHARACTERS - filled)
            self._draw(f"{self._title}  {bar} {percent}  {text}{left}")
        elif self._now() - self._last_line_at >= _SECONDS_BETWEEN_LINES:
            self._last_line_at = self._now()
            print(f"{self._title}: {percent.strip()}  {text}{left}", file=self._stream, flush=True)

    def finish(self, text: str) -> None:
        """Leave a last line."""
        if self._is_terminal:
            self._draw(f"{self._title}  {text}")
            print(file=self._stream)
        else:
            print(f"{self._title}: {text}", file=self._stream, flush=True)

    def _draw(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._width))
        self._stream.flush()
        self._width = len(line)


def clock_time(seconds: float) -> str:
    """Minutes and seconds, "1:05"; with hours from an hour on."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"
