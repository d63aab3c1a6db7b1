import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.text_area import TextArea


@pytest.fixture
def area(qtbot: QtBot, theme: Theme) -> TextArea:
    widget = TextArea(theme, "Prompt", placeholder="What?", max_characters=12)
    qtbot.addWidget(widget)
    widget.show_text("rain")
    return widget


def record(area: TextArea) -> list[object]:
    told: list[object] = []
    area.gesture_started.connect(lambda: told.append("start"))
    area.text_requested.connect(told.append)
    area.gesture_ended.connect(lambda keeps: told.append(("end", keeps)))
    return told


def edit_of(area: TextArea) -> QPlainTextEdit:
    edit = area.findChild(QPlainTextEdit)
    assert edit is not None
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    return edit


def test_showing_text_asks_for_nothing(area: TextArea) -> None:
    told = record(area)
    area.show_text("storm")
    assert (told, area.text) == ([], "storm")


def test_writing_is_one_gesture_that_ends_with_ctrl_enter(area: TextArea) -> None:
    told = record(area)
    edit = edit_of(area)
    QTest.keyClicks(edit, "y!")
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told == ["start", "rainy", "rainy!", ("end", True)]


def test_escape_abandons_the_gesture(area: TextArea) -> None:
    told = record(area)
    edit = edit_of(area)
    QTest.keyClicks(edit, "y")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert told[-1] == ("end", False)
    assert not area.is_writing


def test_committing_without_writing_does_nothing(area: TextArea) -> None:
    told = record(area)
    area.commit()
    assert told == []


def test_an_echo_of_the_text_leaves_the_cursor_alone(area: TextArea) -> None:
    edit = edit_of(area)
    QTest.keyClicks(edit, "y")
    position = edit.textCursor().position()
    area.show_text("rainy")
    assert (edit.textCursor().position(), area.is_writing) == (position, True)


def test_text_that_is_too_long_is_cut(area: TextArea) -> None:
    told = record(area)
    edit_of(area).insertPlainText(" and a lot of wind")
    assert area.text == "rain and a l"
    assert told[-1] == "rain and a l"


def test_various_is_a_placeholder(area: TextArea) -> None:
    area.show_text(None)
    assert (area.text, edit_of(area).placeholderText()) == ("", "various")


def test_leaving_the_field_keeps_the_text(area: TextArea, theme: Theme, qtbot: QtBot) -> None:
    told = record(area)
    area.show()
    edit = edit_of(area)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, "y")
    edit.clearFocus()
    assert told[-1] == ("end", True)


def test_it_grows_with_its_text_and_scrolls_after_that(qtbot: QtBot, theme: Theme) -> None:
    area = TextArea(theme, "Prompt", placeholder="What?", max_characters=9_000)
    qtbot.addWidget(area)
    area.resize(240, area.height())
    area.show()
    small = area.height()
    area.show_text("rain " * 40)
    middle = area.height()
    area.show_text("rain " * 1_000)
    large = area.height()
    area.show_text("rain")
    assert small < middle < large < 3 * small
    assert area.height() == small
