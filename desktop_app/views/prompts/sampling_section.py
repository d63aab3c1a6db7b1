"""How a lane's sound is made."""

import secrets
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.presets import PRESETS, Preset, preset_named, preset_of
from desktop_app.project.project import MAX_CANDIDATES, GenerationSettings
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.captions import Captions
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth

_SAMPLERS = (("ddim", "DDIM"), ("dpm-solver++2m", "DPM-Solver++ 2M"), ("unipc", "UniPC"))
_QUALITIES = tuple((preset.value, preset.words) for preset in PRESETS)
_QUALITY_TIP = (
    "How much work goes into the sound: its sampler, its steps, and how closely the engine's "
    "windows overlap. Below stands what each would cost now."
)
_TAKES = tuple((str(num), str(num)) for num in range(1, MAX_CANDIDATES + 1))
_MAX_STEPS = 999
# Fields hold numbers as floats, which are exact up to here.
_MAX_SEED = 2**53 - 1
_DICE_SIDES = 100_000_000


class SamplingSection(Section):
    """Quality, steps, sampler and seed of the lane, and how many takes are made.

    Args:
        theme: Colours and type.

    Signals:
        settings_requested (GenerationSettings): The user wants these.
        candidates_requested (int): The user wants so many takes at once.
    """

    settings_requested = Signal(object)
    candidates_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Sampling", parent=parent)
        self._settings = GenerationSettings()
        self._presets = PRESETS
        self.steps = NumberField(theme, "Steps", minimum=1, maximum=_MAX_STEPS, step=5)
        ScaledWidth(theme, self.steps, 64)
        self.sampler = Select(theme, "Sampler", _SAMPLERS)
        self.quality = Segments(theme, "Quality", _QUALITIES)
        self.quality.setToolTip(_QUALITY_TIP)
        self.costs = Captions(theme, len(PRESETS))
        self.seed = NumberField(theme, "Seed", minimum=0, maximum=_MAX_SEED)
        self.dice = IconButton(theme, "seed", "Another seed")
        self.takes = Segments(theme, "Takes", _TAKES)
        self.show_unranked("")
        self.add_labelled("Quality", self.quality)
        self.add_labelled("", self.costs)
        self.add_labelled("Steps", self.steps, self.sampler)
        self.add_labelled("Seed", self.seed, self.dice)
        self.add_labelled("Takes", self.takes)
        self.steps.value_requested.connect(self._on_steps)
        self.seed.value_requested.connect(self._on_seed)
        self.sampler.choice_requested.connect(self._on_sampler)
        self.quality.choice_requested.connect(self._on_quality)
        self.takes.choice_requested.connect(self._on_takes)
        self.dice.clicked.connect(lambda: self._on_seed(secrets.randbelow(_DICE_SIDES)))

    def show_presets(self, presets: tuple[Preset, ...]) -> None:
        """Offer the presets of the lane's model."""
        self._presets = presets

    def show_settings(self, settings: GenerationSettings) -> None:
        """Show how the lane's sound is made."""
        self._settings = settings
        self.steps.show_value(settings.num_steps)
        self.sampler.show_choice(settings.sampler)
        preset = preset_of(settings, self._presets)
        self.quality.show_choice("" if preset is None else preset.value)
        self.seed.show_value(settings.seed)

    def show_candidates(self, num: int) -> None:
        """Show how many takes are made at once."""
        self.takes.show_choice(str(num))

    def show_unranked(self, reason: str) -> None:
        """Show why takes are not ranked; they are for no words."""
        self.takes.setToolTip(
            f"How many takes are made at once. {reason} So they are not ranked: the first one plays"
            if reason
            else "How many takes are made at once; the one that fits best plays"
        )

    def show_costs(self, costs: tuple[str, ...]) -> None:
        """Show what each quality would cost: "20 s", or "×4" of the standard."""
        self.costs.show_texts(costs)
        words = ", ".join(
            f"{preset.words} {cost}" for preset, cost in zip(PRESETS, costs, strict=True)
        )
        self.costs.setAccessibleName(f"Cost: {words}")

    def _on_steps(self, num_steps: float) -> None:
        self._request(replace(self._settings, num_steps=int(num_steps)))

    def _on_seed(self, seed: float) -> None:
        self._request(replace(self._settings, seed=int(seed)))

    def _on_sampler(self, sampler: str) -> None:
        self._request(replace(self._settings, sampler=sampler))

    def _on_quality(self, preset: str) -> None:
        self._request(preset_named(preset, self._presets).applied_to(self._settings))

    def _on_takes(self, num: str) -> None:
        self.takes.show_choice(num)
        self.candidates_requested.emit(int(num))

    def _request(self, settings: GenerationSettings) -> None:
        self.show_settings(settings)
        self.settings_requested.emit(settings)
