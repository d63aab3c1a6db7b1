"""The middle column of the export dialog: the choices."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from desktop_app.views.dialogs.export_values import (
    COLLISION_CHOICES,
    FILES_CHOICES,
    FORMAT_CHOICES,
    RATE_CHOICES,
    ExportChoices,
)
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.switch import Tick

_LABEL_PX = 88


class ExportForm(QWidget):
    """What, how, where and under which names.

    Args:
        theme: Colours and type.

    Signals:
        choices_requested (ExportChoices): The user wants these.
        folder_requested (): The user wants another folder.
    """

    choices_requested = Signal(object)
    folder_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices = ExportChoices()
        self.files = Segments(theme, "Files", FILES_CHOICES)
        self.range = Select(theme, "Range", (("all", "Whole project"),))
        self.format = Select(theme, "Format", FORMAT_CHOICES)
        self.rate = Select(theme, "Rate", RATE_CHOICES)
        self.folder = Button(theme, "Choose a folder", icon="folder", key_text="Change")
        self.pattern = Field(theme, "Pattern")
        self.pattern.setToolTip("{project}, {nn} number of the lane, {lane}, {bpm}, {rate}, {bits}")
        self.collision = Segments(theme, "If it exists", COLLISION_CHOICES)
        self.markers = Tick(theme, "Time stamp, markers")
        self.recipe = Tick(theme, "Recipe of every take")
        self.prompts = Tick(theme, "Prompts")
        self.loop = Tick(theme, "Loop points")
        self.ai_tag = Tick(theme, "Made-by-AI tag")
        self.session = Tick(theme, "DAWproject session")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 16, 24, 16)
        self._column.setSpacing(8)
        self._lay_out()
        self._connect()

    @property
    def choices(self) -> ExportChoices:
        """The choices shown."""
        return self._choices

    def show_ranges(self, ranges: tuple[tuple[str, str], ...]) -> None:
        """Offer ranges: "all" and words, then "selection" and "loop" where there are such."""
        self.range.show_choices(ranges)
        self.range.show_choice(self._choices.range)

    def show_choices(self, choices: ExportChoices) -> None:
        """Show choices."""
        self._choices = choices
        self.files.show_choice(choices.files)
        self.range.show_choice(choices.range)
        self.format.show_choice(choices.sample_format)
        self.rate.show_choice(str(choices.sample_rate))
        self.folder.show_text(choices.folder or "Choose a folder")
        self.folder.setToolTip(choices.folder)
        self.pattern.show_text(choices.pattern)
        self.collision.show_choice(choices.on_collision)
        self.markers.show_on(is_on=choices.includes_markers)
        self.recipe.show_on(is_on=choices.includes_recipe)
        self.prompts.show_on(is_on=choices.includes_prompts)
        # Prompts are a part of the recipe.
        self.prompts.setEnabled(choices.includes_recipe)
        self.loop.show_on(is_on=choices.includes_loop)
        self.ai_tag.show_on(is_on=choices.includes_ai_tag)
        self.session.show_on(is_on=choices.has_session)

    def _lay_out(self) -> None:
        rows: tuple[tuple[str, tuple[tuple[str, tuple[QWidget, ...]], ...]], ...] = (
            ("What", (("Files", (self.files,)), ("Range", (self.range,)))),
            ("Sound", (("Format", (self.format,)), ("Rate", (self.rate,)))),
            (
                "Names",
                (
                    ("Folder", (self.folder,)),
                    ("Pattern", (self.pattern,)),
                    ("If it exists", (self.collision,)),
                ),
            ),
        )
        for title, labelled in rows:
            self._column.addWidget(Label(self._theme, title, colour="text", weight=600))
            for label, widgets in labelled:
                self._column.addLayout(self._row(label, widgets))
            self._column.addSpacing(12)
        self._column.addWidget(Label(self._theme, "Inside the files", colour="text", weight=600))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        ticks = (
            (self.markers, self.loop),
            (self.recipe, self.ai_tag),
            (self.prompts, self.session),
        )
        for row, pair in enumerate(ticks):
            for column, tick in enumerate(pair):
                grid.addWidget(tick, row, column)
        self._column.addLayout(grid)
        self._column.addStretch()

    def _row(self, label: str, widgets: tuple[QWidget, ...]) -> QLayout:
        words = Label(self._theme, label)
        ScaledWidth(self._theme, words, _LABEL_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(words)
        for widget in widgets:
            row.addWidget(widget, 1)
        return row

    def _connect(self) -> None:
        self.folder.clicked.connect(self.folder_requested)
        self.files.choice_requested.connect(
            lambda files: self._request(replace(self._choices, files=files))
        )
        self.range.choice_requested.connect(
            lambda name: self._request(replace(self._choices, range=name))
        )
        self.format.choice_requested.connect(
            lambda name: self._request(replace(self._choices, sample_format=name))
        )
        self.rate.choice_requested.connect(
            lambda rate: self._request(replace(self._choices, sample_rate=int(rate)))
        )
        self.collision.choice_requested.connect(
            lambda name: self._request(replace(self._choices, on_collision=name))
        )
        self.pattern.text_requested.connect(
            lambda pattern: self._request(replace(self._choices, pattern=pattern))
        )
        self.markers.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, includes_markers=is_on))
        )
        self.prompts.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, includes_prompts=is_on))
        )
        self.loop.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, includes_loop=is_on))
        )
        self.ai_tag.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, includes_ai_tag=is_on))
        )
        self.session.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, has_session=is_on))
        )
        self.recipe.toggle_requested.connect(
            lambda is_on: self._request(replace(self._choices, includes_recipe=is_on))
        )

    def _request(self, choices: ExportChoices) -> None:
        self.show_choices(choices)
        self.choices_requested.emit(choices)
