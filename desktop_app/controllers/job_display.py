"""Shows jobs wherever they appear: on their lane, in the list, in the chip, at the button."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from desktop_app.controllers.costs import PresetsOf, preset_costs
from desktop_app.controllers.generation_controller import GenerationController
from desktop_app.controllers.generation_scope import GenerationScope, scope_of_selection
from desktop_app.controllers.job_words import ended_row, job_card, live_row, queue_words
from desktop_app.controllers.models import short_name
from desktop_app.controllers.notices import Notices
from desktop_app.controllers.questions import Questions
from desktop_app.controllers.running_job import RunningJob
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.generation import is_stale
from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import Lane, Project
from desktop_app.project.time import Span
from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.main_window import MainWindow
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import JobState, LaneJob
from desktop_app.views.transport.values import EngineState, EngineStatus

_INTERVAL_MS = 66
"""Previews and progress are drawn at most 15 times a second."""

_NOT_LOADED = "not loaded"


class JobDisplay(QObject):
    """Keeps everything that shows jobs up to date.

    Args:
        window: Shows jobs in its list, its inspector, its transport and its status bar.
        timeline: Shows jobs on their lanes.
        document: For the lanes' names.
        selection: For the lane that is meant.
        generation: Runs the jobs.
        notices: Tells what failed.
        questions: Shows the full text of an error.
        presets_of: The presets of a model, by its name or path.

    Attributes:
        repair_amount: How far a selected range is left when it is made again, above 0 to 1.
    """

    def __init__(
        self,
        window: MainWindow,
        timeline: TimelineView,
        document: Document,
        selection: Selection,
        generation: GenerationController,
        notices: Notices,
        questions: Questions,
        presets_of: PresetsOf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._timeline = timeline
        self._document = document
        self._selection = selection
        self._generation = generation
        self._notices = notices
        self._questions = questions
        self._presets_of = presets_of
        self._finished: dict[str, JobRow] = {}
        self._failed_lanes: dict[LaneId, LaneJob] = {}
        self._lanes_shown: set[LaneId] = set()
        self._device = _NOT_LOADED
        self._scope: GenerationScope | None = None
        self.repair_amount = 1.0
        self._queued: frozenset[tuple[LaneId, Span]] = frozenset()
        self._timer = QTimer(self, interval=_INTERVAL_MS, singleShot=True)
        self._timer.timeout.connect(self.show_jobs)
        generation.jobs_changed.connect(self._on_jobs_changed)
        generation.job_ended.connect(self._on_job_ended)
        generation.device_known.connect(self._on_device)
        generation.refused.connect(notices.show_error)
        window.jobs.retry_requested.connect(self.retry)
        window.jobs.dismiss_requested.connect(self.dismiss)
        window.jobs.details_requested.connect(self.show_details)
        window.message_strip.dismissed.connect(self._forget_failures)
        selection.changed.connect(lambda _: self._on_selection_changed())
        document.changed.connect(self._on_document_changed)
        window.inspector.clip_page.repair.amount_requested.connect(self._change_repair_amount)
        self._on_document_changed(None, document.project)
        self.show_jobs()

    @property
    def scope(self) -> GenerationScope:
        """What the Generate button would do now."""
        if self._scope is None:
            self._scope = scope_of_selection(
                self._document.project,
                self._selection.value,
                self._queued,
            )
        return self._scope

    def forget(self) -> None:
        """Drop the rows of finished jobs, for another project."""
        self._finished.clear()
        self._failed_lanes.clear()
        self._notices.clear()
        self.show_jobs()

    def retry(self, job_id: str) -> None:
        """Go on with a failed job."""
        self._forget_row(job_id)
        self._generation.retry(job_id)
        self.show_jobs()

    def dismiss(self, job_id: str) -> None:
        """Drop the row of a failed job, and all that it left."""
        self._forget_row(job_id)
        self._generation.discard(job_id)
        self.show_jobs()

    def _forget_row(self, job_id: str) -> None:
        self._finished.pop(job_id, None)
        self._failed_lanes = {
            lane_id: shown
            for lane_id, shown in self._failed_lanes.items()
            if shown.job_id != job_id
        }

    def show_details(self, job_id: str) -> None:
        """Show the full text of a job's error."""
        if (row := self._finished.get(job_id)) is not None:
            self._questions.show_error(f"{row.lane_name}, {row.what}", row.stage_text, row.details)

    def show_jobs(self) -> None:
        """Show all jobs now."""
        self._timer.stop()
        jobs = self._generation.jobs
        now = time.monotonic()
        for job in jobs:
            job.publish(now)
        self._show_on_lanes()
        lanes = {lane.id: lane for lane in self._document.project.lanes}
        live = [
            live_row(job, lanes[job.plan.lane_id], place)
            for place, job in enumerate(jobs)
            if job.plan.lane_id in lanes
        ]
        self._window.jobs.show_jobs((*live, *reversed(self._finished.values())))
        self._show_summary(jobs)
        self._show_card(jobs)
        self._show_what_is_queued(jobs)

    def _show_what_is_queued(self, jobs: tuple[RunningJob, ...]) -> None:
        queued = frozenset((job.plan.lane_id, job.plan.span) for job in jobs)
        if queued != self._queued:
            self._queued, self._scope = queued, None
            self._show_scope()

    def _forget_failures(self) -> None:
        self._failed_lanes.clear()
        self._show_on_lanes()

    def _on_jobs_changed(self) -> None:
        # A timer that runs is not restarted, or events that come faster would put it off for ever.
        if not self._timer.isActive():
            self._timer.start()

    def _on_device(self, device: str) -> None:
        self._device = device

    def _on_job_ended(self, job: RunningJob, state: JobRowState, words: str, details: str) -> None:
        lane = self._lane(job.plan.lane_id)
        self._finished[job.job_id] = ended_row(job, lane, state, words, details)
        if state is JobRowState.UNFINISHED:
            self._failed_lanes[job.plan.lane_id] = replace(
                job.shown, state=JobState.UNFINISHED, label=words, num_windows=0
            )
            self._offer_to_go_on()
        if state is JobRowState.FAILED:
            self._failed_lanes[job.plan.lane_id] = replace(
                job.shown, state=JobState.FAILED, label=f"Failed: {words}", num_windows=0
            )
            self._notices.show_error(
                words,
                ("Try again", lambda: self.retry(job.job_id)),
                ("Details", lambda: self.show_details(job.job_id)),
            )
        # The take is on the lane already: its job must not cover it for even a moment.
        self._show_on_lanes()
        self._show_what_is_queued(self._generation.jobs)
        self._show_scope()
        self._on_jobs_changed()

    def _offer_to_go_on(self) -> None:
        rows = [row for row in self._finished.values() if row.state is JobRowState.UNFINISHED]
        lanes = ", ".join(dict.fromkeys(row.lane_name for row in rows))
        job = "a job was" if len(rows) == 1 else f"{len(rows)} jobs were"
        self._notices.show_warning(
            f"{lanes}: {job} not finished when Longwave was closed. What is done is kept.",
            ("Go on", lambda: self._retry_all([row.job_id for row in rows])),
        )

    def _retry_all(self, job_ids: list[str]) -> None:
        for job_id in job_ids:
            self.retry(job_id)

    def _on_selection_changed(self) -> None:
        self._scope = None
        self._show_scope()
        self._show_summary(self._generation.jobs)
        self._show_card(self._generation.jobs)

    def _on_document_changed(self, before: Project | None, after: Project) -> None:
        if (
            before is not None
            and before.lanes is after.lanes
            and before.everywhere is after.everywhere
        ):
            return
        self._scope = None
        self._timeline.show_stale(stale_takes(after))
        self._show_scope()

    def _show_scope(self) -> None:
        scope = self.scope
        self._window.show_generate(
            scope.label,
            enabled=scope.is_possible,
            estimate=scope.estimate(self._generation.estimated_seconds)
            if scope.is_possible
            else "",
            reason=scope.reason,
        )
        self._window.inspector.show_extension(scope.extension_words)
        self._window.inspector.show_repair(scope.repair_words, self.repair_amount)
        self._window.commands["extend"].setEnabled(bool(scope.extensions))
        self._window.inspector.show_costs(
            preset_costs(scope.plans, self._generation.estimated_seconds, self._presets_of)
        )
        # The key works while the first words are still being typed: it commits them itself.
        has_clips = any(lane.clips for lane in self._document.project.lanes)
        self._window.commands["generate"].setEnabled(has_clips)

    def _change_repair_amount(self, amount: float) -> None:
        self.repair_amount = amount
        self._show_scope()

    def _show_on_lanes(self) -> None:
        shown: dict[LaneId, LaneJob] = {}
        for lane in self._document.project.lanes:
            job = self._generation.job_of_lane(lane.id)
            if job is not None:
                self._failed_lanes.pop(lane.id, None)
                others = [
                    each.shown.span
                    for each in self._generation.jobs
                    if each.plan.lane_id == lane.id and each is not job
                ]
                shown[lane.id] = replace(job.shown, also_waiting=tuple(others))
            elif lane.id in self._failed_lanes:
                shown[lane.id] = self._failed_lanes[lane.id]
        for lane_id in self._lanes_shown - shown.keys():
            self._timeline.show_lane_job(lane_id, None)
        for lane_id, lane_job in shown.items():
            self._timeline.show_lane_job(lane_id, lane_job)
        self._lanes_shown = set(shown)

    def _show_summary(self, jobs: tuple[RunningJob, ...]) -> None:
        running = [job for job in jobs if job.is_running]
        is_paused = self._generation.is_paused
        text = queue_words(len(running), len(jobs) - len(running), is_paused=is_paused)
        self._window.status.show_queue(text, is_busy=bool(jobs))
        state, note = EngineState.READY, self._device
        if jobs:
            state = EngineState.WORKING
            note = (running[0].remaining if running else "") or "working"
        elif self._device == _NOT_LOADED:
            state = EngineState.NOT_LOADED
        lane = self._selection.lane
        model = lane.settings.model if lane else "starter"
        name = short_name(model)
        details = f"Model {name}, {note}."
        if note == self._device and note not in ("CPU", _NOT_LOADED):
            # The name of a graphics processor is long; there is room for it in the tooltip.
            note = "GPU"
        self._window.transport.show_engine(
            EngineStatus(state=state, model=name, note=note, details=details)
        )

    def _show_card(self, jobs: tuple[RunningJob, ...]) -> None:
        lane = self._selection.lane
        job = None if lane is None else self._generation.job_of_lane(lane.id)
        self._window.inspector.show_job(None if job is None else job_card(job, jobs.index(job)))

    def _lane(self, lane_id: LaneId) -> Lane | None:
        return next((lane for lane in self._document.project.lanes if lane.id == lane_id), None)


def stale_takes(project: Project) -> frozenset[TakeId]:
    """Takes that play although the words or settings of their lane have changed since."""
    return frozenset(
        take.id
        for lane in project.lanes
        for take in lane.takes
        if any(block.take_id == take.id for block in lane.sound) and is_stale(project, lane, take)
    )
