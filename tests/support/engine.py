"""A fake engine with a script, and builders of requests."""

import threading
from collections.abc import Callable
from dataclasses import replace

from engine.api import (
    CancellationToken,
    EngineError,
    EngineEvent,
    EventSink,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobStarted,
    Region,
    Sampler,
    SamplingSettings,
)

PATIENCE_SECONDS = 60.0
"""Long enough for a busy machine; a test that needs it has failed."""


def request_named(job_id: str = "job", output_dir: str = "/nowhere") -> GenerateRequest:
    """A request for ten seconds of rain."""
    region = Region(start_latent_frame=0, num_latent_frames=250, prompt="rain", guidance_scale=3.0)
    return GenerateRequest(
        job_id=job_id,
        model="starter",
        regions=(region,),
        sampling=SamplingSettings(sampler=Sampler.DDIM, num_steps=2, stride_latent_frames=128),
        seed=7,
        output_dir=output_dir,
    )


def with_prompt(request: GenerateRequest, prompt: str) -> GenerateRequest:
    """The request with other words in its first region."""
    return replace(
        request, regions=(replace(request.regions[0], prompt=prompt), *request.regions[1:])
    )


def started(job_id: str) -> JobStarted:
    """The first event of a job."""
    return JobStarted(job_id=job_id, device="cpu", num_windows=1, num_steps=2)


def finished(job_id: str) -> JobFinished:
    """The last event of a job."""
    result = GenerationResult(
        audio_path="audio.wav",
        mel_path="mel.npy",
        latents_path="latents.npy",
        state_path="state.npz",
        num_samples=160_000,
        sample_rate=16_000,
        engine_version="0",
        model="starter",
    )
    return JobFinished(job_id=job_id, result=result, wall_seconds=0.0)


class FakeEngine:
    """Starts a job, waits at a gate, finishes it; implements :class:`engine.api.Engine`.

    The prompt tells what happens behind the gate: "fail: ..." raises an ``EngineError``, "bug: ..."
    a ``RuntimeError``, anything else finishes. Cancelling opens the gate for that job.

    Args:
        is_open: Whether jobs run straight through.
    """

    def __init__(self, *, is_open: bool = True) -> None:
        self.gate = threading.Event()
        if is_open:
            self.gate.set()
        self.begun: list[str] = []
        self.threads: set[int] = set()
        self.is_closed = False

    def generate(self, request: GenerateRequest, token: CancellationToken, emit: EventSink) -> None:
        """Run one job by the script."""
        self.begun.append(request.job_id)
        self.threads.add(threading.get_ident())
        emit(started(request.job_id))
        while not self.gate.wait(0.005):
            token.raise_if_cancelled()
        token.raise_if_cancelled()
        kind, _, words = request.regions[0].prompt.partition(": ")
        if kind == "fail":
            raise EngineError(words, "Do something else.", "all about it")
        if kind == "bug":
            raise RuntimeError(words)
        emit(finished(request.job_id))

    def close(self) -> None:
        """Remember that it was closed, and let a job go."""
        self.is_closed = True
        self.gate.set()


class EventLog:
    """Collects events, and waits for one of a kind from another thread."""

    def __init__(self) -> None:
        self.events: list[EngineEvent] = []
        self._changed = threading.Condition()

    def __call__(self, event: EngineEvent) -> None:
        """Receive an event; give this object as ``emit``."""
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, is_wanted: Callable[[EngineEvent], bool]) -> bool:
        """Wait until such an event came; whether it did in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: any(is_wanted(event) for event in self.events), PATIENCE_SECONDS
            )
