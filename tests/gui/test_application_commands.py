"""Commands of the window, by keys and by the mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.project.time import Samples, Span, samples_from_seconds_rounded
from desktop_app.views.dialogs.about import AboutDialog, KeysDialog
from desktop_app.views.dialogs.preferences import PreferencesDialog
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.values import TimelineSelection
from tests.gui.conftest import Studio

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def seconds(value: float) -> Samples:
    return samples_from_seconds_rounded(value)


def span(start: float, end: float) -> Span:
    return Span(seconds(start), seconds(end))


def draw(studio: Studio, text: str, start: float = 0, end: float = 4) -> LaneId:
    """Draw a clip on a new lane by the mouse's wish, and type its words."""
    studio.application.timeline_view.clip_add_requested.emit(None, span(start, end))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    return studio.project.lanes[-1].id


def press(
    studio: Studio,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key where the keyboard is."""
    window = studio.application.window.windowHandle()
    QTest.keyClick(window, key, modifiers)


def texts(lane: Lane) -> list[tuple[str, float]]:
    return [(clip.prompt.text, clip.span.start / 48_000) for clip in lane.clips]


def dialog_of(studio: Studio, kind: type[QWidget]) -> QWidget:
    """The open dialog of this kind."""
    return next(each for each in studio.application.window.findChildren(kind) if each.isVisible())


def test_clips_are_copied_and_pasted_at_the_playhead_as_one_step(studio: Studio) -> None:
    draw(studio, "rain")
    press(studio, Qt.Key.Key_C, CONTROL)
    studio.application.transport.seek(seconds(10))
    press(studio, Qt.Key.Key_V, CONTROL)

    assert texts(studio.project.lanes[0]) == [("rain", 0), ("rain", 10)]
    assert studio.application.selection.clips == studio.project.lanes[0].clips[1:]
    press(studio, Qt.Key.Key_Z, CONTROL)
    assert texts(studio.project.lanes[0]) == [("rain", 0)]


def test_cut_clips_can_be_pasted_elsewhere(studio: Studio) -> None:
    draw(studio, "rain")
    press(studio, Qt.Key.Key_X, CONTROL)
    assert studio.project.lanes[0].clips == ()
    assert studio.application.document.undo_label == "Cut clips"
    studio.application.transport.seek(seconds(3))
    press(studio, Qt.Key.Key_V, CONTROL)

    assert texts(studio.project.lanes[0]) == [("rain", 3)]


def test_a_paste_that_does_not_fit_says_why(studio: Studio) -> None:
    draw(studio, "rain")
    press(studio, Qt.Key.Key_C, CONTROL)
    before = studio.project
    studio.application.transport.seek(seconds(0))
    press(studio, Qt.Key.Key_V, CONTROL)

    assert studio.project is before
    assert studio.application.window.status.message


def test_paste_without_a_copy_says_what_to_do(studio: Studio) -> None:
    press(studio, Qt.Key.Key_V, CONTROL)

    assert studio.application.window.status.message == "Copy clips first."


def test_copy_in_a_text_field_means_its_text(studio: Studio) -> None:
    draw(studio, "rain")
    studio.application.window.inspector.edit_prompt()
    studio.run("copy")

    assert QApplication.clipboard().text() == "rain"
    studio.run("paste")
    assert len(studio.project.lanes[0].clips) == 1


def test_space_plays_but_writes_a_space_in_a_text_field(studio: Studio) -> None:
    draw(studio, "rain")
    press(studio, Qt.Key.Key_Space)
    assert studio.application.player.state.value == "playing"
    press(studio, Qt.Key.Key_Space)
    assert studio.application.player.state.value == "stopped"

    studio.application.window.inspector.edit_prompt()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "a b")
    assert studio.application.player.state.value == "stopped"
    assert studio.project.lanes[0].clips[0].prompt.text == "a b"


def test_generate_by_its_key_takes_the_words_that_are_being_typed(studio: Studio) -> None:
    studio.application.timeline_view.clip_add_requested.emit(None, span(0, 4))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "heavy rain")
    press(studio, Qt.Key.Key_Return, CONTROL)
    studio.wait_for_jobs()

    assert studio.engine.requests[0].regions[0].prompt == "heavy rain"
    assert len(studio.project.lanes[0].takes) == 1


def test_generate_in_the_inspector_takes_the_words_that_are_being_typed(studio: Studio) -> None:
    draw(studio, "rain")
    studio.application.window.inspector.edit_prompt()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "snow")
    press(studio, Qt.Key.Key_Return, CONTROL)
    studio.wait_for_jobs()

    assert studio.engine.requests[0].regions[0].prompt == "snow"


def test_a_theme_is_switched_at_once_and_remembered(studio: Studio) -> None:
    window, settings = studio.application.window, studio.settings
    studio.run("theme_light")
    assert studio.theme.name == "light"
    assert settings.value("appearance/theme") == "light"
    assert window.commands["theme_light"].isChecked()
    studio.run("theme_system")

    assert settings.value("appearance/theme") == "system"
    assert studio.theme.name == "dark", "a platform that does not say is taken to be dark"


def test_preferences_apply_at_once(studio: Studio) -> None:
    press(studio, Qt.Key.Key_Comma, CONTROL)
    dialog = dialog_of(studio, PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    dialog.theme_requested.emit("high_contrast")
    dialog.text_scale_requested.emit(1.25)
    dialog.memory_requested.emit(1.0)

    assert studio.theme.name == "high_contrast"
    assert studio.theme.text_scale == pytest.approx(1.25)
    assert float(str(studio.settings.value("appearance/text_scale"))) == pytest.approx(1.25)
    assert float(str(studio.settings.value("engine/memory_gib"))) == 1.0
    dialog.close()


@pytest.mark.parametrize(("command", "kind"), [("keys", KeysDialog), ("about", AboutDialog)])
def test_help_opens_its_dialogs(studio: Studio, command: str, kind: type[QWidget]) -> None:
    studio.run(command)
    dialog = dialog_of(studio, kind)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert not dialog.isVisible()


def test_the_first_steps_go_with_the_first_clip_and_come_back_when_asked_for(
    studio: Studio,
) -> None:
    welcome = studio.application.window.welcome
    assert welcome.isVisible()
    draw(studio, "rain")
    assert not welcome.isVisible()
    studio.run("new")
    assert not welcome.isVisible()
    studio.run("show_welcome")
    assert welcome.isVisible()


def test_the_first_steps_offer_the_example(studio: Studio) -> None:
    [example] = studio.application.window.welcome.examples
    QTest.mouseClick(example, Qt.MouseButton.LeftButton)

    assert studio.project.name == "Valley before dawn"
    assert studio.project.lanes
    assert not studio.application.window.welcome.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_clip_menu_opens_by_key_and_works(studio: Studio) -> None:
    draw(studio, "rain")
    lanes = studio.application.timeline_view.lanes
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(lanes, QContextMenuEvent(reason, QPoint(), QPoint()))
    menu = studio.application.menus.open_menu
    assert menu is not None
    assert menu.isVisible()
    next(each for each in menu.actions() if each.text() == "&Duplicate").trigger()
    menu.close()

    assert len(studio.project.lanes[0].clips) == 2


def test_the_lane_menu_changes_colour_and_order(studio: Studio) -> None:
    first = draw(studio, "rain")
    draw(studio, "wind")
    menu = studio.application.menus.lane_menu(first)
    lane = studio.application.selection.lane
    assert lane is not None
    assert lane.id == first
    colours = next(each for each in menu.findChildren(QMenu) if each.title() == "Colour")
    next(each for each in colours.actions() if each.text() == "Rose").trigger()
    assert studio.project.lanes[0].colour == "rose"
    next(each for each in menu.actions() if each.text() == "Move down").trigger()

    assert [lane.id for lane in studio.project.lanes][1] == first


def test_the_marker_menu_deletes_a_marker(studio: Studio) -> None:
    studio.run("marker")
    [marker] = studio.project.markers
    menu = studio.application.menus.marker_menu(marker.id)
    next(each for each in menu.actions() if each.text() == "Delete marker").trigger()

    assert studio.project.markers == ()


def test_the_loop_needs_a_range(studio: Studio) -> None:
    loop = studio.application.window.commands["loop"]
    loop.trigger()
    assert not loop.isChecked()
    assert "Select a range" in studio.application.window.status.message

    draw(studio, "rain", 1, 3)
    loop.trigger()
    assert loop.isChecked()
    assert studio.project.loop == span(1, 3)
    studio.run("loop_clear")
    assert not loop.isChecked()


def test_a_loop_that_is_drawn_is_in_force_and_undo_takes_it_back(studio: Studio) -> None:
    studio.application.timeline_view.loop_requested.emit(span(1, 2))
    assert studio.application.window.commands["loop"].isChecked()
    studio.run("undo")

    assert studio.project.loop is None
    assert not studio.application.window.commands["loop"].isChecked()


def drop(studio: Studio, path: Path) -> bool:
    """Drag a file over the window and let it fall; whether the window wanted it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, window = QPoint(400, 400), studio.application.window
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, copy, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(at), copy, data, buttons, keys))
    return enter.isAccepted()


def test_a_dropped_project_is_opened(studio: Studio, tmp_path: Path) -> None:
    draw(studio, "rain")
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    studio.run("new")

    assert drop(studio, tmp_path / "Storm")
    assert studio.project.name == "Storm"


def test_anything_else_is_not_taken(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hello")

    assert not drop(studio, tmp_path / "note.txt")
    assert not drop(studio, tmp_path)


def test_the_table_says_what_state_a_clip_is_in(studio: Studio) -> None:
    draw(studio, "rain")
    clips = studio.application.clips
    table = studio.application.window.clips

    def state() -> str:
        clips.show_now()
        return str(table.model().index(0, table.model().columnCount() - 1).data())

    assert state() == "Not generated"
    studio.run("generate")
    studio.wait_for_jobs()
    assert state() == "Ready"
    clip = studio.project.lanes[0].clips[0]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "snow")
    assert state() == "Stale"


def test_a_model_is_chosen_for_the_lane(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.application.models.choose("large")
    assert studio.project.lanes[0].settings.model == "large"
    menu = studio.application.models.menu()
    titles = {each.text(): each for each in menu.actions() if each.isCheckable()}

    assert titles["Large"].isChecked()
    assert not titles["Huge (not here)"].isEnabled()
    titles["Longwave starter"].trigger()
    assert studio.project.lanes[0].settings.model == "starter"
    assert studio.project.lanes[0].id == lane_id


def test_presets_follow_the_model_in_one_step(studio: Studio) -> None:
    draw(studio, "rain")
    quality = studio.application.window.inspector.lane_sampling.quality
    quality.button("draft").click()
    before = studio.project.lanes[0].settings
    studio.application.models.choose("large")

    settings = studio.project.lanes[0].settings
    assert (settings.model, settings.sampler, settings.num_steps) == ("large", "unipc", 10)
    assert quality.choice == "draft"
    quality.button("standard").click()
    assert studio.project.lanes[0].settings.num_steps == 20
    studio.run("undo")
    studio.run("undo")
    assert studio.project.lanes[0].settings == before
    assert quality.choice == "draft"


def test_a_saved_project_keeps_its_folders_name(studio: Studio, tmp_path: Path) -> None:
    studio.application.window.inspector.name_requested.emit("Night")
    assert studio.project.name == "Night"
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    studio.application.window.inspector.name_requested.emit("Day")

    assert studio.project.name == "Storm"
    assert "Save as" in studio.application.window.status.message


def test_the_status_bar_tells_the_sizes(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.disk.measure()
    labels = studio.application.window.status

    studio.qtbot.waitUntil(lambda: "free" in labels._disk.text() and "MB" in labels._takes.text())


def test_the_zoom_goes_to_the_selection(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 60)
    studio.application.selection.set(
        TimelineSelection(span=span(20, 24), lane_ids=(lane_id,), focused_lane=lane_id)
    )
    seen = list[TimelineGeometry]()
    studio.application.timeline_view.geometry_changed.connect(seen.append)
    press(studio, Qt.Key.Key_Z)

    assert seen
    assert seen[-1].samples_at(0) > seconds(15)
