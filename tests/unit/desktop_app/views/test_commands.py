from collections import Counter

from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from desktop_app.views.action_set import ActionSet
from desktop_app.views.commands import COMMANDS, MENUS
from desktop_app.views.theme.icons import icon_names
from desktop_app.views.theme.theme import Theme


def test_no_key_means_two_things() -> None:
    keys = Counter(
        QKeySequence(sequence).toString() for command in COMMANDS for sequence in command.keys
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_key_sequence_can_be_read() -> None:
    assert all(
        not QKeySequence(sequence).isEmpty() for command in COMMANDS for sequence in command.keys
    )


def test_ids_are_unique_and_every_command_has_a_menu() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    titles = {title.replace("&", "") for title in MENUS}
    assert {command.menu.split("/")[0] for command in COMMANDS} == titles


def test_every_icon_exists() -> None:
    assert {command.icon for command in COMMANDS} - {""} <= set(icon_names())


def test_zooming_needs_no_shift() -> None:
    zoom = {command.id: command.keys for command in COMMANDS}
    assert "Ctrl+1" in zoom["zoom_in"]
    assert "Ctrl+3" in zoom["zoom_out"]


def test_tooltips_name_the_key(theme: Theme, qtbot: QtBot) -> None:
    actions = ActionSet(theme)
    assert actions["undo"].toolTip() == "Undo (Ctrl+Z)"
    actions.show_words("undo", "Undo move clips")
    assert actions["undo"].toolTip() == "Undo move clips (Ctrl+Z)"


def test_the_key_list_names_all_keys(theme: Theme, qtbot: QtBot) -> None:
    keys = dict(ActionSet(theme).key_list())
    assert keys["Redo"] == "Ctrl+Shift+Z or Ctrl+Y"
    assert "To the end" in keys
    assert keys["Start of a clip to the playhead"] == "Q or ["


def test_actions_are_found_by_id_and_checkable_where_said(theme: Theme, qtbot: QtBot) -> None:
    actions = ActionSet(theme)
    assert actions["loop"].isCheckable()
    assert not actions["play"].isCheckable()
    assert len(list(actions)) == len(COMMANDS)
