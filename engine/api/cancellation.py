"""Cancelling a job from another thread."""

import threading


class CancelledError(Exception):
    """The job was cancelled; what was finished before is kept."""


class CancellationToken:
    """A flag that one thread sets and the working thread looks at.

    A queued signal would only be seen when the worker is idle again, so cancelling never goes
    through the event loop: the engine asks the token between network calls, tiles and chunks.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked for the job to end."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask for the job to end. May be called from any thread, any number of times."""
        self._event.set()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Sleep until the job is cancelled, at most for the given time; whether it is."""
        return self._event.wait(timeout_seconds)

    def raise_if_cancelled(self) -> None:
        """Raise :class:`CancelledError` when the job was cancelled."""
        if self._event.is_set():
            raise CancelledError
