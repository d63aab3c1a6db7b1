"""Generating: from the selection to jobs, and from finished jobs to takes."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop_app.audio.spectrogram import levels_from_mel
from desktop_app.controllers.background import Background
from desktop_app.controllers.engine_memory import EngineMemory
from desktop_app.controllers.paces import Paces
from desktop_app.controllers.running_job import RunningJob
from desktop_app.controllers.take_keeper import TakeKeeper
from desktop_app.document import Document
from desktop_app.engine_link.engine_thread import EngineThread
from desktop_app.generation import (
    GenerationPlan,
    base_of_take,
    plan_sections,
    reason_not_to_generate,
)
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId, new_id
from desktop_app.project.lookup import lane_by_id, take_in_lane
from desktop_app.project.project import Lane, Take
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import Span, latent_frame_ceil
from desktop_app.unfinished_jobs import note_job, unfinished_jobs
from desktop_app.views.jobs.values import JobRowState
from engine.api import (
    AudioReady,
    EngineError,
    EngineEvent,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobStarted,
    MelReady,
    PreviewReady,
)

_BYTES_PER_LATENT_FRAME = 4_096
"""Audio, spectrogram and latents of 40 ms."""

_UNFINISHED = "Not finished when Longwave was closed"

_COPIES = 3
"""The engine's files, its scratch, and the project's copy exist at the same time."""


class GenerationController(QObject):
    """Queues jobs and follows them to their end.

    Signals:
        jobs_changed: Something in :attr:`jobs` is different.
        job_ended (RunningJob, JobRowState, str, str): A job is over: how, in words, and the full
            text of an error.
        device_known (str): Where the engine works: "CPU" or the graphics processor.
        refused (str): Something cannot be generated, in words.
        message (str): One line for the status bar.

    Args:
        document: What is generated.
        engine: The queue.
        keeper: Receives what the jobs make.
        background: Prepares pictures outside the window's thread.
        media: The open project's store, asked for at each use.
        jobs_dir: A folder on the same disk as the store.
        paces: Learns how fast the jobs are.
        memory: How much of it a job may take.
    """

    jobs_changed = Signal()
    job_ended = Signal(object, object, str, str)
    device_known = Signal(str)
    refused = Signal(str)
    message = Signal(str)

    def __init__(
        self,
        document: Document,
        engine: EngineThread,
        keeper: TakeKeeper,
        background: Background,
        media: Callable[[], MediaStore],
        jobs_dir: Callable[[], Path],
        paces: Paces,
        memory: EngineMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._engine = engine
        self._keeper = keeper
        self._background = background
        self._media = media
        self._jobs_dir = jobs_dir
        self._jobs: dict[str, RunningJob] = {}
        self._failed: dict[str, RunningJob] = {}
        self._kept_numbers: dict[LaneId, int] = {}
        self._paces = paces
        self._memory = memory
        engine.queue_changed.connect(self._on_queue_changed)
        engine.reported.connect(self._on_reported)
        keeper.kept.connect(self._on_kept)
        keeper.failed.connect(self._on_not_kept)

    @property
    def jobs(self) -> tuple[RunningJob, ...]:
        """Running and waiting jobs in the order in which they were queued."""
        return tuple(self._jobs.values())

    def job_of_lane(self, lane_id: LaneId) -> RunningJob | None:
        """The job that is drawn on a lane: the one that runs, otherwise the first that waits."""
        mine = [job for job in self.jobs if job.plan.lane_id == lane_id]
        return next((job for job in mine if job.is_running), mine[0] if mine else None)

    def estimated_seconds(self, plans: tuple[GenerationPlan, ...]) -> float | None:
        """Time for new takes; ``None`` before each of their models has finished one."""
        return self._paces.seconds(plans)

    def generate(self, plans: Iterable[GenerationPlan]) -> None:
        """Queue a job for every plan."""
        for plan in plans:
            lane = lane_by_id(self._document.project, plan.lane_id)
            if reason := reason_not_to_generate(self._document.project, lane):
                self.message.emit(reason)
                continue
            self._submit(plan)

    def regenerate(self, lane: Lane, span: Span, *, strength: float = 1.0) -> None:
        """Make a range of a lane's sound again; everything outside stays bit-identical.

        Args:
            lane: The lane.
            span: The range.
            strength: 1 replaces the sound, less varies it; above 0.
        """
        blocks = [block for block in lane.sound if block.span.intersects(span)]
        if not blocks:
            self.message.emit(f"“{lane.name}” has no sound in the selected range to make again.")
            return
        for take_id in dict.fromkeys(block.take_id for block in blocks):
            take = take_in_lane(lane, take_id)
            try:
                plan = plan_sections(self._document.project, lane, take, [span], strength=strength)
            except EngineError as error:
                self.message.emit(str(error))
                continue
            self._submit(plan, base=take)

    def change_time(self, plan: GenerationPlan, take: Take) -> None:
        """Take time out of a take, or put time into it; the clips follow when it is made."""
        self._submit(plan, base=take)

    def extend(self, plan: GenerationPlan, take: Take) -> None:
        """Make a take longer; what is there keeps every bit."""
        self._submit(plan, base=take)

    def retry(self, job_id: str) -> None:
        """Go on with a failed job in its own folder; what is finished already is only kept.

        The request is the same as before, so the engine goes on from what it left there.
        """
        job = self._failed.pop(job_id, None)
        if job is None or self._keeper.retry(job_id):
            if job is not None:
                self._jobs[job_id] = job
                self.jobs_changed.emit()
            return
        try:
            lane_by_id(self._document.project, job.plan.lane_id)
        except EditError:
            self._failed[job_id] = job
            self.message.emit("The lane of this job was removed.")
            return
        self._run(job_id, job.plan, job.base, Path(job.folder), goes_on=True)

    def discard(self, job_id: str) -> None:
        """Forget a failed job and what it has left on the disk."""
        job = self._failed.pop(job_id, None)
        if job is not None:
            self._keeper.drop(job_id)
            self._remove_folder(job)

    def find_unfinished(self) -> None:
        """Offer the jobs that ended with the program, or with the engine, to be gone on with."""
        # What was cancelled a moment ago may still be writing.
        live = {*self._jobs, *self._failed, *self._engine.waiting, self._engine.running}
        for found in unfinished_jobs(self._jobs_dir(), self._document.project):
            if found.job_id in live:
                continue
            job = RunningJob.waiting(found.job_id, found.plan, str(found.folder), found.base)
            self._failed[job.job_id] = job
            self.job_ended.emit(job, JobRowState.UNFINISHED, _UNFINISHED, "")

    def cancel(self, job_id: str) -> None:
        """Cancel one job."""
        self._engine.cancel(job_id)

    @property
    def is_paused(self) -> bool:
        """Whether waiting jobs are held back."""
        return self._engine.is_paused

    def set_paused(self, is_paused: bool) -> None:  # noqa: FBT001 - a slot for a signal of one boolean
        """Hold waiting jobs back, or let them go on; the running one goes on."""
        if is_paused:
            self._engine.pause()
        else:
            self._engine.resume()
        self.jobs_changed.emit()

    def cancel_running(self) -> None:
        """Cancel the job that runs, or the next one when none does."""
        job_id = self._engine.running or next(iter(self._engine.waiting), None)
        if job_id is not None:
            self._engine.cancel(job_id)

    def forget(self) -> None:
        """Drop all jobs; events that still come for them are ignored."""
        self._engine.cancel_all()
        self._keeper.forget()
        for job in self.jobs:
            job.drop_sound()
        for memory in (self._jobs, self._failed, self._kept_numbers):
            memory.clear()
        self.jobs_changed.emit()

    def _submit(self, plan: GenerationPlan, base: Take | None = None) -> None:
        job_id = new_id()
        self._run(job_id, self._numbered(plan), base, self._jobs_dir() / job_id)

    def _run(
        self,
        job_id: str,
        plan: GenerationPlan,
        base: Take | None,
        folder: Path,
        *,
        goes_on: bool = False,
    ) -> None:
        try:
            with told_to_people("made", folder):
                folder.mkdir(parents=True, exist_ok=True)
            _require_space(folder, plan)
            note_job(folder, plan)
            request = plan.request(
                job_id=job_id,
                output_dir=str(folder),
                base=None if base is None else base_of_take(base, self._media().path),
                media_path=self._media().path,
            )
        except (StorageError, EngineError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            self.refused.emit(str(error))
            return
        job = RunningJob.waiting(job_id, plan, str(folder), base)
        job.goes_on = goes_on
        self._jobs[job_id] = job
        self.jobs_changed.emit()
        self._engine.submit(replace(request, memory_budget_bytes=self._memory.budget_bytes))

    def _numbered(self, plan: GenerationPlan) -> GenerationPlan:
        """The plan with a number, and so with noise, that no other take of the lane has.

        Jobs that wait or may be gone on with have not taken their numbers yet, and undo gives
        numbers back; the same number would make the same sound again.
        """
        lane = lane_by_id(self._document.project, plan.lane_id)
        jobs = (*self.jobs, *self._failed.values())
        plans = [job.plan for job in jobs if job.plan.lane_id == lane.id]
        taken = [each.number + each.num_candidates - 1 for each in plans]
        kept = self._kept_numbers.get(lane.id, 0)
        number = max([lane.next_take_number - 1, kept, *taken]) + 1
        return replace(plan, number=number, recipe=replace(plan.recipe, noise_take=number))

    def _on_queue_changed(self) -> None:
        job = self._jobs.get(self._engine.running or "")
        if job is not None and not job.is_running:
            job.begin()
            self.jobs_changed.emit()

    def _on_reported(self, event: EngineEvent) -> None:
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        match event:
            case JobFinished():
                job.say("Keeping the take")
                if job.shows_pace:
                    self._paces.learn(job.plan, event.wall_seconds)
                self._keeper.keep(job, event)
            case JobFailed():
                details = event.details or event.remedy
                words = f"{event.reason} {event.remedy}".strip()
                self._end(job, JobRowState.FAILED, words, details)
            case JobCancelled():
                self._end(job, JobRowState.CANCELLED, "Cancelled")
                self.message.emit("Cancelled. The earlier sound is unchanged.")
            case PreviewReady() | MelReady() | AudioReady() if job.plan.time_change is not None:
                # It lies in the new time, and the lane is still in the old one.
                pass
            case PreviewReady() | MelReady():
                self._paint(job, event)
            case _:
                if isinstance(event, JobStarted):
                    self.device_known.emit("CPU" if event.device == "cpu" else event.device)
                job.take_event(event)
        self.jobs_changed.emit()

    def _paint(self, job: RunningJob, event: PreviewReady | MelReady) -> None:
        first, mel = event.first_mel_frame, event.mel
        is_preview = isinstance(event, PreviewReady)

        def show(levels: object) -> None:
            if isinstance(levels, np.ndarray):
                job.paint(first, levels, is_preview=is_preview)
                self.jobs_changed.emit()

        # A preview holds the whole piece, so a later one makes it needless.
        key = job.job_id if is_preview else ""
        self._background.run(lambda: levels_from_mel(mel), show, key=key)

    def _on_kept(self, job: RunningJob, takes: tuple[Take, ...], words: str) -> None:
        if self._jobs.get(job.job_id) is not job:
            return
        kept = self._kept_numbers.get(job.plan.lane_id, 0)
        self._kept_numbers[job.plan.lane_id] = max(kept, *(take.number for take in takes))
        self._end(job, JobRowState.DONE, words)
        self.message.emit(words)

    def _on_not_kept(self, job: RunningJob, words: str) -> None:
        if self._jobs.pop(job.job_id, None) is None:
            return
        # The files stay in the job's folder: nothing that was made is lost.
        self._failed[job.job_id] = job
        job.drop_sound()
        details = f"{words}\nThe finished files lie in {job.folder}."
        self.job_ended.emit(job, JobRowState.FAILED, words, details)
        self.jobs_changed.emit()

    def _end(self, job: RunningJob, state: JobRowState, words: str, details: str = "") -> None:
        self._jobs.pop(job.job_id)
        self.job_ended.emit(job, state, words, details)
        self.jobs_changed.emit()
        job.drop_sound()
        if state is JobRowState.FAILED:
            # Its folder stays: the engine goes on from what lies there.
            self._failed[job.job_id] = job
        else:
            self._remove_folder(job)

    def _remove_folder(self, job: RunningJob) -> None:
        def then(_: object) -> None:
            # Now nothing is left in the folder that the project may have moved away from.
            self.jobs_changed.emit()

        self._background.run(lambda: shutil.rmtree(job.folder, ignore_errors=True), then)


def _require_space(folder: Path, plan: GenerationPlan) -> None:
    frames = latent_frame_ceil(plan.span.duration) * plan.num_candidates
    needed = frames * _BYTES_PER_LATENT_FRAME * _COPIES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free.",
            "Free some space, or save the project to another disk.",
        )
