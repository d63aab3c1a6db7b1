"""The sound that a clip starts from."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import PromptClip, SourceNoise
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.slider_field import SliderField

_NOISES = ((SourceNoise.HASH.value, "New"), (SourceNoise.INVERSION.value, "Its own"))
_NOISE_TIP = (
    "Its own keeps more of the sound at the same amount, and costs a run over it (DDIM inversion)"
)


class SourceSection(Section):
    """Name of the file, how far its sound is left and along which noise, and a way back.

    Args:
        theme: Colours and type.

    Signals:
        strength_requested (float): How far the sound shall be left, 0 to 1.
        noise_requested (SourceNoise): What stands for the noise of the sound.
        remove_requested (): The clip shall start from nothing.
        gesture_started (str): The knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    strength_requested = Signal(float)
    noise_requested = Signal(object)
    remove_requested = Signal()
    gesture_started = Signal(str)
    gesture_ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Starts from a sound", parent=parent)
        self._name = Label(theme, "", colour="text", weight=500, elides=True)
        self.remove = IconButton(theme, "cancel", "Start from nothing", icon_px=16)
        self.amount = SliderField(
            theme, "Amount", minimum=0.0, maximum=1.0, step=0.05, decimals=2, default=0.0
        )
        self.amount.setToolTip(
            "0 keeps the sound as it is; 1 leaves only the words (strength of SDEdit)"
        )
        self.add_labelled("File", self._name, self.remove)
        self.noise = Segments(theme, "Noise", _NOISES)
        self.noise.setToolTip(_NOISE_TIP)
        self.add(self.amount)
        self.add_labelled("Noise", self.noise)
        self.remove.clicked.connect(self.remove_requested)
        self.amount.value_requested.connect(self.strength_requested)
        self.noise.choice_requested.connect(self._on_noise)
        self.amount.drag_started.connect(lambda: self.gesture_started.emit("Change amount"))
        self.amount.drag_ended.connect(self.gesture_ended)

    def show_clips(self, clips: tuple[PromptClip, ...]) -> None:
        """Show the sound of a single clip that starts from one; hidden otherwise."""
        source = clips[0].source if len(clips) == 1 else None
        self.setVisible(source is not None)
        if source is not None:
            self._name.show_text(source.name or "A sound")
            self.amount.show_value(source.strength)
            self.noise.show_choice(source.noise.value)

    def _on_noise(self, noise: str) -> None:
        # One step with a name of its own: as an edit it is a change of the same source.
        self.gesture_started.emit("Change the sound's noise")
        self.noise_requested.emit(SourceNoise(noise))
        self.gesture_ended.emit()
