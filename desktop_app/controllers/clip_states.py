"""What state each clip is in, in words. No Qt."""

from collections.abc import Iterable, Mapping

from desktop_app.controllers.running_job import RunningJob
from desktop_app.project.ids import ClipId, TakeId
from desktop_app.project.project import Lane, Project
from desktop_app.project.time import Span


def clip_states(
    project: Project, jobs: Iterable[RunningJob], stale: frozenset[TakeId]
) -> Mapping[ClipId, str]:
    """State of every clip, such as "Ready", "Stale", "Not generated", "Waiting" or "Generating".

    Args:
        project: The clips.
        jobs: What waits or runs.
        stale: Takes whose words or settings have changed since they were made.
    """
    by_lane: dict[str, list[RunningJob]] = {}
    for job in jobs:
        by_lane.setdefault(job.plan.lane_id, []).append(job)
    return {
        clip.id: _job_state(by_lane.get(lane.id, ()), clip.span)
        or _sound_state(lane, clip.span, stale)
        for lane in project.lanes
        for clip in lane.clips
    }


def _job_state(jobs: Iterable[RunningJob], span: Span) -> str:
    mine = [
        job
        for job in jobs
        if any(part.intersects(span) for part in job.plan.recipe.sections or (job.plan.span,))
    ]
    if any(job.is_running for job in mine):
        return "Generating"
    return "Waiting" if mine else ""


def _sound_state(lane: Lane, span: Span, stale: frozenset[TakeId]) -> str:
    blocks = [block for block in lane.sound if block.span.intersects(span)]
    if not blocks:
        return "Not generated"
    if any(block.take_id in stale for block in blocks):
        return "Stale"
    parts = (block.span.intersection(span) for block in blocks)
    covered = sum(part.duration for part in parts if part is not None)
    return "Ready" if covered >= span.duration else "Partly generated"
