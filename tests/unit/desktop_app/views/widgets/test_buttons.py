import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.icon_button import IconButton


def test_an_icon_button_has_its_name_for_eyes_and_ears(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "undo", "Undo")
    qtbot.addWidget(button)
    assert (button.toolTip(), button.accessibleName()) == ("Undo", "Undo")


def test_a_following_button_looks_and_acts_as_its_action(theme: Theme, qtbot: QtBot) -> None:
    action = QAction("Loop")
    action.setCheckable(True)
    action.setToolTip("Loop (L)")
    button = IconButton(theme, "loop", "Loop")
    qtbot.addWidget(button)
    button.follow(action)
    action.setChecked(True)
    assert button.isChecked()
    assert button.accessibleName() == "Loop (L)"
    button.click()
    assert (action.isChecked(), button.isChecked()) == (False, False)
    action.setEnabled(False)
    assert not button.isEnabled()


@pytest.mark.parametrize("kind", list(ButtonKind))
def test_enter_presses_a_button_because_space_plays(
    theme: Theme, qtbot: QtBot, kind: ButtonKind
) -> None:
    button = Button(theme, "Verify", kind=kind)
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Return)


def test_words_of_a_button_are_its_name(theme: Theme, qtbot: QtBot) -> None:
    button = Button(theme, "Generate")
    qtbot.addWidget(button)
    button.show_text("Update 3 stale clips")
    assert button.accessibleName() == button.text() == "Update 3 stale clips"


def test_large_text_makes_buttons_larger(theme: Theme, qtbot: QtBot) -> None:
    button = Button(theme, "Generate", height_px=40)
    qtbot.addWidget(button)
    before = button.sizeHint()
    theme.set_text_scale(1.5)
    after = button.sizeHint()
    assert after.height() == 60
    assert after.width() > before.width()


@pytest.mark.parametrize("kind", list(ButtonKind))
@pytest.mark.parametrize("is_enabled", [True, False])
def test_every_kind_of_button_paints(
    theme: Theme, qtbot: QtBot, kind: ButtonKind, is_enabled: bool
) -> None:
    button = Button(theme, "Verify", kind=kind, icon="verify", key_text="Ctrl V")
    qtbot.addWidget(button)
    button.setEnabled(is_enabled)
    assert not button.grab().isNull()
