"""What generating costs, in words, before it begins. No Qt."""

from collections.abc import Callable
from dataclasses import replace

from desktop_app.generation import GenerationPlan
from desktop_app.presets import PRESETS, Preset

SecondsFor = Callable[[tuple[GenerationPlan, ...]], float | None]


def duration_words(seconds: float) -> str:
    """A length of time for people, no finer than it can be foretold."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def preset_costs(plans: tuple[GenerationPlan, ...], seconds_for: SecondsFor) -> tuple[str, ...]:
    """What would be made by each preset: its time, or its share of the standard's work.

    Args:
        plans: What would be made.
        seconds_for: Time of plans, or ``None`` while this machine's pace is not known.
    """
    return tuple(_cost(plans, preset, seconds_for) for preset in PRESETS)


def _cost(plans: tuple[GenerationPlan, ...], preset: Preset, seconds_for: SecondsFor) -> str:
    changed = tuple(
        replace(
            plan,
            recipe=replace(plan.recipe, settings=preset.applied_to(plan.recipe.settings)),
        )
        for plan in plans
    )
    seconds = seconds_for(changed) if plans else None
    if seconds is None:
        return f"×{preset.relative_work:.2g}"
    return duration_words(seconds)
