import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.project.time import Samples, samples_from_seconds_rounded
from desktop_app.views.action_set import ActionSet
from desktop_app.views.theme.theme import Theme, load_theme
from desktop_app.views.transport.transport_bar import TransportBar
from desktop_app.views.transport.values import (
    EngineState,
    EngineStatus,
    MeterLevels,
    PlayState,
)
from desktop_app.views.widgets.painting import meter_ground


@pytest.fixture
def actions(theme: Theme) -> ActionSet:
    return ActionSet(theme)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, actions: ActionSet) -> TransportBar:
    widget = TransportBar(theme, actions)
    qtbot.addWidget(widget)
    widget.show_window_width(1600)
    return widget


@pytest.mark.parametrize(
    "command", ["undo", "redo", "to_start", "play", "stop", "loop", "follow", "snap"]
)
def test_buttons_trigger_their_commands(
    bar: TransportBar, actions: ActionSet, qtbot: QtBot, command: str
) -> None:
    with qtbot.waitSignal(actions[command].triggered):
        getattr(bar, command).click()


def test_the_play_button_says_what_plays(bar: TransportBar) -> None:
    for state in PlayState:
        bar.show_state(state)
        assert bar.play.accessibleDescription() == state.value
        assert not bar.play.grab().isNull()


def test_a_typed_time_is_asked_for(bar: TransportBar, qtbot: QtBot) -> None:
    bar.show_time(samples_from_seconds_rounded(10))
    bar.time.start_typing()
    with qtbot.waitSignal(bar.seek_requested) as asked:
        QTest.keyClicks(bar.time._field, "+2")
        bar.time._field.setText("+2")
        bar.time._field.commit()
    assert asked.args == [samples_from_seconds_rounded(12)]


def test_tempo_metre_and_grid_ask_with_their_values(bar: TransportBar, qtbot: QtBot) -> None:
    bar.show_tempo(92.0, 4)
    assert bar.tempo.text() == "92.0"
    with qtbot.waitSignal(bar.metre_requested) as metre:
        bar.metre.activated.emit(1)
    with qtbot.waitSignal(bar.grid_requested) as grid:
        bar.grid_select.activated.emit(2)
    with qtbot.waitSignal(bar.tempo_requested) as tempo:
        QTest.keyClick(bar.tempo, Qt.Key.Key_Up)
    assert (metre.args, grid.args, tempo.args) == ([3], ["beat"], [93.0])


@pytest.mark.parametrize("state", list(EngineState))
def test_the_chip_says_its_state_in_words(bar: TransportBar, state: EngineState) -> None:
    bar.show_engine(EngineStatus(state=state, model="Starter S", note="CPU"))
    assert bar.engine.accessibleName().startswith("Engine: Starter S, ")
    assert state.value.replace("_", " ") in bar.engine.accessibleName()
    assert not bar.engine.grab().isNull()


def test_lists_are_asked_for_by_name(bar: TransportBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.list_requested) as asked:
        bar.history.click()
    assert asked.args == ["history"]


def test_parts_give_way_in_the_order_of_the_design(bar: TransportBar) -> None:
    shown = {}
    for width in (1600, 1479, 1359, 1159, 1119):
        bar.show_window_width(width)
        shown[width] = (
            bar.tempo.isVisibleTo(bar),
            bar.engine.width() > 150,
            bar.time.width() > 200,
            bar.loudness.isVisibleTo(bar),
        )
    assert list(shown.values()) == [
        (True, True, True, True),
        (False, True, True, True),
        (False, False, True, True),
        (False, False, False, True),
        (False, False, False, False),
    ]


def test_tempo_moves_into_the_grid_menu_and_leads_to_the_project(
    bar: TransportBar, qtbot: QtBot
) -> None:
    bar.show_grid("bar")
    bar.show_window_width(1200)
    assert bar.grid_select.choice == "bar"
    with qtbot.waitSignal(bar.project_requested):
        bar.grid_select.activated.emit(bar.grid_select.count() - 1)
    assert bar.grid_select.choice == "bar"


def test_large_text_folds_as_a_narrow_window_does(bar: TransportBar, theme: Theme) -> None:
    theme.set_text_scale(1.5)
    assert not bar.tempo.isVisibleTo(bar)


def test_time_and_levels_are_shown_as_told(bar: TransportBar) -> None:
    assert bar.loudness.accessibleName() == "Short-term loudness \u2212\u221e"
    bar.show_time(Samples(48_000))
    bar.show_selection(samples_from_seconds_rounded(68))
    bar.show_selection(None)
    bar.show_levels(MeterLevels(left_db=-18, right_db=0.5, left_held_db=-12, right_held_db=0.5))
    bar.show_loudness(-18.4, -4.1)
    assert bar.meter.accessibleDescription() == "Peak 0.5 dB"
    assert bar.loudness.accessibleName() == "Short-term loudness \u221218.4"
    assert not bar.grab().isNull()


@pytest.mark.parametrize("name", ["dark", "light", "high_contrast"])
def test_an_empty_meter_can_be_seen_in_every_theme(name: str) -> None:
    theme = load_theme(name)
    ground = theme.colour(meter_ground(name))
    assert ground not in (theme.colour("panel"), theme.colour("raised"), theme.colour("ok"))
