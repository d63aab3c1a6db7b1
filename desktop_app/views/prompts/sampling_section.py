"""How a lane's sound is made."""

import secrets
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import GenerationSettings
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth

_SAMPLERS = (("ddim", "DDIM"), ("dpm-solver++2m", "DPM-Solver++ 2M"))
_QUALITIES = (("192", "Draft"), ("128", "Standard"), ("64", "Fine"))
_QUALITY_TIP = (
    "How closely the engine's windows overlap. Fine takes about twice as long as Standard."
)
_MAX_STEPS = 999
# Fields hold numbers as floats, which are exact up to here.
_MAX_SEED = 2**53 - 1
_DICE_SIDES = 100_000_000


class SamplingSection(Section):
    """Steps, sampler, quality and seed of the lane.

    Args:
        theme: Colours and type.

    Signals:
        settings_requested (GenerationSettings): The user wants these.
    """

    settings_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Sampling", parent=parent)
        self._settings = GenerationSettings()
        self.steps = NumberField(theme, "Steps", minimum=1, maximum=_MAX_STEPS, step=5)
        ScaledWidth(theme, self.steps, 64)
        self.sampler = Select(theme, "Sampler", _SAMPLERS)
        self.quality = Segments(theme, "Quality", _QUALITIES)
        self.quality.setToolTip(_QUALITY_TIP)
        self.seed = NumberField(theme, "Seed", minimum=0, maximum=_MAX_SEED)
        self.dice = IconButton(theme, "seed", "Another seed")
        self.add_labelled("Steps", self.steps, self.sampler)
        self.add_labelled("Quality", self.quality)
        self.add_labelled("Seed", self.seed, self.dice)
        self.steps.value_requested.connect(self._on_steps)
        self.seed.value_requested.connect(self._on_seed)
        self.sampler.choice_requested.connect(self._on_sampler)
        self.quality.choice_requested.connect(self._on_quality)
        self.dice.clicked.connect(lambda: self._on_seed(secrets.randbelow(_DICE_SIDES)))

    def show_settings(self, settings: GenerationSettings) -> None:
        """Show how the lane's sound is made."""
        self._settings = settings
        self.steps.show_value(settings.num_steps)
        self.sampler.show_choice(settings.sampler)
        self.quality.show_choice(str(settings.stride_latent_frames))
        self.seed.show_value(settings.seed)

    def _on_steps(self, num_steps: float) -> None:
        self._request(replace(self._settings, num_steps=int(num_steps)))

    def _on_seed(self, seed: float) -> None:
        self._request(replace(self._settings, seed=int(seed)))

    def _on_sampler(self, sampler: str) -> None:
        self._request(replace(self._settings, sampler=sampler))

    def _on_quality(self, stride: str) -> None:
        self._request(replace(self._settings, stride_latent_frames=int(stride)))

    def _request(self, settings: GenerationSettings) -> None:
        self.show_settings(settings)
        self.settings_requested.emit(settings)
