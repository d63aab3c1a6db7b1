"""Shows jobs wherever they appear: on their lane, in the list, in the chip, at the button."""

from PySide6.QtCore import QObject, QTimer

from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.generation_scope import GenerationScope, scope_of_selection
from desktop_app.controllers.running_job import RunningJob
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.generation import is_stale
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Project
from desktop_app.project.time import Span, seconds_from_samples
from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.main_window import MainWindow
from desktop_app.views.prompts.values import JobCard
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import JobState
from desktop_app.views.transport.values import EngineState, EngineStatus

_INTERVAL_MS = 66
"""Previews and progress are drawn at most 15 times a second."""


def clock_words(seconds: float) -> str:
    """A position as people say it: "1:06"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def range_words(span: Span) -> str:
    """A range as the list of jobs shows it."""
    start, end = seconds_from_samples(span.start), seconds_from_samples(span.end)
    return f"{clock_words(start)} – {clock_words(end)}"


class JobDisplay(QObject):
    """Keeps everything that shows jobs up to date."""

    def __init__(
        self,
        window: MainWindow,
        timeline: TimelineView,
        document: Document,
        selection: Selection,
        generation: GenerationController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._timeline = timeline
        self._document = document
        self._selection = selection
        self._generation = generation
        self._finished: dict[str, JobRow] = {}
        self._lanes_shown: set[LaneId] = set()
        self._note = "not loaded"
        self._timer = QTimer(self, interval=_INTERVAL_MS, singleShot=True)
        self._timer.timeout.connect(self._show_jobs)
        generation.jobs_changed.connect(self._on_jobs_changed)
        generation.job_ended.connect(self._on_job_ended)
        generation.device_known.connect(self._on_device)
        selection.changed.connect(lambda _: self._show_scope())
        document.changed.connect(self._on_document_changed)
        self._on_document_changed(document.project, document.project)
        self._show_jobs()

    @property
    def scope(self) -> GenerationScope:
        """What the Generate button would do now."""
        return scope_of_selection(self._document.project, self._selection.value)

    def forget(self) -> None:
        """Drop the rows of finished jobs, for another project."""
        self._finished.clear()
        self._show_jobs()

    def _on_jobs_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_device(self, device: str) -> None:
        self._note = device

    def _on_job_ended(self, job: RunningJob, state: JobRowState, words: str) -> None:
        if (row := self._row(job, 0)) is not None:
            self._finished[job.job_id] = JobRow(
                job_id=job.job_id,
                lane_name=row.lane_name,
                lane_colour=row.lane_colour,
                what=row.what,
                range_text=row.range_text,
                state=state,
                stage_text=words,
                fraction=1.0,
            )

    def _on_document_changed(self, _before: Project, after: Project) -> None:
        takes = {
            take.id
            for lane in after.lanes
            for take in lane.takes
            if any(block.take_id == take.id for block in lane.sound) and is_stale(after, lane, take)
        }
        self._timeline.show_stale(takes)
        self._show_scope()

    def _show_scope(self) -> None:
        scope = self.scope
        self._window.show_generate(
            scope.label,
            enabled=scope.is_possible,
            estimate=scope.estimate(self._generation.estimated_seconds) if scope.plans else "",
            reason=scope.reason,
        )

    def _show_jobs(self) -> None:
        jobs = self._generation.jobs
        lanes = {job.plan.lane_id for job in jobs}
        for lane_id in self._lanes_shown - lanes:
            self._timeline.show_lane_job(lane_id, None)
        for lane_id in lanes:
            job = self._generation.job_of_lane(lane_id)
            self._timeline.show_lane_job(lane_id, None if job is None else job.shown)
        self._lanes_shown = lanes
        live = [self._row(job, place) for place, job in enumerate(jobs)]
        rows = [row for row in live if row is not None]
        self._window.jobs.show_jobs((*rows, *reversed(self._finished.values())))
        self._show_summary(jobs)
        self._show_card(jobs)
        self._show_scope()

    def _show_summary(self, jobs: tuple[RunningJob, ...]) -> None:
        running = [job for job in jobs if job.shown.state is JobState.RUNNING]
        waiting = len(jobs) - len(running)
        text = f"{len(running)} running, {waiting} waiting" if jobs else "Queue idle"
        self._window.status.show_queue(text, is_busy=bool(jobs))
        if jobs:
            note = running[0].remaining if running else ""
            state, note = EngineState.WORKING, note or "working"
        elif self._note == "not loaded":
            state, note = EngineState.NOT_LOADED, self._note
        else:
            state, note = EngineState.READY, self._note
        lane = self._selection.lane
        model = lane.settings.model if lane else "starter"
        name = "Starter" if model == "starter" else model
        self._window.transport.show_engine(
            EngineStatus(state=state, model=name, note=note, details=f"Model {name}, {note}.")
        )

    def _show_card(self, jobs: tuple[RunningJob, ...]) -> None:
        lane = self._selection.lane
        job = None if lane is None else self._generation.job_of_lane(lane.id)
        if job is None:
            self._window.inspector.show_job(None)
            return
        is_waiting = job.shown.state is JobState.WAITING
        place = [each.job_id for each in jobs].index(job.job_id)
        ready = seconds_from_samples(job.shown.ready_until)
        self._window.inspector.show_job(
            JobCard(
                job_id=job.job_id,
                title=f"Waiting, number {place + 1} in line" if is_waiting else job.stage,
                time_text=job.remaining,
                fraction=job.shown.fraction,
                note=f"Ready to {clock_words(ready)}" if job.shown.peaks is not None else "",
            )
        )

    def _row(self, job: RunningJob, place: int) -> JobRow | None:
        lanes = {lane.id for lane in self._document.project.lanes}
        if job.plan.lane_id not in lanes:
            return None
        lane = lane_by_id(self._document.project, job.plan.lane_id)
        is_waiting = job.shown.state is JobState.WAITING
        windows = "" if is_waiting else f", {job.shown.num_windows} windows"
        return JobRow(
            job_id=job.job_id,
            lane_name=lane.name,
            lane_colour=lane.colour,
            what="repair" if job.plan.recipe.based_on else "new take",
            range_text=range_words(job.plan.span),
            state=JobRowState.WAITING if is_waiting else JobRowState.RUNNING,
            stage_text="Waiting" if is_waiting else f"{job.stage}{windows}",
            time_text=f"number {place + 1}" if is_waiting else job.remaining,
            fraction=job.shown.fraction,
        )
