"""The sound that a clip starts from."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import PromptClip
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.slider_field import SliderField


class SourceSection(Section):
    """Name of the file, how far its sound is left, and a button to start from nothing.

    Args:
        theme: Colours and type.

    Signals:
        strength_requested (float): How far the sound shall be left, 0 to 1.
        remove_requested (): The clip shall start from nothing.
        gesture_started (str): The knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    strength_requested = Signal(float)
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
        self.add(self.amount)
        self.remove.clicked.connect(self.remove_requested)
        self.amount.value_requested.connect(self.strength_requested)
        self.amount.drag_started.connect(lambda: self.gesture_started.emit("Change amount"))
        self.amount.drag_ended.connect(self.gesture_ended)

    def show_clips(self, clips: tuple[PromptClip, ...]) -> None:
        """Show the sound of a single clip that starts from one; hidden otherwise."""
        source = clips[0].source if len(clips) == 1 else None
        self.setVisible(source is not None)
        if source is not None:
            self._name.show_text(source.name or "A sound")
            self.amount.show_value(source.strength)
