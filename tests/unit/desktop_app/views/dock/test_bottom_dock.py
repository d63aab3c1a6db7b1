import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.project.ids import ClipId
from desktop_app.project.time import Samples, Span
from desktop_app.views.dock.bottom_dock import BottomDock
from desktop_app.views.dock.clip_rows import COLUMNS
from desktop_app.views.dock.clips_table import ClipsTable
from desktop_app.views.dock.history_list import HistoryList
from desktop_app.views.theme.theme import Theme
from tests.unit.desktop_app.builders import clip, frames, project_with

PROJECT = project_with((clip("a", 0, 50, "rain"), clip("b", 60, 100, "wind")))


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> ClipsTable:
    widget = ClipsTable(theme)
    qtbot.addWidget(widget)
    widget.show_project(PROJECT)
    return widget


def edit(table: ClipsTable, row: int, column: str, text: str) -> bool:
    model = table.model()
    return model.setData(model.index(row, COLUMNS.index(column)), text)


def test_every_clip_has_a_row_with_all_its_values(table: ClipsTable) -> None:
    model = table.model()
    texts = [str(model.index(0, column).data()) for column in range(len(COLUMNS))]
    assert texts == [
        "Lane 1",
        "0:00.000",
        "2.0 s",
        "rain",
        "",
        "1.00",
        "1.5",
        "",
        "Not generated",
    ]


@pytest.mark.parametrize(
    ("column", "text", "fields"),
    [
        ("Prompt", "storm", {"text": "storm"}),
        ("Leave out", "voices", {"leave_out": "voices"}),
        ("Weight", "1,5", {"weight": 1.5}),
        ("Guidance", "7", {"guidance_scale": 7.0}),
        ("Start", "+1", {"span": Span(Samples(48_000), Samples(frames(50) + 48_000))}),
        ("Length", "4s", {"span": Span(Samples(0), Samples(192_000))}),
    ],
)
def test_editing_a_cell_asks_for_a_change(
    table: ClipsTable, qtbot: QtBot, column: str, text: str, fields: dict[str, object]
) -> None:
    with qtbot.waitSignal(table.clip_change_requested) as asked:
        assert edit(table, 0, column, text)
    assert asked.args == [frozenset({"a"}), fields]


@pytest.mark.parametrize(
    ("column", "text", "error"),
    [
        ("Weight", "heavy", "Write a number."),
        ("Weight", "9", "Between 0.05 and 4."),
        ("Start", "soon", "Write a time such as 1:52, 112s or +5."),
        ("Length", "0", "A length is more than zero."),
    ],
)
def test_what_cannot_be_read_is_said_and_not_asked_for(
    table: ClipsTable, qtbot: QtBot, column: str, text: str, error: str
) -> None:
    with (
        qtbot.assertNotEmitted(table.clip_change_requested),
        qtbot.waitSignal(table.error_changed) as told,
    ):
        assert not edit(table, 0, column, text)
    assert told.args == [error]


def test_leaving_a_cell_as_it_was_asks_for_nothing(table: ClipsTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.clip_change_requested):
        edit(table, 0, "Prompt", "rain")


def test_columns_sort_by_value(table: ClipsTable) -> None:
    table.sortByColumn(COLUMNS.index("Length"), Qt.SortOrder.AscendingOrder)
    assert table.model().index(0, COLUMNS.index("Prompt")).data() == "wind"


def test_selection_goes_both_ways_without_an_echo(table: ClipsTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.selection_requested):
        table.show_selection(frozenset({ClipId("b")}))
    assert table.selected_ids == {"b"}
    with qtbot.waitSignal(table.selection_requested) as asked:
        table.selectRow(0)
    assert asked.args == [frozenset({"a"})]


def test_the_selection_survives_a_change_of_the_project(table: ClipsTable, qtbot: QtBot) -> None:
    table.show_selection(frozenset({ClipId("b")}))
    with qtbot.assertNotEmitted(table.selection_requested):
        table.show_project(project_with((clip("a", 0, 50), clip("n", 51, 55), clip("b", 60, 100))))
    assert table.selected_ids == {"b"}


def test_cells_name_their_column_to_screen_readers(table: ClipsTable) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert table.model().index(0, 3).data(role) == "Prompt: rain"


def test_history_shows_what_is_done_and_asks_to_jump(theme: Theme, qtbot: QtBot) -> None:
    history = HistoryList(theme)
    qtbot.addWidget(history)
    history.show_steps(("Add clip", "Move clips"), 1)
    assert [history.item(i).text() for i in range(3)] == ["Opened", "Add clip", "Move clips"]
    assert history.currentRow() == 1
    history.setCurrentRow(0)
    with qtbot.waitSignal(history.jump_requested) as asked:
        QTest.keyClick(history, Qt.Key.Key_Return)
    assert asked.args == [0]


def test_the_dock_shows_one_page_and_asks_to_be_folded(theme: Theme, qtbot: QtBot) -> None:
    dock = BottomDock(theme)
    qtbot.addWidget(dock)
    dock.tabs.button("clips").click()
    assert dock.page == "clips"
    with qtbot.waitSignal(dock.fold_requested):
        dock.fold.click()
