"""Ready-made settings, from quick to careful. Pure functions.

They say what ``engine.api.presets`` says (a test holds them together), but the views, which show
them, know no engine.
"""

from dataclasses import dataclass, replace

from desktop_app.project.project import GenerationSettings

_STANDARD = GenerationSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A choice of how much work goes into a sound.

    Attributes:
        value: Its name for the program.
        words: Its name for people.
        sampler: As in ``GenerationSettings``.
        num_steps: Sampling steps.
        stride_latent_frames: Distance of the model's windows.
    """

    value: str
    words: str
    sampler: str
    num_steps: int
    stride_latent_frames: int

    def applied_to(self, settings: GenerationSettings) -> GenerationSettings:
        """The settings with this much work; model and seed stay."""
        return replace(
            settings,
            sampler=self.sampler,
            num_steps=self.num_steps,
            stride_latent_frames=self.stride_latent_frames,
        )


def _preset(value: str, words: str, num_steps: int, stride_latent_frames: int) -> Preset:
    return Preset(
        value=value,
        words=words,
        sampler=_STANDARD.sampler,
        num_steps=num_steps,
        stride_latent_frames=stride_latent_frames,
    )


PRESETS: tuple[Preset, ...] = (
    _preset("draft", "Draft", -(-_STANDARD.num_steps // 2), 192),
    _preset("standard", "Standard", _STANDARD.num_steps, _STANDARD.stride_latent_frames),
    _preset("fine", "Fine", _STANDARD.num_steps, 64),
)
"""Those of the bundled model. Others have the same names in the same order."""


def preset_named(value: str, presets: tuple[Preset, ...] = PRESETS) -> Preset:
    """The preset of this name.

    Raises:
        KeyError: There is none.
    """
    return {preset.value: preset for preset in presets}[value]


def preset_of(settings: GenerationSettings, presets: tuple[Preset, ...] = PRESETS) -> Preset | None:
    """The preset that settings follow, or ``None``."""
    return next((each for each in presets if each.applied_to(settings) == settings), None)
