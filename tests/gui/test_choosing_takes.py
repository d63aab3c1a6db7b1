"""Takes that are chosen with keys and menus."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.project.time import Span
from desktop_app.views.timeline.values import TimelineSelection
from tests.gui.conftest import Studio
from tests.gui.test_application import draw, span


def playing(studio: Studio) -> list[tuple[int, Span]]:
    """Number and place of what plays on the first lane."""
    [lane] = studio.project.lanes
    numbers = {take.id: take.number for take in lane.takes}
    return [(numbers[block.take_id], block.span) for block in lane.sound]


@pytest.mark.parametrize("step", ["take_previous", "take_next"])
def test_another_take_can_play(studio: Studio, step: str) -> None:
    draw(studio, "rain")
    for _ in range(2):
        studio.run("generate")
        studio.wait_for_jobs()
    lane = studio.project.lanes[0]
    studio.run(step)

    playing = studio.project.lanes[0].sound[0].take_id
    assert playing == lane.takes[0 if step == "take_previous" else 1].id


def test_numbers_choose_takes_and_a_flips_between_two(studio: Studio) -> None:
    draw(studio, "rain")
    for _ in range(3):
        studio.run("generate")
        studio.wait_for_jobs()
    view = studio.application.timeline_view
    view.setFocus()
    whole = studio.project.lanes[0].clips[0].span
    for key, number in ((Qt.Key.Key_1, 1), (Qt.Key.Key_A, 3), (Qt.Key.Key_A, 1)):
        QTest.keyClick(view.lanes, key)
        assert playing(studio) == [(number, whole)]
    QTest.keyClick(view.lanes, Qt.Key.Key_7)
    assert playing(studio) == [(1, whole)]
    assert studio.application.window.status.message == "“Lane 1” has no take 7."
    QTest.keyClick(view.lanes, Qt.Key.Key_F)
    assert [take.is_favourite for take in studio.project.lanes[0].takes] == [True, False, False]


def test_a_number_comps_a_selected_range(studio: Studio) -> None:
    draw(studio, "rain")
    for _ in range(2):
        studio.run("generate")
        studio.wait_for_jobs()
    [lane] = studio.project.lanes
    studio.application.selection.set(
        TimelineSelection(span=span(1, 2), lane_ids=(lane.id,), focused_lane=lane.id)
    )
    studio.run("take_1")
    end = lane.clips[0].span.end
    assert playing(studio) == [(2, span(0, 1)), (1, span(1, 2)), (2, Span(span(0, 2).end, end))]


def test_the_list_shows_takes_in_little_that_do_not_play(studio: Studio, tmp_path: Path) -> None:
    draw(studio, "rain")
    for _ in range(2):
        studio.run("generate")
        studio.wait_for_jobs()
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    studio.run("new")
    assert studio.application.files.open_path(tmp_path / "Storm")
    inspector = studio.application.window.inspector
    [lane] = studio.project.lanes
    studio.application.selection.set(TimelineSelection(focused_lane=lane.id))
    assert inspector.takes_page.rows[0]._take.miniature == ()
    inspector.show_tab("takes")
    studio.qtbot.waitUntil(
        lambda: bool(inspector.takes_page.rows[0]._take.miniature), timeout=30_000
    )
