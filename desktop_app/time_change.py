"""Time taken out of a take or put into it: only the joins and what is new are made.

Where a run of clips has sound, its take follows: a new take keeps what lies before and behind, each
in its new place, and makes the rest. Clips and take change in one step, when the take is there.
"""

from dataclasses import replace

from desktop_app.generation import GenerationPlan, going_on_from, has_same_words, plan_island
from desktop_app.loops import is_loop
from desktop_app.project.edits.change_time import ChangeTime
from desktop_app.project.errors import EditError
from desktop_app.project.lookup import island_span, islands, lane_by_id
from desktop_app.project.project import KeptPart, Lane, Project, PromptClip, Take
from desktop_app.project.time import (
    SAMPLES_PER_LATENT_FRAME,
    Span,
    latent_frame_ceil,
    latent_frame_rounded,
    samples_from_latent_frame,
)


def change_of_time(lane: Lane, selected: Span, *, inserts: bool) -> ChangeTime:
    """The edit for a selected range of a lane, on the latent grid.

    Args:
        lane: The lane.
        selected: What is deleted; or the place and the length of what is inserted.
        inserts: Which of the two.

    Raises:
        EditError: No run of clips, or more than one, lies there.
    """
    first = latent_frame_rounded(selected.start)
    last = max(first + 1, latent_frame_rounded(selected.end))
    span = Span(samples_from_latent_frame(first), samples_from_latent_frame(last))
    runs = [run for run in islands(lane) if _is_meant(island_span(run), span, inserts=inserts)]
    if not runs:
        place = "around the start of" if inserts else "in"
        raise EditError(f"The lane “{lane.name}” has no clip {place} the selected time.")
    if len(runs) > 1:
        raise EditError("Clips with a gap between them lie in the selected time. Select less.")
    return ChangeTime(lane.id, island_span(runs[0]), span, inserts)


def plan_time_change(project: Project, change: ChangeTime) -> tuple[GenerationPlan, Take] | None:
    """The take that follows the edit, and the one that it keeps parts of.

    Args:
        project: Before the edit.
        change: The edit.

    Returns:
        ``None`` where no sound has to follow: there is none, or all of it was deleted.

    Raises:
        EditError: The edit cannot be done, or the sound is not that of one take that is up to date.
    """
    lane = lane_by_id(project, change.lane_id)
    run = change.clips(lane)
    changed = change.apply(project)
    playing = {block.take_id for block in lane.sound if block.span.intersects(change.run)}
    names = {clip.id for clip in run}
    lane_after = lane_by_id(changed, lane.id)
    left = tuple(clip for clip in lane_after.clips if clip.id in names)
    if not playing or not left:
        return None
    take = next((each for each in lane.takes if playing == {each.id}), None)
    if take is None or not _is_up_to_date(project, lane, run, take):
        raise EditError(
            f"The sound on the lane “{lane.name}” is not one take that is up to date."
            " Generate it first."
        )
    plan = plan_island(changed, lane_after, left)
    recipe = replace(going_on_from(take, plan.recipe), kept=kept_parts(take, change))
    return replace(plan, recipe=recipe, time_change=change), take


def kept_parts(take: Take, change: ChangeTime) -> tuple[KeptPart, ...]:
    """What of a take stays, and where it goes.

    Args:
        take: Its span is that of the run.
        change: The edit.
    """
    first = take.span.start
    last = samples_from_latent_frame(latent_frame_ceil(take.span.end))
    resumed = change.span.start if change.inserts else max(change.span.end, first)
    parts = []
    if first < change.span.start:
        parts.append(KeptPart(span=Span(first, min(change.span.start, last)), target=first))
    if resumed < last:
        parts.append(KeptPart(span=Span(resumed, last), target=change.moved(resumed)))
    return tuple(parts)


def _is_meant(run: Span, span: Span, *, inserts: bool) -> bool:
    if not inserts:
        return run.intersects(span)
    # At its start nothing would be put into it; at its end it is made longer.
    return run.start + SAMPLES_PER_LATENT_FRAME <= span.start <= run.end


def _is_up_to_date(project: Project, lane: Lane, run: tuple[PromptClip, ...], take: Take) -> bool:
    return (
        plan_island(project, lane, run).span == take.span
        and take.recipe.settings.model == lane.settings.model
        and not take.recipe.is_loop
        and not is_loop(run)
        and has_same_words(project, lane, take)
    )
