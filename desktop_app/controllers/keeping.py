"""How finished takes come to their lane. No Qt."""

from collections.abc import Sequence

from desktop_app.controllers.costs import duration_words
from desktop_app.controllers.running_job import RunningJob
from desktop_app.extension import new_duration
from desktop_app.generation import GenerationPlan
from desktop_app.project.edits.base import Edit
from desktop_app.project.edits.change_time import ChangeTime
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.edits.together import Together
from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.errors import EditError
from desktop_app.project.project import Lane, Project, Take
from desktop_app.project.time import Samples, seconds_from_samples


def keep_edit(lane: Lane, plan: GenerationPlan, takes: Sequence[Take]) -> Edit:
    """The step that adds takes to their lane and lets the first, the best one, play.

    A new take plays over its whole span, and so does one that was made longer. A take with sections
    made again plays only where the take that it was made from plays now: outside the sections both
    are the same, bit for bit, so nothing else that is heard changes.

    Args:
        lane: The lane as it is now; it may have changed since the job was queued.
        plan: What the job was to do.
        takes: What it made, best first, at least one.
    """
    best, *others = takes
    if plan.time_change is not None:
        return _with_time(plan.time_change, lane, takes)
    based_on = plan.recipe.based_on if plan.recipe.sections else None
    edits: list[Edit] = [KeepTake(lane.id, best, plays=based_on is None)]
    edits += [KeepTake(lane.id, take, plays=False) for take in others]
    if based_on is not None:
        spans = [block.span for block in lane.sound if block.take_id == based_on]
        edits += [UseTake(lane.id, best.id, span) for span in spans]
    label = f"Keep {len(takes)} takes" if others else "Keep take"
    return edits[0] if len(edits) == 1 else Together(label, tuple(edits))


def _with_time(change: ChangeTime, lane: Lane, takes: Sequence[Take]) -> Edit:
    """The take and the other time in one step; the take alone where the clips have changed."""
    is_possible = _is_possible(change, lane)
    kept = [
        KeepTake(lane.id, take, plays=is_possible and number == 0)
        for number, take in enumerate(takes)
    ]
    return (
        Together(change.label, (change, *kept)) if is_possible else Together("Keep take", (*kept,))
    )


def _is_possible(change: ChangeTime, lane: Lane) -> bool:
    try:
        change.apply(Project(lanes=(lane,)))
    except EditError:
        return False
    return True


def kept_words(
    job: RunningJob, num_takes: int, wall_seconds: float, num_changed_outside: int | None
) -> str:
    """What was made, for the status bar.

    Args:
        job: What made it.
        num_takes: How many takes came of it.
        wall_seconds: How long it took.
        num_changed_outside: Samples that a repair changed outside its range; ``None`` where there
            is no such range.
    """
    recipe, span = job.plan.recipe, job.plan.span
    made = "made"
    length = span.duration
    if job.base is not None and recipe.sections:
        made, length = "made again", Samples(sum(part.duration for part in recipe.sections))
    elif job.base is not None and job.plan.time_change is None:
        made, length = "added", new_duration(span, job.base)
    elif recipe.source is not None and recipe.source.strength == 0.0:
        made = "imported"
    what = f"{seconds_from_samples(length):.0f} s" if num_takes == 1 else f"{num_takes} takes"
    words = f"{what} {made} in {duration_words(wall_seconds)}"
    if num_changed_outside is None:
        return words
    samples = "sample" if num_changed_outside == 1 else "samples"
    return f"{words}, {num_changed_outside} {samples} changed outside"


def plays_after(lane: Lane, plan: GenerationPlan) -> bool:
    """Whether :func:`keep_edit` changes what is heard."""
    if plan.time_change is not None:
        return _is_possible(plan.time_change, lane)
    based_on = plan.recipe.based_on if plan.recipe.sections else None
    return based_on is None or any(block.take_id == based_on for block in lane.sound)
