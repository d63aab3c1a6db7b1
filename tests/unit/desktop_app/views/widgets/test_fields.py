import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.project.time import Samples, samples_from_seconds_rounded
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.number_field import NumberField
from desktop_app.views.widgets.time_field import TimeField


def typed(field: Field, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


@pytest.fixture
def number(qtbot: QtBot, theme: Theme) -> NumberField:
    field = NumberField(theme, "Steps", minimum=1, maximum=100, step=5)
    qtbot.addWidget(field)
    field.show_value(25)
    return field


def test_a_shown_value_is_not_asked_for(number: NumberField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(number.value_requested):
        number.show_value(50)
        number.commit()
    assert number.text() == "50"


def test_enter_asks_for_the_typed_number(number: NumberField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(number.value_requested) as asked:
        typed(number, "30")
    assert asked.args == [30.0]


def test_a_comma_is_a_decimal_point(theme: Theme, qtbot: QtBot) -> None:
    field = NumberField(theme, "Weight", minimum=0, maximum=4, decimals=2)
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.value_requested) as asked:
        typed(field, "1,25")
    assert asked.args == [1.25]


@pytest.mark.parametrize(
    ("text", "error"), [("many", "Write a number."), ("500", "Between 1 and 100.")]
)
def test_a_wrong_number_is_said_in_words_and_not_asked_for(
    number: NumberField, qtbot: QtBot, text: str, error: str
) -> None:
    with qtbot.assertNotEmitted(number.value_requested):
        typed(number, text)
    assert (number.error, number.accessibleDescription()) == (error, error)


def test_typing_again_takes_the_error_away(number: NumberField) -> None:
    typed(number, "many")
    QTest.keyClicks(number, "1")
    assert number.error == ""


def test_escape_brings_the_shown_text_back(number: NumberField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(number.value_requested):
        typed(number, "77", Qt.Key.Key_Escape)
    assert number.text() == "25"


def test_arrows_step_and_stop_at_the_ends(number: NumberField, qtbot: QtBot) -> None:
    asked: list[float] = []
    number.value_requested.connect(asked.append)
    number.show_value(92)
    for _ in range(3):
        QTest.keyClick(number, Qt.Key.Key_Up)
    assert asked == [97.0, 100.0]


def test_various_is_a_placeholder_not_a_value(number: NumberField, qtbot: QtBot) -> None:
    number.show_value(None)
    assert (number.text(), number.placeholderText(), number.value) == ("", "various", None)
    with qtbot.assertNotEmitted(number.value_requested):
        QTest.keyClick(number, Qt.Key.Key_Up)


def test_trailing_zeros_can_be_left_out(theme: Theme, qtbot: QtBot) -> None:
    field = NumberField(theme, "Fade", minimum=0, maximum=9, decimals=2, trims_zeros=True)
    qtbot.addWidget(field)
    texts = []
    for value in (4.0, 1.5, 0.04):
        field.show_value(value)
        texts.append(field.text())
    assert texts == ["4", "1.5", "0.04"]


def test_a_time_field_asks_in_samples(theme: Theme, qtbot: QtBot) -> None:
    field = TimeField(theme, "Start")
    qtbot.addWidget(field)
    field.show_time(samples_from_seconds_rounded(44))
    assert field.text() == "0:44.000"
    with qtbot.waitSignal(field.time_requested) as asked:
        typed(field, "+5")
    assert asked.args == [samples_from_seconds_rounded(49)]
    assert field.text() == "0:49.000"


def test_a_length_is_more_than_zero(theme: Theme, qtbot: QtBot) -> None:
    field = TimeField(theme, "Length", is_duration=True)
    qtbot.addWidget(field)
    field.show_time(Samples(48_000))
    with qtbot.assertNotEmitted(field.time_requested):
        typed(field, "0")
    assert field.error == "A length is more than zero."


def test_a_time_field_says_what_is_wrong(theme: Theme, qtbot: QtBot) -> None:
    field = TimeField(theme, "Start")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.error_changed):
        typed(field, "0:4x")
    assert field.error == "Write a time such as 1:52, 112s or +5."


def test_bars_are_read_in_the_projects_tempo(theme: Theme, qtbot: QtBot) -> None:
    field = TimeField(theme, "Start")
    qtbot.addWidget(field)
    field.show_tempo(60.0, 3)
    with qtbot.waitSignal(field.time_requested) as asked:
        typed(field, "2.1.1")
    assert asked.args == [samples_from_seconds_rounded(3)]


def test_a_text_under_edit_is_not_overwritten(theme: Theme, qtbot: QtBot) -> None:
    field = Field(theme, "Name")
    qtbot.addWidget(field)
    field.show()
    field.show_text("Rain")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "y")
    field.show_text("Storm")
    assert "y" in field.text()
