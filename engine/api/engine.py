"""The protocol that every engine implements: in process, in a child process, or faked in a test."""

from collections.abc import Callable
from typing import Protocol

from engine.api.cancellation import CancellationToken
from engine.api.events import EngineEvent
from engine.api.requests import GenerateRequest

EventSink = Callable[[EngineEvent], None]
"""Receives events in the thread that runs the job, in order."""


class Engine(Protocol):
    """Makes sound from requests, one job at a time."""

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Run one job to its end.

        Emits ``JobStarted``, any number of progress and data events, and ``JobFinished``.

        Args:
            request: Everything that can change the result.
            token: Checked between network calls, tiles and chunks.
            emit: Called with every event, in this thread.

        Raises:
            CancelledError: The token was set. Finished audio stays in ``request.output_dir``.
            EngineError: The job cannot be done; the message names the value and the remedy.
        """
        ...

    def close(self) -> None:
        """Release memory and processes. The engine must not be used afterwards."""
        ...
