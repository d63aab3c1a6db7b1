"""How a finished take comes to its lane. No Qt."""

from desktop_app.generation import GenerationPlan
from desktop_app.project.edits.base import Edit
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.edits.together import Together
from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.project import Lane, Take


def keep_edit(lane: Lane, plan: GenerationPlan, take: Take) -> Edit:
    """The step that adds a take to its lane and lets it play.

    A new take plays over its whole span. A take with sections made again plays only where the take
    that it was made from plays now: outside the sections both are the same, bit for bit, so nothing
    else that is heard changes.

    Args:
        lane: The lane as it is now; it may have changed since the job was queued.
        plan: What the job was to do.
        take: What it made.
    """
    based_on = plan.recipe.based_on
    if based_on is None:
        return KeepTake(lane.id, take)
    spans = [block.span for block in lane.sound if block.take_id == based_on]
    edits = [UseTake(lane.id, take.id, span) for span in spans]
    return Together("Keep take", (KeepTake(lane.id, take, plays=False), *edits))


def plays_after(lane: Lane, plan: GenerationPlan) -> bool:
    """Whether :func:`keep_edit` changes what is heard."""
    based_on = plan.recipe.based_on
    return based_on is None or any(block.take_id == based_on for block in lane.sound)
