from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.views.action_set import ActionSet
from desktop_app.views.dialogs.about import AboutDialog, KeysDialog
from desktop_app.views.dialogs.export_dialog import ExportDialog
from desktop_app.views.dialogs.export_values import (
    ExportCheck,
    ExportChoices,
    ExportRow,
)
from desktop_app.views.dialogs.preferences import PreferencesDialog
from desktop_app.views.dialogs.question import Answer, Question, error_message, unsaved_question
from desktop_app.views.dialogs.recovery import RecoveryDialog, RecoveryRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button

ROWS = (
    ExportRow(name="a_mix.wav", size_text="5 MB", miniature=(0.1, 0.9)),
    ExportRow(name="a_01.wav", size_text="5 MB", note="file exists", colour="iris"),
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    widget.resize(1200, 800)
    qtbot.addWidget(widget)
    return widget


def meanwhile(act: Callable[[], object]) -> None:
    QTimer.singleShot(0, act)


def test_the_answer_is_the_button_that_was_pressed(theme: Theme, window: QWidget) -> None:
    question = unsaved_question(theme, "Valley", 1, window)
    meanwhile(lambda: question.button("discard").click())
    assert question.ask() == "discard"


def test_escape_is_no_answer(theme: Theme, window: QWidget) -> None:
    question = unsaved_question(theme, "Valley", 0, window)
    meanwhile(lambda: QTest.keyClick(question, Qt.Key.Key_Escape))
    assert question.ask() == ""


def test_enter_is_the_suggested_answer(theme: Theme, window: QWidget) -> None:
    question = unsaved_question(theme, "Valley", 0, window)
    meanwhile(lambda: QTest.keyClick(question, Qt.Key.Key_Return))
    assert question.ask() == "save"


def test_enter_does_nothing_where_no_answer_is_safe(theme: Theme, window: QWidget) -> None:
    answers = (Answer(id="replace", words="Replace"), Answer(id="cancel", words="Cancel"))
    question = Question(theme, "Replace it?", "It is lost.", answers=answers, parent=window)

    def press() -> None:
        QTest.keyClick(question, Qt.Key.Key_Return)
        question.reject()

    meanwhile(press)
    assert question.ask() == ""


def test_unfinished_jobs_are_named(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    question = unsaved_question(theme, "Valley", 3, window)
    qtbot.addWidget(question)
    words = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "3 unfinished jobs stop, and can go on" in words


def test_details_open_and_can_be_copied(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    message = error_message(theme, "It failed", "Try again.", "the trace", window)
    qtbot.addWidget(message)
    assert not message.details.isVisibleTo(message)
    buttons = {button.text(): button for button in message.findChildren(Button)}
    buttons["Details"].click()
    buttons["Copy"].click()
    assert message.details.isVisibleTo(message)
    assert QGuiApplication.clipboard().text() == "the trace"


def test_a_dialog_dims_the_window_only_while_it_is_there(
    theme: Theme, window: QWidget, qtbot: QtBot
) -> None:
    window.show()
    question = unsaved_question(theme, "Valley", 0, window)
    question.show()
    scrim = question._scrim
    assert scrim is not None
    assert scrim.isVisible()
    assert scrim.geometry() == window.rect()
    question.reject()
    assert question._scrim is None


def test_recovery_can_always_be_left(theme: Theme, window: QWidget) -> None:
    rows = (
        RecoveryRow(title="Valley", difference="1 lane more", has_save=True),
        RecoveryRow(title="Untitled", difference="3 lanes", has_save=False),
    )
    dialog = RecoveryDialog(theme, rows, window)
    meanwhile(lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape))
    assert dialog.ask() == (0, "later")

    def recover_second() -> None:
        dialog.list.setCurrentRow(1)
        assert not dialog.button("last_save").isVisible()
        dialog.button("recover").click()

    meanwhile(recover_second)
    assert dialog.ask() == (1, "recover")


def test_typing_filters_the_keys(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    dialog = KeysDialog(theme, ActionSet(theme).key_list(), window)
    qtbot.addWidget(dialog)
    dialog.search.setText("undo")
    shown = [r for r in range(dialog.table.rowCount()) if not dialog.table.isRowHidden(r)]
    assert len(shown) == 1


def test_about_names_the_version(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    dialog = AboutDialog(theme, "0.1.0", ("CPU",), window)
    qtbot.addWidget(dialog)
    assert not dialog.grab().isNull()


def test_preferences_ask_at_once(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    dialog = PreferencesDialog(
        theme,
        theme_choice="system",
        devices=(("a", "Built-in"), ("b", "USB")),
        device="a",
        memory_gib=5.0,
        parent=window,
    )
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.theme_requested) as name:
        dialog.themes.button("light").click()
    with qtbot.waitSignal(dialog.text_scale_requested) as scale:
        QTest.keyClick(dialog.text_size.slider, Qt.Key.Key_Right)
    with qtbot.waitSignal(dialog.device_requested) as device:
        dialog.devices.activated.emit(1)
    with qtbot.waitSignal(dialog.memory_requested) as memory:
        QTest.keyClick(dialog.memory.slider, Qt.Key.Key_Left)
    assert (name.args, scale.args, device.args) == (["light"], [1.1], ["b"])
    assert memory.args == [4.0]


@pytest.fixture
def export(qtbot: QtBot, theme: Theme, window: QWidget) -> ExportDialog:
    dialog = ExportDialog(theme, window)
    qtbot.addWidget(dialog)
    dialog.show_plan("10 MB of 4 GB free", ROWS)
    return dialog


def test_every_choice_asks_for_a_new_plan(export: ExportDialog) -> None:
    asked: list[ExportChoices] = []
    export.choices_changed.connect(asked.append)
    form = export.form
    form.files.button("mix").click()
    form.format.activated.emit(1)
    form.rate.activated.emit(0)
    form.collision.button("overwrite").click()
    form.markers.click()
    for tick in (form.prompts, form.recipe, form.loop, form.ai_tag, form.session):
        tick.click()
    form.pattern.setText("{lane}")
    form.pattern.commit()
    assert asked[-1] == ExportChoices(
        files="mix",
        sample_format="wav16",
        sample_rate=44_100,
        on_collision="overwrite",
        includes_markers=False,
        includes_recipe=False,
        includes_prompts=False,
        includes_loop=True,
        includes_ai_tag=False,
        has_session=True,
        pattern="{lane}",
    )
    assert len(asked) == 11


def test_a_preset_is_marked_while_the_choices_are_its_own(export: ExportDialog) -> None:
    export.presets["Mix to listen"].click()
    assert export.choices.sample_rate == 44_100
    assert export.presets["Mix to listen"].isChecked()
    export.form.files.button("both").click()
    assert not export.presets["Mix to listen"].isChecked()


def test_the_button_counts_the_files_and_asks_with_the_choices(
    export: ExportDialog, qtbot: QtBot
) -> None:
    assert export.export.text() == "Export 2 files"
    with qtbot.waitSignal(export.export_requested) as asked:
        export.export.click()
    assert asked.args == [export.choices]


def test_enter_never_replaces_files(export: ExportDialog) -> None:
    replaced = ExportRow(name="a.wav", size_text="1 MB", replaces=True)
    export.show_plan("1 MB", (replaced,))
    assert (export.export.text(), export.export.isDefault()) == ("Replace 1", False)


def test_a_problem_stands_in_the_way(export: ExportDialog) -> None:
    export.show_problem("4.1 GB needed, 2.6 GB free.")
    assert not export.export.isEnabled()
    export.show_problem("")
    assert export.export.isEnabled()


def test_while_writing_leaving_means_cancelling(export: ExportDialog, qtbot: QtBot) -> None:
    export.show()
    export.show_writing((1.0, 0.4))
    with qtbot.waitSignal(export.cancel_requested):
        QTest.keyClick(export, Qt.Key.Key_Escape)
    assert export.isVisible()
    assert export.preview.entries[1].bar.isVisible()
    export.show_stopped()
    QTest.keyClick(export, Qt.Key.Key_Escape)
    assert not export.isVisible()


def test_facts_and_loudness_are_shown_and_replaced(export: ExportDialog) -> None:
    for _ in range(2):
        export.show_loudness((("\u221218.6", "LUFS"), ("0", "Clipped")))
        export.show_plan("1 MB", ROWS, (ExportCheck(icon="check", title="Adds up", text="Yes."),))
    assert export.preview._loudness.count() == 2
    assert export.preview._checks.count() == 1
    assert not export.grab().isNull()


def test_ranges_keep_the_choice(export: ExportDialog) -> None:
    export.show_choices(ExportChoices(range="loop"))
    export.show_ranges((("all", "Whole project"), ("loop", "Loop, 8.0 s")))
    assert export.form.range.choice == "loop"
