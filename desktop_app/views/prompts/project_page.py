"""The inspector's page for the whole piece."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_app.project.project import MAX_PROMPT_CHARACTERS, Project
from desktop_app.views.prompts.lane_title import LaneTitle
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.text_area import TextArea
from desktop_app.views.widgets.time_text import clock_text

_METRES = tuple((str(beats), f"{beats}/4") for beats in range(2, 8))
_MAX_NAME_CHARACTERS = 120


class ProjectPage(QWidget):
    """Name, tempo, the words for everywhere, and what the model knows.

    Args:
        theme: Colours and type.

    Signals:
        name_requested (str): The project's new name.
        tempo_requested (float, int): Beats per minute, beats in a bar.
        everywhere_requested (str): The words for all clips.
        gesture_started (str): Several requests follow that are one step; its name.
        gesture_ended (bool): They are over; whether they shall stay.
    """

    name_requested = Signal(str)
    tempo_requested = Signal(float, int)
    everywhere_requested = Signal(str)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tempo_bpm = 120.0
        self._beats_per_bar = 4
        self.title = LaneTitle(theme)
        self.name = Field(theme, "Project name")
        self.name.setMaxLength(_MAX_NAME_CHARACTERS)
        self._length = Label(theme, "", colour="text", weight=500)
        self.tempo = NumberField(theme, "Tempo", minimum=20, maximum=400, decimals=1, suffix="bpm")
        self.metre = Select(theme, "Metre", _METRES)
        ScaledWidth(theme, self.metre, 64)
        self.everywhere = TextArea(
            theme,
            "Everywhere",
            placeholder="Words for the whole piece, for example \u201cnight, field recording\u201d",
            max_characters=MAX_PROMPT_CHARACTERS,
        )
        self._model_name = Label(theme, "", kind="strong", colour="text")
        self._model_lines = Label(theme, "")
        self._model_lines.setWordWrap(True)
        self._lay_out(theme)
        self.name.text_requested.connect(self._on_name)
        self.tempo.value_requested.connect(
            lambda bpm: self.tempo_requested.emit(bpm, self._beats_per_bar)
        )
        self.metre.choice_requested.connect(
            lambda beats: self.tempo_requested.emit(self._tempo_bpm, int(beats))
        )
        self.everywhere.text_requested.connect(self.everywhere_requested)
        self.everywhere.gesture_started.connect(
            lambda: self.gesture_started.emit("Change Everywhere")
        )
        self.everywhere.gesture_ended.connect(self.gesture_ended)

    def show_project(self, project: Project) -> None:
        """Show the whole piece."""
        self._tempo_bpm, self._beats_per_bar = project.tempo_bpm, project.beats_per_bar
        lanes = "1 lane" if len(project.lanes) == 1 else f"{len(project.lanes)} lanes"
        self.title.show_title(project.name, lanes, None)
        self.name.show_text(project.name)
        self._length.show_text(clock_text(project.end))
        self.tempo.show_value(project.tempo_bpm)
        self.metre.show_choice(str(project.beats_per_bar))
        self.everywhere.show_text(project.everywhere.text)

    def show_model(self, name: str, lines: str) -> None:
        """Show the model: its name, and what it knows and how fast it is."""
        self._model_name.show_text(name)
        self._model_lines.show_text(lines)

    def commit_pending(self) -> None:
        """Ask for whatever is typed and not yet asked for."""
        self.name.commit()
        self.everywhere.commit()

    def _lay_out(self, theme: Theme) -> None:
        head = Section(theme)
        head.add(self.title)
        piece = Section(theme, "Piece")
        piece.add_labelled("Name", self.name)
        piece.add_labelled("Length", self._length)
        piece.add_labelled("Tempo", self.tempo, self.metre)
        words = Section(theme, "Everywhere", "added to every clip")
        words.add(self.everywhere)
        model = Section(theme, "Model")
        # Not fixed: words that wrap need more height than the hint, which knows no width.
        model.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        model.add(self._model_name)
        model.add(self._model_lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (head, piece, words, model):
            column.addWidget(part)
        column.addStretch()

    def _on_name(self, name: str) -> None:
        if name.strip():
            self.name_requested.emit(name.strip())
