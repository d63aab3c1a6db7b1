"""The main window as a whole: folding, keys, names, the one amber button."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.views.commands import COMMANDS
from desktop_app.views.main_window import MainWindow
from desktop_app.views.message_strip import MessageKind
from desktop_app.views.theme.theme import Theme, load_theme
from desktop_app.views.widgets.button import Button
from desktop_app.views.widgets.label import Label
from tests.gui.shell_window import window_with_piece

NAMED = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return load_theme("dark")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:
    shown = window_with_piece(theme)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    shown.activateWindow()
    yield shown
    shown.hide()


def prompt_of(window: MainWindow) -> QPlainTextEdit:
    edit = window.inspector.clip_page.prompt.findChild(QPlainTextEdit)
    assert edit is not None
    edit.setFocus()
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    return edit


def focused_widget() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def triggered(window: MainWindow) -> list[str]:
    told: list[str] = []
    for action in window.commands:
        name = action.objectName()
        action.triggered.connect(lambda _=False, name=name: told.append(name))
    return told


def amber_buttons(window: MainWindow) -> list[QWidget]:
    return [
        button
        for button in (window.transport.generate, window.inspector.foot.generate)
        if button.isVisible()
    ]


def own_widgets(window: MainWindow) -> list[QWidget]:
    """What we made: not the parts that Qt adds inside its own controls."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.window() is window
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), QAbstractItemView | QComboBox)
        and type(widget).__name__ not in {"QTableCornerButton", "QComboBoxListView"}
    ]


def test_every_control_has_a_name(window: MainWindow) -> None:
    window.message_strip.show_message(MessageKind.INFO, "Hello", (("a", "Answer"),))
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in own_widgets(window)
        if isinstance(widget, NAMED) and not widget.accessibleName().strip()
    ]
    assert nameless == []


def test_every_control_without_words_has_a_tooltip(window: MainWindow) -> None:
    silent = [
        widget.accessibleName()
        for widget in own_widgets(window)
        if isinstance(widget, QToolButton) and not widget.text() and not widget.toolTip()
    ]
    assert silent == []


def test_whatever_takes_the_keyboard_has_a_name_and_can_be_reached(window: MainWindow) -> None:
    unnamed = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in own_widgets(window)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName().strip()
    ]
    assert unnamed == []


def test_letters_are_dead_as_commands_while_text_is_written(
    window: MainWindow, qtbot: QtBot
) -> None:
    edit = prompt_of(window)
    qtbot.waitUntil(edit.hasFocus)
    told = triggered(window)
    before = edit.toPlainText()
    QTest.keyClicks(edit, "plnmsiz RSM")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Backspace):
        QTest.keyClick(edit, key)
    assert told == []
    assert edit.toPlainText() == before + "plnmsiz RS"


def test_letters_are_commands_elsewhere(window: MainWindow) -> None:
    window.timeline.setFocus()
    told = triggered(window)
    letters = (
        (Qt.Key.Key_Space, "play"),
        (Qt.Key.Key_P, "pause"),
        (Qt.Key.Key_L, "loop"),
        (Qt.Key.Key_N, "snap"),
        (Qt.Key.Key_M, "marker"),
        (Qt.Key.Key_S, "split"),
        (Qt.Key.Key_I, "clip_draw"),
        (Qt.Key.Key_Z, "zoom_selection"),
        (Qt.Key.Key_Home, "to_start"),
        (Qt.Key.Key_End, "to_end"),
        (Qt.Key.Key_Delete, "delete"),
    )
    for key, _ in letters:
        QTest.keyClick(window.timeline, key)
    assert told == [command for _, command in letters]


def test_space_plays_even_with_a_button_focused(window: MainWindow, qtbot: QtBot) -> None:
    window.transport.loop.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(window.transport.loop.hasFocus)
    told = triggered(window)
    QTest.keyClick(window.transport.loop, Qt.Key.Key_Space)
    assert told == ["play"]


def test_commands_work_on_what_has_been_typed(window: MainWindow, qtbot: QtBot) -> None:
    told: list[object] = []
    window.inspector.gesture_ended.connect(lambda keeps: told.append(("kept", keeps)))
    window.commands["generate"].triggered.connect(lambda: told.append("generate"))
    edit = prompt_of(window)
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, "!")
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told == [("kept", True), "generate"]


def test_there_is_one_amber_button_wherever_it_is(window: MainWindow) -> None:
    assert amber_buttons(window) == [window.inspector.foot.generate]
    window.commands["show_inspector"].trigger()
    assert amber_buttons(window) == [window.transport.generate]
    window.commands["show_inspector"].trigger()
    window.resize(1200, 800)
    assert amber_buttons(window) == [window.transport.generate]
    window.panels.show_inspector(is_shown=True)
    assert amber_buttons(window) == [window.inspector.foot.generate]


def test_the_amber_button_triggers_the_command_where_it_is_enabled(
    window: MainWindow, qtbot: QtBot
) -> None:
    told = triggered(window)
    window.inspector.foot.generate.click()
    window.transport.generate.click()
    assert told == ["generate", "generate"]
    window.show_generate("Draw a clip first", enabled=False, reason="There is no clip.")
    assert not window.commands["generate"].isEnabled()
    assert not window.transport.generate.isEnabled()


def test_a_narrow_window_turns_the_inspector_into_a_rail(window: MainWindow) -> None:
    window.resize(1239, 800)
    assert window.panels.rail.isVisible()
    assert not window.inspector.isVisible()
    rail_button = window.panels.rail.findChildren(QToolButton)[3]
    rail_button.click()
    assert window.inspector.isVisible()
    assert window.inspector.tab == "project"
    rail_button.click()
    assert not window.inspector.isVisible()
    window.resize(1240, 800)
    assert window.inspector.isVisible()
    assert not window.panels.rail.isVisible()


def test_lane_headers_are_told_to_narrow(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.header_width_changed) as told:
        window.resize(1159, 800)
    assert told.args == [176]


def test_a_low_window_opens_the_dock_over_the_lanes(window: MainWindow) -> None:
    window.show_list("jobs")
    assert window.timeline.height() + window.dock.height() == window.panels.height()
    window.resize(1300, 690)
    assert window.timeline.height() == window.panels.height()


def test_lists_open_change_and_fold(window: MainWindow) -> None:
    window.transport.clips.click()
    assert (window.dock.isVisible(), window.dock.page) == (True, "clips")
    window.transport.history.click()
    assert (window.dock.isVisible(), window.dock.page) == (True, "history")
    window.transport.history.click()
    assert not window.dock.isVisible()
    assert not window.commands["show_dock"].isChecked()


def test_f6_walks_the_areas_and_comes_back(window: MainWindow) -> None:
    window.timeline.setFocus()
    visited = []
    for _ in range(4):
        window.show_next_area(1)
        focused = focused_widget()
        areas = (window.transport, window.timeline, window.inspector, window.status)
        visited.append(
            [area is focused or area.isAncestorOf(focused) for area in areas].index(True)
        )
    assert visited == [2, 3, 0, 1]
    window.show_next_area(-1)
    assert window.transport.isAncestorOf(focused_widget())


def test_every_command_is_in_a_menu(window: MainWindow) -> None:
    in_menus = {
        action.objectName()
        for command in COMMANDS
        for action in window.menus.menu(command.menu.replace("&", "")).actions()
    }
    assert {command.id for command in COMMANDS} <= in_menus


def test_recent_projects_are_opened_by_path(window: MainWindow, qtbot: QtBot) -> None:
    window.show_recent((("/music/valley", "Valley & dawn"),))
    action = window.menus.menu("File/Open recent").actions()[0]
    assert action.text() == "Valley && dawn"
    with qtbot.waitSignal(window.open_recent_requested) as asked:
        action.trigger()
    assert asked.args == ["/music/valley"]


def test_appearances_exclude_each_other(window: MainWindow, qtbot: QtBot) -> None:
    window.menus.show_theme("dark")
    with qtbot.waitSignal(window.theme_requested) as asked:
        window.commands["theme_light"].trigger()
    assert asked.args == ["light"]
    assert not window.commands["theme_dark"].isChecked()


def test_undo_says_what_it_undoes(window: MainWindow) -> None:
    window.show_undo("Move clips", "")
    assert window.commands["undo"].text() == "Undo move clips"
    assert window.transport.undo.toolTip() == "Undo move clips (Ctrl+Z)"
    assert not window.transport.redo.isEnabled()


def test_whoever_listens_can_keep_the_window_open(window: MainWindow) -> None:
    def refuse(event: QCloseEvent) -> None:
        event.ignore()

    window.closing.connect(refuse)
    assert not window.close()
    assert window.isVisible()


def test_the_first_steps_lie_below_the_first_lane(window: MainWindow) -> None:
    window.show_welcome(is_shown=True)
    assert window.welcome.isVisible()
    assert window.welcome.geometry().top() > 250
    window.resize(1300, 640)
    assert not window.welcome.isVisible() or window.welcome.height() >= 190
    window.show_welcome(is_shown=False)
    assert not window.welcome.isVisible()


@pytest.mark.parametrize("words", ["Generate", "Repair 2 ranges, 8 takes"])
@pytest.mark.parametrize("has_inspector", [True, False])
@pytest.mark.parametrize(
    "width", [1600, 1480, 1479, 1360, 1359, 1280, 1240, 1239, 1159, 1119, 1080]
)
def test_nothing_in_the_transport_overlaps(
    window: MainWindow,
    width: int,
    has_inspector: bool,
    words: str,
) -> None:
    window.resize(width, 800)
    window.panels.show_inspector(is_shown=has_inspector)
    window.show_generate(words, enabled=True)
    QApplication.processEvents()
    row = [
        child
        for child in window.transport.children()
        if isinstance(child, QWidget) and child.isVisible()
    ]
    row.sort(key=lambda child: child.x())
    crossed = [
        (type(left).__name__, left.geometry().right(), right.x())
        for left, right in itertools.pairwise(row)
        if left.geometry().right() >= right.x()
    ]
    assert crossed == []
    assert row[-1].geometry().right() < window.width()


@pytest.mark.parametrize("size", [(1600, 1000), (1300, 800), (1080, 640)])
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
def test_no_words_are_cut(
    window: MainWindow, theme: Theme, size: tuple[int, int], scale: float
) -> None:
    window.resize(*size)
    theme.set_text_scale(scale)
    window.panels.show_inspector(is_shown=True)
    window.show_list("jobs")
    QApplication.processEvents()
    cut = [
        (widget.text(), widget.width(), widget.sizeHint().width())
        for widget in window.findChildren(Label) + window.findChildren(Button)
        if widget.isVisible()
        and not (isinstance(widget, Label) and (widget.elides or widget.wordWrap()))
        and widget.width() < widget.sizeHint().width()
    ]
    assert cut == []


def test_the_project_name_gives_way_to_the_menus(window: MainWindow) -> None:
    window.show_project_name("A very long name " * 12, is_dirty=True)
    window.resize(1080, 640)
    assert not window.title_row.grab().isNull()
    assert window.windowTitle().endswith("[*] \u2013 Longwave")
