"""How strongly a clip's words are followed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import MAX_GUIDANCE_SCALE, MAX_WEIGHT, Lane, PromptClip
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.slider_field import SliderField


class StrengthSection(Section):
    """Weight against the neighbours and guidance by the words.

    Args:
        theme: Colours and type.

    Signals:
        change_requested (dict): New "weight" or "guidance_scale".
        gesture_started (str): A knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    change_requested = Signal(object)
    gesture_started = Signal(str)
    gesture_ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Strength", parent=parent)
        self.weight = SliderField(
            theme,
            "Weight",
            minimum=0.05,
            maximum=2.0,
            field_maximum=MAX_WEIGHT,
            step=0.05,
            decimals=2,
            default=1.0,
            centre=1.0,
        )
        self.weight.setToolTip("Strength against the clips that overlap this one")
        self.guidance = SliderField(
            theme,
            "Guidance",
            minimum=1.0,
            maximum=8.0,
            field_maximum=MAX_GUIDANCE_SCALE,
            step=0.1,
            decimals=1,
            default=1.5,
        )
        self.guidance.setToolTip("How closely the sound follows the words (guidance scale)")
        for row, name, label in (
            (self.weight, "weight", "Change weight"),
            (self.guidance, "guidance_scale", "Change guidance"),
        ):
            self.add(row)
            row.value_requested.connect(
                lambda value, name=name: self.change_requested.emit({name: value})
            )
            row.drag_started.connect(lambda label=label: self.gesture_started.emit(label))
            row.drag_ended.connect(self.gesture_ended)

    def show_clips(self, clips: tuple[PromptClip, ...], lane: Lane | None) -> None:
        """Show what clips have in common; ``lane`` gives the colour."""
        weights = {clip.weight for clip in clips}
        scales = {clip.guidance_scale for clip in clips}
        self.weight.show_value(weights.pop() if len(weights) == 1 else None)
        self.guidance.show_value(scales.pop() if len(scales) == 1 else None)
        self.weight.slider.show_fill(f"lane.{lane.colour}" if lane else "text2")
