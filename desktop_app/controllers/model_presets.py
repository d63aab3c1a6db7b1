"""Ready-made settings of every model, and whether it can listen, as it says itself. No Qt."""

from collections.abc import Callable
from dataclasses import replace

from desktop_app.presets import Preset, preset_named, preset_of
from desktop_app.project.project import GenerationSettings
from engine.api import ModelDefaults, Quality, Sampler, sampling_of

_STANDARD = GenerationSettings()


def starter_defaults(_model: str = _STANDARD.model) -> ModelDefaults:
    """What a new lane begins with, for every model."""
    return ModelDefaults(sampler=Sampler(_STANDARD.sampler), num_steps=_STANDARD.num_steps)


def presets_from(defaults: ModelDefaults) -> tuple[Preset, ...]:
    """The presets of a model that says this about sampling."""
    return tuple(_preset(quality, defaults) for quality in Quality)


class ModelPresets:
    """Knows presets and abilities of the models; asks for what a model says only once.

    Args:
        defaults_of: What a model says about itself, by its name or path.
    """

    def __init__(self, defaults_of: Callable[[str], ModelDefaults] = starter_defaults) -> None:
        self._defaults_of = defaults_of
        self._defaults: dict[str, ModelDefaults] = {}
        self._presets: dict[str, tuple[Preset, ...]] = {}

    def of(self, model: str) -> tuple[Preset, ...]:
        """The presets of a model, by its name or path; from quick to careful."""
        if model not in self._presets:
            self._presets[model] = presets_from(self._asked(model))
        return self._presets[model]

    def can_listen(self, model: str) -> bool:
        """Whether clips can be like a sound, and takes are ranked, with a model."""
        return self._asked(model).can_listen

    def with_model(self, settings: GenerationSettings, model: str) -> GenerationSettings:
        """The settings for another model: at the same preset, or with the user's own numbers."""
        preset = preset_of(settings, self.of(settings.model))
        changed = replace(settings, model=model)
        return changed if preset is None else self._applied(preset.value, changed)

    def _asked(self, model: str) -> ModelDefaults:
        if model not in self._defaults:
            self._defaults[model] = self._defaults_of(model)
        return self._defaults[model]

    def _applied(self, name: str, settings: GenerationSettings) -> GenerationSettings:
        return preset_named(name, self.of(settings.model)).applied_to(settings)


def _preset(quality: Quality, defaults: ModelDefaults) -> Preset:
    settings = sampling_of(quality, defaults)
    return Preset(
        value=quality.value,
        words=quality.value.capitalize(),
        sampler=settings.sampler.value,
        num_steps=settings.num_steps,
        stride_latent_frames=settings.stride_latent_frames,
    )
