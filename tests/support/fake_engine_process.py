"""The engine's process with a scripted engine: the prompt says what it does.

"die": ends at once; "hang": never looks at its token; "wait": runs until it is cancelled;
"print": prints to standard output first; anything else: finishes.
"""

import os
import signal
import threading

from engine.api import CancellationToken, EngineError, EventSink, GenerateRequest
from engine.runtime.process import main
from tests.support.engine import finished, started


class ScriptedEngine:
    """Does what the prompt says; implements :class:`engine.api.Engine`."""

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Run one job by the script."""
        emit(started(request.job_id))
        match request.regions[0].prompt:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                threading.Event().wait()
            case "wait":
                token.wait()
                token.raise_if_cancelled()
            case "print":
                print("a library that talks too much", flush=True)  # noqa: T201
            case "fail":
                raise EngineError("The prompt is empty.", "Write one.")
            case "bug":
                raise ZeroDivisionError("no such thing")
        emit(finished(request.job_id))

    def close(self) -> None:
        """Nothing to release."""


if __name__ == "__main__":
    main(ScriptedEngine)
