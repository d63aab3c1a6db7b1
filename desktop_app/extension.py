"""Making a take longer: only what is new is made, and what is there keeps every bit."""

from dataclasses import replace

from desktop_app.generation import GenerationPlan, going_on_from, has_same_words, plan_island
from desktop_app.loops import is_loop
from desktop_app.project.lookup import island_span
from desktop_app.project.project import Lane, Project, PromptClip, Take
from desktop_app.project.time import SAMPLES_PER_LATENT_FRAME, Samples, Span


def extendable_take(project: Project, lane: Lane, island: tuple[PromptClip, ...]) -> Take | None:
    """The take that a run of clips reaches beyond, or ``None`` if it cannot be made longer.

    It must be the only one that plays there, and its words must be those that it was made from: a
    longer take keeps them. A loop has no end that could go on.
    """
    whole = island_span(island)
    playing = {block.take_id for block in lane.sound if block.span.intersects(whole)}
    take = next((each for each in lane.takes if playing == {each.id}), None)
    if take is None or take.recipe.is_loop or is_loop(island):
        return None
    is_inside = whole.start <= take.span.start + SAMPLES_PER_LATENT_FRAME - 1
    is_inside = is_inside and take.span.end <= whole.end
    if not is_inside or not new_spans(plan_island(project, lane, island).span, take):
        return None
    if take.recipe.settings.model != lane.settings.model:
        return None
    return take if has_same_words(project, lane, take) else None


def plan_extension(
    project: Project, lane: Lane, island: tuple[PromptClip, ...], take: Take, *, number: int
) -> GenerationPlan:
    """Plan a take of a whole run that keeps a shorter one.

    Args:
        project: The project, for its Everywhere prompt.
        lane: The lane.
        island: The run of clips.
        take: From :func:`extendable_take`.
        number: Number of the take and of the noise of what is new.
    """
    plan = plan_island(project, lane, island, number=number)
    return replace(plan, recipe=going_on_from(take, plan.recipe))


def new_spans(span: Span, take: Take) -> tuple[Span, ...]:
    """What of a longer span is not in the take: before it, after it, or both."""
    parts = []
    if span.start <= take.span.start - SAMPLES_PER_LATENT_FRAME:
        parts.append(Span(span.start, take.span.start))
    if take.span.end + SAMPLES_PER_LATENT_FRAME <= span.end:
        parts.append(Span(take.span.end, span.end))
    return tuple(parts)


def new_duration(span: Span, take: Take) -> Samples:
    """How much of a longer span is new."""
    return Samples(sum(part.duration for part in new_spans(span, take)))
