"""The bar below the menus."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QWidget
from typing_extensions import override

from desktop_app.project.time import Samples
from desktop_app.views.action_set import ActionSet
from desktop_app.views.theme.theme import Theme
from desktop_app.views.transport.engine_chip import EngineChip
from desktop_app.views.transport.master_meter import MasterMeter
from desktop_app.views.transport.play_button import PlayButton
from desktop_app.views.transport.time_display import TimeDisplay
from desktop_app.views.transport.value_stack import ValueStack
from desktop_app.views.transport.values import EngineStatus, MeterLevels, PlayState
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.sizing import ScaledWidth
from desktop_app.views.widgets.time_text import decibel_number

GRID_CHOICES = (
    ("adaptive", "Adaptive"),
    ("bar", "Bar"),
    ("beat", "Beat"),
    ("second", "Second"),
    ("tenth", "Tenth"),
    ("frame", "Frame"),
)
_TEMPO_CHOICE = ("tempo", "Tempo and metre\u2026")
_METRES = tuple((str(beats), f"{beats}/4") for beats in range(2, 8))
# The widths of the design leave no room for the main button.
_GENERATE_ROOM_PX = 200
_SILENCE_DB = -100.0
_FOLD_WIDTHS_PX = (1480, 1360, 1160, 1120)
"""Below these, in order: tempo and metre, the chip's name, bar and selection, the loudness."""


class TransportBar(QWidget):
    """Buttons that trigger the window's commands, the time, the grid, the engine and the meter.

    Args:
        theme: Colours and type.
        actions: The commands that the buttons trigger.

    Signals:
        seek_requested (Samples): The user typed this position.
        tempo_requested (float): Beats per minute.
        metre_requested (int): Beats in a bar.
        grid_requested (str): One of the values of ``GRID_CHOICES``.
        engine_requested (): The engine's chip was clicked.
        list_requested (str): The user wants to see "jobs", "clips" or "history".
        project_requested (): The user wants the page with tempo and metre.
    """

    seek_requested = Signal(object)
    tempo_requested = Signal(float)
    metre_requested = Signal(int)
    grid_requested = Signal(str)
    engine_requested = Signal()
    list_requested = Signal(str)
    project_requested = Signal()

    def __init__(self, theme: Theme, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Transport")
        self._grid_choice = "adaptive"
        self._window_px = 0
        self._has_generate = False
        self._build(theme, actions)
        self._lay_out()
        self._connect()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def show_state(self, state: PlayState) -> None:
        """Show what plays."""
        self.play.show_play_state(state)

    def show_time(self, position: Samples) -> None:
        """Show where the playhead is."""
        self.time.show_time(position)

    def show_selection(self, duration: Samples | None) -> None:
        """Show the length of the selected time; ``None`` for none."""
        self.time.show_selection(duration)

    def show_tempo(self, tempo_bpm: float, beats_per_bar: int) -> None:
        """Show tempo and metre."""
        self.tempo.show_value(tempo_bpm)
        self.metre.show_choice(str(beats_per_bar))
        self.time.show_tempo(tempo_bpm, beats_per_bar)

    def show_grid(self, grid: str) -> None:
        """Show what positions snap to, one of the values of ``GRID_CHOICES``."""
        self._grid_choice = grid
        self.grid_select.show_choice(grid)

    def show_engine(self, status: EngineStatus) -> None:
        """Show what the engine is doing."""
        self.engine.show_status(status)

    def show_levels(self, levels: MeterLevels) -> None:
        """Show the level of the mix."""
        self.meter.show_levels(levels)

    def show_loudness(self, lufs: float, true_peak_db: float) -> None:
        """Show short-term loudness and true peak; -100 and below is silence."""
        self.loudness.show_value(decibel_number(lufs, _SILENCE_DB))
        self.true_peak.show_value(decibel_number(true_peak_db, _SILENCE_DB))
        self.meter.setToolTip(
            f"Loudness {decibel_number(lufs, _SILENCE_DB)} LUFS,"
            f" true peak {decibel_number(true_peak_db, _SILENCE_DB)} dB"
        )

    def show_header_width(self, width_px: int) -> None:
        """Align the transport buttons with the timeline's left edge."""
        self._left.setFixedWidth(width_px)

    def show_generate_words(self, words: str) -> None:
        """Show what the main button would do."""
        self.generate.show_text(words)
        if self._window_px:
            self.show_window_width(self._window_px)

    def show_generate(self, *, is_visible: bool, keeps_room: bool) -> None:
        """Show the main button here, while the inspector that holds it is folded.

        Args:
            is_visible: Whether it is shown.
            keeps_room: Whether its place stays free while it is not, so that nothing jumps.
        """
        policy = self.generate.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps_room)
        self.generate.setSizePolicy(policy)
        self.generate.setVisible(is_visible)
        self._has_generate = is_visible or keeps_room
        if self._window_px:
            self.show_window_width(self._window_px)

    def show_window_width(self, width_px: int) -> None:
        """Let parts give way in a narrow window, or with large text."""
        self._window_px = width_px
        usable_px = round(width_px / max(1.0, self._theme.text_scale))
        usable_px -= _GENERATE_ROOM_PX if self._has_generate else 0
        num_folded = sum(usable_px < limit_px for limit_px in _FOLD_WIDTHS_PX)
        self._fold(num_folded)
        # The main button may say more than the design foresaw: then the next part gives way too,
        # and the chip at last; the status bar tells of the engine as well.
        while num_folded <= len(_FOLD_WIDTHS_PX) and self._row.minimumSize().width() > width_px:
            num_folded += 1
            self._fold(num_folded)

    def _fold(self, num: int) -> None:
        """Leave out the first ``num`` parts of ``_FOLD_WIDTHS_PX``, and the gaps beside them."""
        has_tempo = num < 1
        self.tempo.setVisible(has_tempo)
        self.metre.setVisible(has_tempo)
        choices = GRID_CHOICES if has_tempo else (*GRID_CHOICES, _TEMPO_CHOICE)
        if self.grid_select.count() != len(choices):
            self.grid_select.show_choices(choices)
            self.grid_select.show_choice(self._grid_choice)
        self.engine.show_narrow(is_narrow=num >= 2)
        self.time.show_narrow(is_narrow=num >= 3)
        self._loudness.setVisible(num < 4)
        self.engine.setVisible(num < 5)
        for widget, gap, gap_px in self._gaps:
            is_there = not widget.isHidden() or widget.sizePolicy().retainSizeWhenHidden()
            gap.changeSize(gap_px if is_there else 0, 0)
        self._row.invalidate()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.colour("line"))
        painter.end()

    def _build(self, theme: Theme, actions: ActionSet) -> None:
        self._left = QWidget()
        self.undo = _following(theme, actions, "undo")
        self.redo = _following(theme, actions, "redo")
        self.jobs = IconButton(theme, "queue", "Jobs")
        self.clips = IconButton(theme, "list", "List of clips")
        self.history = IconButton(theme, "history", "History")
        self.to_start = _following(theme, actions, "to_start")
        self.play = PlayButton(theme)
        self.play.follow_both(actions["play"], actions["pause"])
        self.stop = _following(theme, actions, "stop")
        self.loop = _following(theme, actions, "loop")
        self.follow = _following(theme, actions, "follow", width_px=32)
        self.time = TimeDisplay(theme)
        self.tempo = NumberField(theme, "Tempo", minimum=20, maximum=400, decimals=1, suffix="bpm")
        self.metre = Select(theme, "Metre", _METRES)
        self.snap = _following(theme, actions, "snap", width_px=32)
        self.grid_select = Select(theme, "Grid", GRID_CHOICES)
        self.generate = Button(theme, "Generate", kind=ButtonKind.MAIN, icon="generate")
        self.generate.hide()
        self.engine = EngineChip(theme)
        self.meter = MasterMeter(theme)
        self.loudness = ValueStack(theme, "LUFS S", "Short-term loudness")
        self.true_peak = ValueStack(theme, "PEAK", "True peak")
        for stack in (self.loudness, self.true_peak):
            stack.show_value(decibel_number(_SILENCE_DB, _SILENCE_DB))
        self._loudness = QWidget()

    def _lay_out(self) -> None:
        for field, width_px in ((self.tempo, 80), (self.metre, 56), (self.grid_select, 88)):
            ScaledWidth(self._theme, field, width_px)
        left = QHBoxLayout(self._left)
        left.setContentsMargins(11, 0, 0, 0)
        left.setSpacing(0)
        line = HairLine(self._theme, is_vertical=True, length_px=24, is_strong=True)
        lists = (self.jobs, self.clips, self.history)
        for button in (self.undo, self.redo):
            left.addWidget(button)
        left.addSpacing(7)
        left.addWidget(line)
        left.addSpacing(7)
        for button in lists:
            left.addWidget(button)
        left.addStretch()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addSpacing(2)
        groups: tuple[tuple[QWidget, int], ...] = (
            (self.to_start, 6),
            (self.play, 6),
            (self.stop, 8),
            (self.loop, 6),
            (self.follow, 16),
            (self.time, 16),
            (self.tempo, 4),
            (self.metre, 12),
            (self.snap, 4),
            (self.grid_select, 16),
            (self.generate, 8),
            (self.engine, 8),
        )
        self._gaps: list[tuple[QWidget, QSpacerItem, int]] = []
        for widget, gap_px in groups:
            row.addWidget(widget)
            gap = QSpacerItem(gap_px, 0)
            row.addSpacerItem(gap)
            self._gaps.append((widget, gap, gap_px))
        row.addStretch()
        loudness = QHBoxLayout(self._loudness)
        loudness.setContentsMargins(15, 0, 0, 0)
        loudness.setSpacing(8)
        loudness.addWidget(HairLine(self._theme, is_vertical=True, length_px=32, is_strong=True))
        loudness.addSpacing(4)
        loudness.addWidget(self.loudness)
        loudness.addWidget(self.true_peak)
        row.addWidget(self.meter)
        row.addWidget(self._loudness)
        row.addSpacing(4)

    def _connect(self) -> None:
        self.time.seek_requested.connect(self.seek_requested)
        self.tempo.value_requested.connect(self.tempo_requested)
        self.metre.choice_requested.connect(lambda beats: self.metre_requested.emit(int(beats)))
        self.grid_select.choice_requested.connect(self._on_grid)
        self.engine.clicked.connect(self.engine_requested)
        for name, button in (("jobs", self.jobs), ("clips", self.clips), ("history", self.history)):
            button.clicked.connect(lambda _=False, name=name: self.list_requested.emit(name))

    def _on_grid(self, choice: str) -> None:
        if choice == _TEMPO_CHOICE[0]:
            self.grid_select.show_choice(self._grid_choice)
            self.project_requested.emit()
            return
        self._grid_choice = choice
        self.grid_select.setToolTip("")
        self.grid_requested.emit(choice)

    def _apply_theme(self) -> None:
        self.setFixedHeight(self._theme.metric("transport"))
        if self._window_px:
            self.show_window_width(self._window_px)
        self.update()


def _following(theme: Theme, actions: ActionSet, command_id: str, width_px: int = 28) -> IconButton:
    command = actions.command(command_id)
    button = IconButton(theme, command.icon, command.name, width_px=width_px)
    button.follow(actions[command_id])
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
