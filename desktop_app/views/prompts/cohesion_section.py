"""What keeps the pieces of a lane together."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.project.project import MAX_PERIOD_BARS, MAX_REFERENCE_SHARE, GenerationSettings
from desktop_app.views.prompts.section import LABEL_PX, Section
from desktop_app.views.prompts.values import CohesionFacts
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.slider_field import SliderField

_REPEAT_TIP = (
    "How much of the sound comes back in every period: 0.1 gives a pulse, 1 a copy (shared noise)"
)
_PERIOD_TIP = "After how many bars of the project's tempo it comes back; halves are possible"
_LIKE_START_TIP = (
    "How long all of the sound borrows from its beginning while it forms: more keeps one place and"
    " one voice (reference window)"
)


class CohesionSection(Section):
    """How much of the sound comes back, how soon, and how much it borrows from its beginning.

    Args:
        theme: Colours and type.

    Signals:
        settings_requested (GenerationSettings): The user wants these.
        gesture_started (str): A knob was taken; the name of the step.
        gesture_ended (): It was let go.
    """

    settings_requested = Signal(object)
    gesture_started = Signal(str)
    gesture_ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Cohesion", parent=parent)
        self._settings = GenerationSettings()
        self._facts = CohesionFacts()
        self.repeat = SliderField(
            theme, "Repetition", minimum=0.0, maximum=1.0, step=0.01, decimals=2, default=0.0
        )
        self.repeat.setToolTip(_REPEAT_TIP)
        self.period = NumberField(
            theme,
            "Period in bars",
            minimum=0.5,
            maximum=MAX_PERIOD_BARS,
            decimals=1,
            step=0.5,
            suffix="bars",
            trims_zeros=True,
        )
        self.period.setToolTip(_PERIOD_TIP)
        ScaledWidth(theme, self.period, 80)
        self.period_length = Label(theme, "", kind="small", colour="text3")
        self.like_start = SliderField(
            theme,
            "Like start",
            minimum=0.0,
            maximum=MAX_REFERENCE_SHARE,
            step=0.01,
            decimals=2,
            default=0.0,
        )
        self.like_start.setToolTip(_LIKE_START_TIP)
        self.repetition_note = _Note(theme)
        self.reference_note = _Note(theme)
        self.add(self.repeat)
        self.add_labelled("Every", self.period, self.period_length)
        self.add(self.repetition_note)
        self.add(self.like_start)
        self.add(self.reference_note)
        self._connect()

    def show_settings(self, settings: GenerationSettings) -> None:
        """Show how the lane's sound is kept together."""
        self._settings = settings
        self.repeat.show_value(settings.shared_noise)
        self.period.show_value(settings.period_bars)
        self.like_start.show_value(settings.reference_share)
        self.show_note("" if settings.shared_noise or settings.reference_share else "Off")
        self._show_possible()

    def show_facts(self, facts: CohesionFacts) -> None:
        """Show what the settings come to, and what cannot work."""
        self._facts = facts
        self.period_length.show_text(facts.period)
        self.repetition_note.show_text(facts.repetition)
        self.reference_note.show_text(facts.reference)
        self._show_possible()

    def _show_possible(self) -> None:
        """Switch off what cannot work; what is on can always be taken back."""
        facts, settings = self._facts, self._settings
        for row, is_possible, reason in (
            (self.repeat, facts.can_repeat or settings.shared_noise > 0.0, facts.repetition),
            (self.like_start, facts.can_borrow or settings.reference_share > 0.0, facts.reference),
        ):
            row.setEnabled(is_possible)
            row.setAccessibleDescription(reason)

    def _connect(self) -> None:
        self.repeat.value_requested.connect(
            lambda value: self._request(replace(self._settings, shared_noise=value))
        )
        self.like_start.value_requested.connect(
            lambda value: self._request(replace(self._settings, reference_share=value))
        )
        self.period.value_requested.connect(self._on_period)
        for row, label in (
            (self.repeat, "Change repetition"),
            (self.like_start, "Change likeness to the start"),
        ):
            row.drag_started.connect(lambda label=label: self.gesture_started.emit(label))
            row.drag_ended.connect(self.gesture_ended)

    def _on_period(self, bars: float) -> None:
        self._request(replace(self._settings, period_bars=max(0.5, round(2 * bars) / 2)))

    def _request(self, settings: GenerationSettings) -> None:
        self.show_settings(settings)
        self.settings_requested.emit(settings)


class _Note(QWidget):
    """A sentence below the fields, not below their labels; hidden without words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._words = Label(theme, "", kind="small", colour="text3")
        self._words.setWordWrap(True)
        room = Label(theme, "")
        ScaledWidth(theme, room, LABEL_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(room)
        row.addWidget(self._words, 1)
        self.hide()

    def text(self) -> str:
        """The sentence, or no words."""
        return self._words.text()

    def show_text(self, sentence: str) -> None:
        """Show another sentence, or hide."""
        self._words.show_text(sentence)
        self.setVisible(bool(sentence))
