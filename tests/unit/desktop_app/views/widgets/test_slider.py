import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.slider import Slider
from desktop_app.views.widgets.slider_field import SliderField


@pytest.fixture
def slider(qtbot: QtBot, theme: Theme) -> Slider:
    widget = Slider(theme, "Pan", minimum=-1, maximum=1, step=0.01, default=0.0, centre=0.0)
    qtbot.addWidget(widget)
    widget.resize(217, 24)
    return widget


def test_showing_a_value_does_not_ask(slider: Slider, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(slider.value_requested):
        slider.show_value(0.5)
    assert slider.value() == 150


def test_arrow_keys_ask_one_step_on(slider: Slider, qtbot: QtBot) -> None:
    slider.show_value(0.0)
    with qtbot.waitSignal(slider.value_requested) as asked:
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert asked.args == [0.01]


def test_a_drag_is_framed_and_asks_for_where_the_pointer_is(slider: Slider, qtbot: QtBot) -> None:
    slider.show_value(0.0)
    told: list[object] = []
    slider.drag_started.connect(lambda: told.append("start"))
    slider.value_requested.connect(told.append)
    slider.drag_ended.connect(lambda: told.append("end"))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(108, 12))
    QTest.mouseMove(slider, QPoint(158, 12))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(158, 12))
    assert told[0] == "start"
    assert told[-1] == "end"
    assert told[1] == pytest.approx(0.49, abs=0.02)


def test_ctrl_click_asks_for_the_default(slider: Slider, qtbot: QtBot) -> None:
    slider.show_value(0.7)
    with qtbot.waitSignal(slider.value_requested) as asked:
        QTest.mouseClick(
            slider,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            QPoint(10, 12),
        )
    assert asked.args == [0.0]


def test_a_double_click_wants_a_number_to_be_typed(slider: Slider, qtbot: QtBot) -> None:
    with qtbot.waitSignal(slider.typing_requested):
        QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(108, 12))


def test_slider_and_field_follow_each_other(theme: Theme, qtbot: QtBot) -> None:
    row = SliderField(
        theme,
        "Weight",
        minimum=0.05,
        maximum=2.0,
        field_maximum=4.0,
        step=0.05,
        decimals=2,
        default=1.0,
    )
    qtbot.addWidget(row)
    row.show_value(1.2)
    assert row.field.text() == "1.20"
    asked: list[float] = []
    row.value_requested.connect(asked.append)
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.field.text() == "1.25"
    row.field.selectAll()
    QTest.keyClicks(row.field, "3.5")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert asked == [1.25, 3.5]
    assert row.slider.value() == row.slider.maximum()


def test_various_stands_in_the_field(theme: Theme, qtbot: QtBot) -> None:
    row = SliderField(theme, "Pan", minimum=0, maximum=1, step=0.1, decimals=1, default=0.5)
    qtbot.addWidget(row)
    row.show_value(None)
    assert row.field.placeholderText() == "various"
