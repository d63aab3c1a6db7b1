"""How strongly a clip's words are followed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import (
    MAX_GUIDANCE_SCALE,
    MAX_WEIGHT,
    CurveKind,
    Lane,
    PromptClip,
)
from desktop_app.views.prompts.curve_row import CurveRow
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.slider_field import SliderField

_CURVES_SHOWN = (
    ("", "None"),
    (CurveKind.WEIGHT.value, "Weight"),
    (CurveKind.GUIDANCE.value, "Guidance"),
)


class StrengthSection(Section):
    """Weight against the neighbours and guidance by the words.

    Args:
        theme: Colours and type.

    Where clips follow a curve, its row says so in place of the slider, and clears it.

    Signals:
        change_requested (dict): New "weight" or "guidance_scale", or a curve to "clear_curve".
        curve_shown_requested (CurveKind or None): Which curves the timeline shall show.
        gesture_started (str): A knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    change_requested = Signal(object)
    curve_shown_requested = Signal(object)
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
        self.weight_curve = CurveRow(theme, "Weight")
        self.guidance_curve = CurveRow(theme, "Guidance")
        for curve, kind in (
            (self.weight_curve, CurveKind.WEIGHT),
            (self.guidance_curve, CurveKind.GUIDANCE),
        ):
            self.add(curve)
            curve.clear_requested.connect(
                lambda kind=kind: self.change_requested.emit({"clear_curve": kind})
            )
        self.curve_shown = Segments(theme, "Curve on the timeline", _CURVES_SHOWN)
        self.curve_shown.setToolTip("Draw a value over time, over the lane's sound (V)")
        self.add_labelled("Curve", self.curve_shown)
        self.curve_shown.choice_requested.connect(
            lambda value: self.curve_shown_requested.emit(CurveKind(value) if value else None)
        )
        self.show_curve_kind(None)

    def show_curve_kind(self, kind: CurveKind | None) -> None:
        """Show which curves the timeline shows."""
        self.curve_shown.show_choice("" if kind is None else kind.value)

    def show_clips(self, clips: tuple[PromptClip, ...], lane: Lane | None) -> None:
        """Show what clips have in common; ``lane`` gives the colour."""
        weights = {clip.weight for clip in clips}
        scales = {clip.guidance_scale for clip in clips}
        self.weight.show_value(weights.pop() if len(weights) == 1 else None)
        self.guidance.show_value(scales.pop() if len(scales) == 1 else None)
        for number, curve, points in (
            (self.weight, self.weight_curve, [clip.weight_curve for clip in clips]),
            (self.guidance, self.guidance_curve, [clip.guidance_curve for clip in clips]),
        ):
            curve.show_curves(points)
            number.setVisible(not any(points))
            curve.setVisible(any(points))
        self.weight.slider.show_fill(f"lane.{lane.colour}" if lane else "text2")
