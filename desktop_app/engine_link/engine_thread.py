"""The background thread in which jobs run, one after the other."""

import logging
import traceback

from PySide6.QtCore import QObject, QThread, Signal, Slot

from desktop_app.engine_link.job_queue import JobQueue, QueuedJob
from engine.api import (
    CancellationToken,
    CancelledError,
    Engine,
    EngineError,
    GenerateRequest,
    JobCancelled,
    JobFailed,
)

logger = logging.getLogger(__name__)

_PATIENCE_MS = 2_000
"""How long closing waits for a cancelled job before the engine is closed under it."""


class _EngineWorker(QObject):
    """Lives in the engine thread and turns outcomes into events."""

    reported = Signal(object)
    queue_changed = Signal()

    def __init__(self, engine: Engine, jobs: JobQueue) -> None:
        super().__init__()
        self._engine = engine
        self._jobs = jobs

    @Slot()
    def run_waiting_jobs(self) -> None:
        """Run jobs until none may start; jobs added meanwhile are found here, too."""
        while (job := self._jobs.take_next()) is not None:
            self.queue_changed.emit()
            self._run(job)
            self._jobs.finish()
            self.queue_changed.emit()

    def _run(self, job: QueuedJob) -> None:
        try:
            job.token.raise_if_cancelled()
            self._engine.generate(job.request, job.token, self.reported.emit)
        except CancelledError:
            self.reported.emit(JobCancelled(job_id=job.job_id))
        except EngineError as error:
            self.reported.emit(
                JobFailed(
                    job_id=job.job_id,
                    reason=error.reason,
                    remedy=error.remedy,
                    details=error.details,
                )
            )
        except Exception as error:  # a job may fail in any way; the thread must outlive it
            logger.exception("job %s failed", job.job_id)
            self.reported.emit(
                JobFailed(
                    job_id=job.job_id,
                    reason=f"The engine met an unexpected error: {error}"[:200],
                    remedy="Try again; if it happens again, please report it.",
                    details=traceback.format_exc(),
                )
            )


class EngineThread(QObject):
    """Queues jobs for the engine; every answer arrives in the caller's thread.

    Signals:
        reported (EngineEvent): Something happened to a job.
        queue_changed: A job was added, moved, started or ended, or the queue was paused.

    Args:
        engine: Runs the jobs in the background thread; closed together with this object.
        parent: Qt's owner.
    """

    reported = Signal(object)
    queue_changed = Signal()
    _work_offered = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._jobs = JobQueue()
        self._worker = _EngineWorker(engine, self._jobs)
        self._thread = QThread(self)
        self._thread.setObjectName("engine")
        self._worker.moveToThread(self._thread)
        self._work_offered.connect(self._worker.run_waiting_jobs)
        self._worker.reported.connect(self.reported)
        self._worker.queue_changed.connect(self.queue_changed)
        self._thread.start()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of the waiting jobs, the next one first."""
        return self._jobs.waiting

    @property
    def running(self) -> str | None:
        """Name of the running job, or ``None``."""
        return self._jobs.running

    @property
    def is_paused(self) -> bool:
        """Whether waiting jobs are held back."""
        return self._jobs.is_paused

    def submit(self, request: GenerateRequest) -> CancellationToken:
        """Queue a job and return the handle that cancels it.

        A job whose handle is used while it waits is reported as cancelled when its turn comes;
        :meth:`cancel` reports it at once.

        Raises:
            ValueError: A job of this name is in the queue, or the thread was closed.
        """
        token = CancellationToken()
        self._jobs.add(QueuedJob(request=request, token=token))
        self.queue_changed.emit()
        self._work_offered.emit()
        return token

    def cancel(self, job_id: str) -> None:
        """Cancel a running or waiting job; unknown names are ignored."""
        if self._jobs.cancel(job_id):
            self.queue_changed.emit()
            self.reported.emit(JobCancelled(job_id=job_id))

    def cancel_all(self) -> None:
        """Cancel the running job and everything that waits."""
        for job_id in self._jobs.waiting:
            self.cancel(job_id)
        if (running := self._jobs.running) is not None:
            self.cancel(running)

    def move(self, job_id: str, index: int) -> None:
        """Put a waiting job at another place in the queue; 0 is the next one to run."""
        self._jobs.move(job_id, index)
        self.queue_changed.emit()

    def pause(self) -> None:
        """Start no further job; the running one goes on."""
        self._jobs.set_paused(is_paused=True)
        self.queue_changed.emit()

    def resume(self) -> None:
        """Let waiting jobs start again."""
        self._jobs.set_paused(is_paused=False)
        self.queue_changed.emit()
        self._work_offered.emit()

    def close(self) -> None:
        """Cancel every job and wait until the thread and the engine have ended."""
        if not self._thread.isRunning():
            return
        self._jobs.close()
        self._thread.quit()
        if not self._thread.wait(_PATIENCE_MS):
            self._engine.close()
            self._thread.wait()
        self._engine.close()
