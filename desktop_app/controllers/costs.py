"""What generating costs, in words, before it begins. No Qt."""

from collections.abc import Callable
from dataclasses import replace

from desktop_app.generation import GenerationPlan
from desktop_app.presets import PRESETS, Preset, preset_named
from desktop_app.project.project import GenerationSettings

SecondsFor = Callable[[tuple[GenerationPlan, ...]], float | None]
PresetsOf = Callable[[str], tuple[Preset, ...]]
"""The presets of a model, by its name or path."""

Plans = tuple[GenerationPlan, ...]
_STANDARD = "standard"


def duration_words(seconds: float) -> str:
    """A length of time for people, no finer than it can be foretold."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def preset_costs(plans: Plans, seconds_for: SecondsFor, presets_of: PresetsOf) -> tuple[str, ...]:
    """What would be made by each preset: its time, or its share of the standard's work.

    Args:
        plans: What would be made; each keeps its model.
        seconds_for: Time of plans, or ``None`` while this machine's pace is not known.
        presets_of: The presets of a model.

    Returns:
        Words for each preset, from quick to careful. Where nothing would be made they are those of
        the bundled model.
    """
    if not plans:
        densities = [preset.num_steps / preset.stride_latent_frames for preset in PRESETS]
        usual = preset_named(_STANDARD)
        standard = usual.num_steps / usual.stride_latent_frames
        return tuple(_share(density, standard) for density in densities)
    changed = {each.value: _at_preset(plans, each.value, presets_of) for each in PRESETS}
    standard = _work(changed[_STANDARD])
    return tuple(_cost(each, seconds_for, standard) for each in changed.values())


def _at_preset(plans: Plans, name: str, presets_of: PresetsOf) -> Plans:
    return tuple(
        replace(plan, recipe=replace(plan.recipe, settings=_settings(plan, name, presets_of)))
        for plan in plans
    )


def _settings(plan: GenerationPlan, name: str, presets_of: PresetsOf) -> GenerationSettings:
    settings = plan.recipe.settings
    return preset_named(name, presets_of(settings.model)).applied_to(settings)


def _cost(plans: Plans, seconds_for: SecondsFor, standard_work: int) -> str:
    seconds = seconds_for(plans)
    if seconds is None:
        return _share(_work(plans), standard_work)
    return duration_words(seconds)


def _work(plans: Plans) -> int:
    return sum(plan.work for plan in plans)


def _share(work: float, standard_work: float) -> str:
    return f"×{work / standard_work:.2g}"
