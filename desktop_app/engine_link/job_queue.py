"""The jobs that wait for the engine, in an order that people may change. No Qt."""

import threading
from dataclasses import dataclass

from engine.api import CancellationToken, GenerateRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A request and the handle that cancels it."""

    request: GenerateRequest
    token: CancellationToken

    @property
    def job_id(self) -> str:
        """Name of the job."""
        return self.request.job_id


class JobQueue:
    """Waiting jobs and the running one; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[QueuedJob] = []
        self._running: QueuedJob | None = None
        self._is_paused = False
        self._is_closed = False

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of the waiting jobs, the next one first."""
        with self._lock:
            return tuple(job.job_id for job in self._waiting)

    @property
    def running(self) -> str | None:
        """Name of the running job."""
        with self._lock:
            return self._running.job_id if self._running is not None else None

    @property
    def is_paused(self) -> bool:
        """Whether waiting jobs are held back."""
        with self._lock:
            return self._is_paused

    def set_paused(self, *, is_paused: bool) -> None:
        """Hold waiting jobs back, or let them go on; a running job is not touched."""
        with self._lock:
            self._is_paused = is_paused

    def add(self, job: QueuedJob) -> None:
        """Put a job at the end.

        Raises:
            ValueError: A job of this name is waiting or running, or the queue is closed.
        """
        with self._lock:
            if self._is_closed:
                raise ValueError(f"cannot add job {job.job_id!r}: the queue is closed")
            known = [waiting.job_id for waiting in self._waiting]
            if self._running is not None:
                known.append(self._running.job_id)
            if job.job_id in known:
                raise ValueError(f"job {job.job_id!r} is already in the queue")
            self._waiting.append(job)

    def take_next(self) -> QueuedJob | None:
        """Make the next waiting job the running one; ``None`` if there is none or it must wait."""
        with self._lock:
            if self._is_paused or self._is_closed or not self._waiting:
                return None
            self._running = self._waiting.pop(0)
            return self._running

    def finish(self) -> None:
        """Say that the running job has ended."""
        with self._lock:
            self._running = None

    def cancel(self, job_id: str) -> bool:
        """Set the job's token, and drop it if it waits.

        Returns:
            Whether it was waiting: then nobody else will report its end.
        """
        with self._lock:
            if self._running is not None and self._running.job_id == job_id:
                self._running.token.cancel()
                return False
            for index, job in enumerate(self._waiting):
                if job.job_id == job_id:
                    job.token.cancel()
                    del self._waiting[index]
                    return True
            return False

    def move(self, job_id: str, index: int) -> None:
        """Put a waiting job at another place, 0 for the next one; others are left alone."""
        with self._lock:
            for job in self._waiting:
                if job.job_id == job_id:
                    self._waiting.remove(job)
                    self._waiting.insert(max(0, index), job)
                    return

    def close(self) -> None:
        """Cancel and drop everything; no job starts afterwards."""
        with self._lock:
            self._is_closed = True
            jobs = list(self._waiting)
            if self._running is not None:
                jobs.append(self._running)
            self._waiting.clear()
        for job in jobs:
            job.token.cancel()
