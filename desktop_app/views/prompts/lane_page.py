"""The inspector's page for the focused lane."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.project.project import LANE_COLOURS, MAX_GAIN_DB, MIN_GAIN_DB, Lane
from desktop_app.views.prompts.lane_title import LaneTitle
from desktop_app.views.prompts.section import Section
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.gesture import KEEP
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.slider_field import SliderField
from desktop_app.views.widgets.swatches import Swatches
from desktop_app.views.widgets.switch import Tick

_MAX_NAME_CHARACTERS = 80


class LanePage(QWidget):
    """Name, colour, level and pan.

    Args:
        theme: Colours and type.

    Signals:
        lane_change_requested (LaneId, dict): New values by field name: "name", "colour",
            "gain_db", "pan", "is_muted", "is_soloed".
        gesture_started (str): A knob was taken; the name of the step.
        gesture_ended (bool): It was let go; always to be kept.
    """

    lane_change_requested = Signal(object, object)
    gesture_started = Signal(str)
    gesture_ended = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane: Lane | None = None
        self.title = LaneTitle(theme)
        self._hint = Label(theme, "Select a lane to see how it sounds.", colour="text3")
        self.name = Field(theme, "Lane name")
        self.name.setMaxLength(_MAX_NAME_CHARACTERS)
        self.colours = Swatches(theme, LANE_COLOURS)
        self.level = SliderField(
            theme,
            "Level",
            minimum=MIN_GAIN_DB,
            maximum=MAX_GAIN_DB,
            step=0.5,
            decimals=1,
            default=0.0,
        )
        self.level.setToolTip("Level in dB; at the left end the lane is silent")
        self.pan = SliderField(
            theme, "Pan", minimum=-1.0, maximum=1.0, step=0.01, decimals=2, default=0.0, centre=0.0
        )
        self.pan.setToolTip("Left is -1, right is 1")
        self.mute = Tick(theme, "Mute")
        self.solo = Tick(theme, "Solo")
        self._head = Section(theme)
        self._head.add(self.title)
        self._head.add(self._hint)
        self._identity = Section(theme, "Name and colour")
        self._identity.add(self.name)
        self._identity.add(self.colours)
        self._sound = Section(theme, "Sound")
        for row in (self.level, self.pan, self.mute, self.solo):
            self._sound.add(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._head, self._identity, self._sound):
            column.addWidget(part)
        column.addStretch()
        self._connect()
        self.show_lane(None)

    def show_lane(self, lane: Lane | None) -> None:
        """Show a lane, or that none is selected."""
        if lane is None or self._lane is None or lane.id != self._lane.id:
            self.name.commit()
        self._lane = lane
        for part in (self._identity, self._sound):
            part.setVisible(lane is not None)
        self._hint.setVisible(lane is None)
        if lane is None:
            self.title.show_title("No lane selected", "", None)
            return
        num_clips = len(lane.clips)
        note = "1 clip" if num_clips == 1 else f"{num_clips} clips"
        self.title.show_title(lane.name, note, lane.colour)
        self.name.show_text(lane.name)
        self.colours.show_colour(lane.colour)
        self.level.show_value(lane.gain_db)
        self.pan.show_value(lane.pan)
        self.mute.show_on(is_on=lane.is_muted)
        self.solo.show_on(is_on=lane.is_soloed)

    def commit_pending(self) -> None:
        """Ask for the name that is typed and not yet asked for."""
        self.name.commit()

    def _connect(self) -> None:
        self.name.text_requested.connect(self._on_name)
        self.colours.colour_requested.connect(lambda name: self._request({"colour": name}))
        self.mute.toggle_requested.connect(lambda is_on: self._request({"is_muted": is_on}))
        self.solo.toggle_requested.connect(lambda is_on: self._request({"is_soloed": is_on}))
        for row, field, label in (
            (self.level, "gain_db", "Change level"),
            (self.pan, "pan", "Change pan"),
        ):
            row.value_requested.connect(lambda value, field=field: self._request({field: value}))
            row.drag_started.connect(lambda label=label: self.gesture_started.emit(label))
            row.drag_ended.connect(lambda: self.gesture_ended.emit(KEEP))

    def _on_name(self, name: str) -> None:
        if name.strip():
            self._request({"name": name.strip()})
        elif self._lane is not None:
            self.name.setText(self._lane.name)

    def _request(self, fields: dict[str, object]) -> None:
        if self._lane is not None:
            self.lane_change_requested.emit(self._lane.id, fields)
