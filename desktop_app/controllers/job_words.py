"""Jobs in words for the list, the card and the chip. No Qt."""

from desktop_app.controllers.running_job import RunningJob
from desktop_app.project.project import Lane
from desktop_app.project.time import Span, seconds_from_samples
from desktop_app.views.jobs.values import JobRow, JobRowState
from desktop_app.views.prompts.values import JobCard


def clock_words(seconds: float) -> str:
    """A position as people say it: "1:06"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def range_words(span: Span) -> str:
    """A range as the list of jobs shows it."""
    start, end = seconds_from_samples(span.start), seconds_from_samples(span.end)
    return f"{clock_words(start)} – {clock_words(end)}"


def queue_words(num_running: int, num_waiting: int, *, is_paused: bool = False) -> str:
    """The queue in one line."""
    if not num_running and not num_waiting:
        return "Queue paused" if is_paused else "Queue idle"
    words = f"{num_running} running, {num_waiting} waiting"
    return f"{words}, paused" if is_paused else words


def live_row(job: RunningJob, lane: Lane, place: int) -> JobRow:
    """The line of a job that waits or runs; ``place`` counts from 0."""
    is_running = job.is_running
    windows = f", {job.shown.num_windows} windows" if job.shown.num_windows else ""
    return JobRow(
        job_id=job.job_id,
        lane_name=lane.name,
        lane_colour=lane.colour,
        what=_what(job),
        range_text=range_words(job.plan.span),
        state=JobRowState.RUNNING if is_running else JobRowState.WAITING,
        stage_text=f"{job.stage}{windows}" if is_running else "Waiting",
        time_text=job.remaining if is_running else f"number {place + 1}",
        fraction=job.shown.fraction,
    )


def ended_row(
    job: RunningJob, lane: Lane | None, state: JobRowState, words: str, details: str
) -> JobRow:
    """The line of a job that is over; its lane may have been removed meanwhile."""
    is_failed = state is JobRowState.FAILED
    return JobRow(
        job_id=job.job_id,
        lane_name="Removed lane" if lane is None else lane.name,
        lane_colour="stone" if lane is None else lane.colour,
        what=_what(job),
        range_text=range_words(job.plan.span),
        state=state,
        stage_text=f"Failed: {words}" if is_failed else words,
        fraction=1.0,
        details=details,
    )


def job_card(job: RunningJob, place: int) -> JobCard:
    """What the foot of the inspector shows of the focused lane's job."""
    ready = clock_words(seconds_from_samples(job.shown.ready_until))
    has_sound = job.shown.ready_until > job.shown.span.start
    return JobCard(
        job_id=job.job_id,
        title=job.stage if job.is_running else f"Waiting, number {place + 1} in line",
        time_text=job.remaining,
        fraction=job.shown.fraction,
        note=f"Ready to {ready}. Play it while the rest is made." if has_sound else "",
    )


def _what(job: RunningJob) -> str:
    num_takes = job.plan.num_candidates
    if job.plan.time_change is not None:
        return job.plan.time_change.label.lower()
    if job.plan.recipe.based_on and not job.plan.recipe.sections:
        return "extension"
    if job.plan.recipe.based_on:
        return "repair" if num_takes == 1 else f"{num_takes} repairs"
    return "new take" if num_takes == 1 else f"{num_takes} takes"
