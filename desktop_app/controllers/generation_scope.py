"""What the Generate button would do for the present selection. No Qt."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from desktop_app.controllers.costs import SecondsFor, duration_words
from desktop_app.extension import extendable_take, new_duration, plan_extension
from desktop_app.generation import (
    GenerationPlan,
    needs_generation,
    plan_island,
    reason_not_to_generate,
)
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import island_span, islands
from desktop_app.project.project import Lane, Project, PromptClip, Take
from desktop_app.project.time import (
    Samples,
    Span,
    seconds_from_samples,
)
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.widgets.time_text import duration_text, range_text

Island = tuple[PromptClip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationScope:
    """What would be made, and the words for it.

    Attributes:
        label: Text of the button.
        plans: Takes to be made.
        repairs: Ranges of lanes to be made again instead.
        extensions: Takes that can be made longer instead of anew, and the plans for that.
        reason: Why nothing can be made, or empty.
    """

    label: str
    plans: tuple[GenerationPlan, ...] = ()
    repairs: tuple[tuple[Lane, Span], ...] = ()
    extensions: tuple[tuple[GenerationPlan, Take], ...] = ()
    reason: str = ""

    @property
    def is_possible(self) -> bool:
        """Whether the button does something."""
        return not self.reason and bool(self.plans or self.repairs)

    @property
    def duration(self) -> Samples:
        """Length of all sound that would be made."""
        made = sum(plan.span.duration * plan.num_candidates for plan in self.plans)
        repaired = sum(span.duration * lane.num_candidates for lane, span in self.repairs)
        return Samples(made + repaired)

    @property
    def repair_words(self) -> str:
        """The range that would be made again; empty if none would be."""
        if not self.repairs:
            return ""
        span = self.repairs[0][1]
        words = f"{range_text(span.start, span.end)}, {duration_text(span.duration)}"
        return words if len(self.repairs) == 1 else f"{words}, {len(self.repairs)} lanes"

    @property
    def extension_words(self) -> str:
        """What the button for extending says; empty if nothing can be extended."""
        if not self.extensions:
            return ""
        seconds = seconds_from_samples(
            Samples(sum(new_duration(plan.span, take) for plan, take in self.extensions))
        )
        return f"Extend by {seconds:.1f} s, keep the rest"

    def estimate(self, seconds_for: SecondsFor) -> str:
        """Facts for the line above the button: length, and time where it can be told."""
        length = f"{seconds_from_samples(self.duration):.0f} s of sound"
        seconds = seconds_for(self.plans) if self.plans else None
        return length if seconds is None else f"{length} | about {duration_words(seconds)}"


def scope_of_selection(
    project: Project,
    selection: TimelineSelection,
    in_queue: Collection[tuple[LaneId, Span]] = (),
) -> GenerationScope:
    """What Generate means: the selected range, the selected clips, or whatever lacks its sound.

    Args:
        project: The project.
        selection: What is selected.
        in_queue: Lanes and spans of takes that are being made or wait.
    """
    if not any(lane.clips for lane in project.lanes):
        return GenerationScope(label="Draw a clip first", reason="There is no clip yet.")
    repairs = _repairs(project, selection)
    if repairs:
        label = f"Repair {_counted(len(repairs), 'range')}"
        num_takes = sum(lane.num_candidates for lane, _ in repairs)
        if num_takes > len(repairs):
            label += f", {num_takes} takes"
        return GenerationScope(label=label, repairs=repairs)
    if selection.clip_ids:
        chosen = [
            (lane, [run for run in islands(lane) if any(c.id in selection.clip_ids for c in run)])
            for lane in project.lanes
        ]
        return _scope(project, chosen, "Generate")
    needed = [
        (lane, [run for run in islands(lane) if needs_generation(project, lane, run)])
        for lane in project.lanes
    ]
    if any(runs for _, runs in needed):
        needed = [
            (
                lane,
                [
                    run
                    for run in runs
                    if (lane.id, plan_island(project, lane, run).span) not in in_queue
                ],
            )
            for lane, runs in needed
        ]
        if not any(runs for _, runs in needed):
            return GenerationScope(label="Generate", reason="All of it is in the queue.")
        has_sound = all(_has_sound(lane, run) for lane, runs in needed for run in runs)
        return _scope(project, needed, "Update" if has_sound else "Generate")
    everything = [(lane, list(islands(lane))) for lane in project.lanes]
    return _scope(project, everything, "Generate again:")


def scope_of_lane(project: Project, lane: Lane) -> GenerationScope:
    """New takes for everything on one lane."""
    return _scope(project, [(lane, list(islands(lane)))], "Generate")


def _scope(
    project: Project, chosen: Iterable[tuple[Lane, list[Island]]], verb: str
) -> GenerationScope:
    plans: list[GenerationPlan] = []
    extensions: list[tuple[GenerationPlan, Take]] = []
    for lane, runs in chosen:
        if not runs:
            continue
        if reason := reason_not_to_generate(project, lane):
            return GenerationScope(label="Generate", reason=reason)
        for index, run in enumerate(runs):
            number = lane.next_take_number + index * lane.num_candidates
            plans.append(plan_island(project, lane, run, number=number))
            if (take := extendable_take(project, lane, run)) is not None:
                extensions.append((plan_extension(project, lane, run, take, number=number), take))
    num_takes = sum(plan.num_candidates for plan in plans)
    return GenerationScope(
        label=f"{verb} {_counted(num_takes, 'take')}",
        plans=tuple(plans),
        extensions=tuple(extensions),
    )


def _repairs(project: Project, selection: TimelineSelection) -> tuple[tuple[Lane, Span], ...]:
    span = selection.span
    if span is None:
        return ()
    return tuple(
        (lane, span)
        for lane in project.lanes
        if lane.id in selection.lane_ids
        and any(block.span.intersects(span) for block in lane.sound)
    )


def _has_sound(lane: Lane, run: Island) -> bool:
    return any(block.span.intersects(island_span(run)) for block in lane.sound)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
