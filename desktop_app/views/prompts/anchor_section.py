"""The sounds that a clip shall be like."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.project.project import PromptClip
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.slider_field import SliderField

_DEFAULT = 0.3
_STRENGTH_TIP = "0: only the words count; 1: only the sound"


class AnchorSection(Section):
    """Whose character a clip takes on, how much, and a button to take on the remembered one.

    Args:
        theme: Colours and type.

    Signals:
        give_requested (): The clips shall be like the remembered sound.
        change_requested (dict): New "anchors" or "anchor_strength".
        gesture_started (str): The knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    give_requested = Signal()
    change_requested = Signal(object)
    gesture_started = Signal(str)
    gesture_ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Like a sound", parent=parent)
        self._has_clips = False
        self._has_anchors = False
        self._remembered = ""
        self._reason = ""
        self._name = Label(theme, "", colour="text", weight=500, elides=True)
        self.remove = IconButton(theme, "cancel", "Be like no sound", icon_px=16)
        self.strength = SliderField(
            theme, "Likeness", minimum=0.0, maximum=1.0, step=0.05, decimals=2, default=_DEFAULT
        )
        self.give = Button(theme, "Be like it", icon="feather", height_px=28)
        self._label = self.add_labelled("Like", self._name, self.remove)
        self.add(self.strength)
        self.add(self.give)
        self.give.clicked.connect(self.give_requested)
        self.remove.clicked.connect(lambda: self.change_requested.emit({"anchors": ()}))
        self.strength.value_requested.connect(
            lambda value: self.change_requested.emit({"anchor_strength": value})
        )
        self.strength.drag_started.connect(lambda: self.gesture_started.emit("Change likeness"))
        self.strength.drag_ended.connect(self.gesture_ended)

    def show_clips(self, clips: tuple[PromptClip, ...]) -> None:
        """Show what clips shall be like."""
        anchors = {clip.anchors for clip in clips}
        strengths = {clip.anchor_strength for clip in clips}
        self._has_clips = bool(clips)
        self._has_anchors = any(anchors)
        if len(anchors) == 1:
            names = [anchor.name or "a sound" for anchor in next(iter(anchors))]
            self._name.show_text("; ".join(names))
        else:
            self._name.show_text("various")
        self.strength.show_value(strengths.pop() if len(strengths) == 1 else None)
        self._show_parts()

    def show_remembered(self, words: str) -> None:
        """Show which sound clips can be given; none for no words."""
        self._remembered = words
        self.give.show_text(f"Be like {words}" if words else "Be like it")
        self._show_parts()

    def show_reason(self, reason: str) -> None:
        """Show why the clips cannot be like a sound; they can for no words."""
        self._reason = reason
        self._show_parts()

    def _show_parts(self) -> None:
        for part in (self._label, self._name, self.remove, self.strength):
            part.setVisible(self._has_anchors)
        self.give.setVisible(bool(self._remembered))
        remedy = f"{self._reason} Choose another model for the lane, or go by words alone."
        self.show_note("not with this model" if self._reason else "")
        self.strength.setToolTip(remedy if self._reason else _STRENGTH_TIP)
        self.give.setToolTip(remedy if self._reason else "")
        self.strength.setEnabled(not self._reason)
        self.give.setEnabled(not self._reason)
        self.setVisible(self._has_clips and (self._has_anchors or bool(self._remembered)))
