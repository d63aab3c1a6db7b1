"""Generating: from the selection to jobs, and from finished jobs to takes."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.running_job import RunningJob
from desktop_app.document import Document
from desktop_app.engine_link.engine_thread import EngineThread
from desktop_app.generation import (
    GenerationPlan,
    base_of_take,
    media_from_result,
    plan_sections,
    reason_not_to_generate,
    take_from_result,
)
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId, MediaId, TakeId, new_id
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Lane, Take
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import Span, seconds_from_samples
from desktop_app.views.jobs.values import JobRowState
from engine.api import (
    EngineError,
    EngineEvent,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobStarted,
)


class GenerationController(QObject):
    """Queues jobs and keeps what they make.

    Signals:
        jobs_changed: Something in :attr:`jobs` is different.
        job_ended (RunningJob, JobRowState, str): A job is over: how, and in words.
        device_known (str): Where the engine works: "CPU" or the graphics processor.
        failed (str, str, str): Title, sentence and details of what went wrong.
        message (str): One line for the status bar.

    Args:
        document: Receives the takes.
        edits: Runs the edits.
        engine: The queue.
        media: The open project's store, asked for at each use.
        jobs_dir: A folder on the same disk as the store.
    """

    jobs_changed = Signal()
    job_ended = Signal(object, object, str)
    device_known = Signal(str)
    failed = Signal(str, str, str)
    message = Signal(str)

    def __init__(
        self,
        document: Document,
        edits: EditRunner,
        engine: EngineThread,
        media: Callable[[], MediaStore],
        jobs_dir: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._edits = edits
        self._engine = engine
        self._media = media
        self._jobs_dir = jobs_dir
        self._jobs: dict[str, RunningJob] = {}
        self._seconds_per_work: float | None = None
        engine.reported.connect(self._on_reported)

    @property
    def jobs(self) -> tuple[RunningJob, ...]:
        """Running and waiting jobs in the order in which they were queued."""
        return tuple(self._jobs.values())

    def job_of_lane(self, lane_id: LaneId) -> RunningJob | None:
        """The job that is drawn on a lane: the one that runs, otherwise the first that waits."""
        mine = [job for job in self.jobs if job.plan.lane_id == lane_id]
        return next((job for job in mine if job.work), mine[0] if mine else None)

    def estimated_seconds(self, work: int) -> float | None:
        """Time for so many windows times steps; ``None`` before the first finished job."""
        return None if self._seconds_per_work is None else self._seconds_per_work * work

    def generate(self, plans: Iterable[GenerationPlan]) -> None:
        """Queue a job for every plan."""
        for plan in plans:
            lane = lane_by_id(self._document.project, plan.lane_id)
            if reason := reason_not_to_generate(self._document.project, lane):
                self.message.emit(reason)
                continue
            self._submit(plan)

    def regenerate(self, lane: Lane, span: Span) -> None:
        """Make a range of a lane's sound again; everything outside stays bit-identical."""
        blocks = [block for block in lane.sound if block.span.intersects(span)]
        if not blocks:
            self.message.emit(f"“{lane.name}” has no sound in the selected range to make again.")
            return
        for take_id in dict.fromkeys(block.take_id for block in blocks):
            take = take_in_lane(lane, take_id)
            try:
                plan = plan_sections(self._document.project, lane, take, [span])
            except EngineError as error:
                self.message.emit(str(error))
                continue
            self._submit(plan, base=take)

    def cancel(self, job_id: str) -> None:
        """Cancel one job."""
        self._engine.cancel(job_id)

    def cancel_running(self) -> None:
        """Cancel the job that runs, or the next one when none does."""
        waiting = self._engine.running or next(iter(self._engine.waiting), None)
        if waiting is not None:
            self._engine.cancel(waiting)

    def cancel_all(self) -> None:
        """Cancel everything, for another project or the end of the application."""
        self._engine.cancel_all()

    def forget(self) -> None:
        """Drop all jobs; events that still come for them are ignored."""
        self._engine.cancel_all()
        self._jobs.clear()
        self.jobs_changed.emit()

    def _submit(self, plan: GenerationPlan, base: Take | None = None) -> None:
        job_id = new_id()
        folder = self._jobs_dir() / job_id
        try:
            folder.mkdir(parents=True)
            request = plan.request(
                job_id=job_id,
                output_dir=str(folder),
                base=None if base is None else base_of_take(base, self._path),
            )
        except (OSError, EngineError) as error:
            self.failed.emit("This cannot be generated", str(error), "")
            return
        self._jobs[job_id] = RunningJob.waiting(job_id, plan, str(folder))
        self.jobs_changed.emit()
        self._engine.submit(request)

    def _path(self, media_id: MediaId) -> Path:
        return self._media().path(media_id)

    def _on_reported(self, event: EngineEvent) -> None:
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        match event:
            case JobFinished():
                self._keep(job, event)
            case JobFailed():
                self._end(job, JobRowState.FAILED, f"Failed: {event.reason}")
                self.failed.emit(event.reason, event.remedy, event.details)
            case JobCancelled():
                self._end(job, JobRowState.CANCELLED, "Cancelled")
                self.message.emit("Cancelled. The earlier sound is unchanged.")
            case _:
                if isinstance(event, JobStarted):
                    self.device_known.emit("CPU" if event.device == "cpu" else event.device)
                job.take_event(event)
                self.jobs_changed.emit()

    def _keep(self, job: RunningJob, event: JobFinished) -> None:
        try:
            media = media_from_result(event.result, self._media().add_file)
            lane = lane_by_id(self._document.project, job.plan.lane_id)
        except (OSError, StorageError, EditError) as error:
            # The files stay in the job's folder: nothing that was made is lost.
            self._jobs.pop(job.job_id)
            self.jobs_changed.emit()
            self.failed.emit("The finished take could not be kept", str(error), job.folder)
            return
        take = take_from_result(job.plan, event.result, media, take_id=TakeId(new_id()))
        self._end(job, JobRowState.DONE, f"Done in {event.wall_seconds:.0f} s")
        self._edits.end(is_kept=True)
        self._edits.run(KeepTake(lane.id, take))
        if job.work:
            self._seconds_per_work = event.wall_seconds / job.work
        length = seconds_from_samples(take.span.duration)
        self.message.emit(f"{lane.name}: {length:.0f} s made in {event.wall_seconds:.0f} s")

    def _end(self, job: RunningJob, state: JobRowState, words: str) -> None:
        self._jobs.pop(job.job_id)
        self.job_ended.emit(job, state, words)
        shutil.rmtree(job.folder, ignore_errors=True)
        self.jobs_changed.emit()
