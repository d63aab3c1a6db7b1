"""Segments, selects, switches, swatches: each shows a choice and asks for another."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.segments import Segments
from desktop_app.views.widgets.select import Select
from desktop_app.views.widgets.swatches import Swatches
from desktop_app.views.widgets.switch import Switch, Tick

CHOICES = (("a", "Apple"), ("b", "Bear"), ("c", "Cat"))


def test_segments_show_without_asking(theme: Theme, qtbot: QtBot) -> None:
    segments = Segments(theme, "Animal", CHOICES)
    qtbot.addWidget(segments)
    with qtbot.assertNotEmitted(segments.choice_requested):
        segments.show_choice("b")
    assert segments.choice == "b"
    segments.show_choice(None)
    assert segments.choice is None


def test_a_click_on_a_segment_asks(theme: Theme, qtbot: QtBot) -> None:
    segments = Segments(theme, "Animal", CHOICES)
    qtbot.addWidget(segments)
    with qtbot.waitSignal(segments.choice_requested) as asked:
        QTest.mouseClick(segments.button("c"), Qt.MouseButton.LeftButton)
    assert asked.args == ["c"]


def test_a_select_shows_without_asking_and_knows_various(theme: Theme, qtbot: QtBot) -> None:
    select = Select(theme, "Animal", CHOICES)
    qtbot.addWidget(select)
    with qtbot.assertNotEmitted(select.choice_requested):
        select.show_choice("c")
        assert (select.choice, select.currentText()) == ("c", "Cat")
        select.show_choice(None)
    assert select.choice is None


def test_choosing_from_a_select_asks(theme: Theme, qtbot: QtBot) -> None:
    select = Select(theme, "Animal", CHOICES)
    qtbot.addWidget(select)
    with qtbot.waitSignal(select.choice_requested) as asked:
        select.activated.emit(1)
    assert asked.args == ["b"]


def test_the_wheel_never_changes_a_select(theme: Theme, qtbot: QtBot) -> None:
    select = Select(theme, "Animal", CHOICES)
    qtbot.addWidget(select)
    QApplication.sendEvent(select, wheel_down())
    assert select.choice == "a"


def wheel_down() -> QWheelEvent:
    return QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def test_a_switch_shows_three_states_and_asks_for_the_opposite(theme: Theme, qtbot: QtBot) -> None:
    switch = Switch(theme, "Everywhere")
    qtbot.addWidget(switch)
    with qtbot.assertNotEmitted(switch.toggle_requested):
        switch.show_on(is_on=True)
        assert switch.isChecked()
        switch.show_on(is_on=None)
        assert switch.checkState() is Qt.CheckState.PartiallyChecked
        switch.show_on(is_on=False)
    with qtbot.waitSignal(switch.toggle_requested) as asked:
        QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert asked.args == [True]


def test_enter_toggles_a_tick(theme: Theme, qtbot: QtBot) -> None:
    tick = Tick(theme, "Markers")
    qtbot.addWidget(tick)
    with qtbot.waitSignal(tick.toggle_requested):
        QTest.keyClick(tick, Qt.Key.Key_Return)


def test_swatches_show_and_ask_by_name(theme: Theme, qtbot: QtBot) -> None:
    swatches = Swatches(theme, ("lagoon", "iris"))
    qtbot.addWidget(swatches)
    with qtbot.assertNotEmitted(swatches.colour_requested):
        swatches.show_colour("iris")
    with qtbot.waitSignal(swatches.colour_requested) as asked:
        swatches.button("lagoon").click()
    assert asked.args == ["lagoon"]
    assert swatches.button("iris").accessibleName() == "Iris"
