"""Drawing, selecting, moving and trimming clips with the mouse, and editing their words."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.project.ids import ClipId
from desktop_app.views.timeline.text_editor import ClipTextEditor
from desktop_app.views.timeline.values import (
    TimelineSelection,
)
from tests.gui.timeline.driver import (
    CONTROL,
    DRONE,
    LEFT,
    ONE,
    PLAIN,
    RAIN,
    SECOND,
    SHIFT,
    TWO,
    Driver,
    focused,
    project,
    span,
)


def test_a_drag_on_an_empty_strip_draws_a_clip(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 190), driver.at(30, 190), driver.at(50.2, 190))
    assert driver.heard == [("clip_add_requested", DRONE, span(20, 50))]


def test_a_drag_below_the_lanes_draws_a_clip_on_a_new_one(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 420), driver.at(30, 420), driver.at(50, 420))
    assert driver.heard == [("clip_add_requested", None, span(20, 50))]


def test_escape_abandons_a_drawn_clip(driver: Driver) -> None:
    stops = (driver.at(30, 190), driver.at(50, 190))
    driver.drag(driver.view.lanes, driver.at(20, 190), *stops, releases=False)
    driver.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(driver.view.lanes, LEFT, PLAIN, driver.at(50, 190))
    assert driver.heard == []


def test_clicks_select_with_control_and_shift(driver: Driver) -> None:
    driver.click(25)
    assert driver.view.selection == TimelineSelection(clip_ids=frozenset({ONE}), focused_lane=RAIN)
    driver.click(75, keys=CONTROL)
    assert driver.view.selection.clip_ids == {ONE, TWO}
    driver.click(75, keys=CONTROL)
    assert driver.view.selection.clip_ids == {ONE}
    driver.click(75, keys=SHIFT)
    assert driver.view.selection.clip_ids == {ONE, TWO}


def test_the_selection_is_told_when_the_user_changes_it_and_only_then(driver: Driver) -> None:
    told: list[TimelineSelection] = []
    driver.view.selection_changed.connect(told.append)
    driver.view.show_selection(TimelineSelection(clip_ids=frozenset({TWO}), focused_lane=RAIN))
    assert told == []
    driver.click(25)
    assert [selection.clip_ids for selection in told] == [{ONE}]


def test_a_clip_is_moved_in_time_and_to_another_lane_as_one_gesture(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(30), driver.at(35.1, 200))
    one = frozenset({ONE})
    assert driver.heard[0] == ("gesture_started", "Move clip")
    assert driver.heard[-2] == ("clips_move_requested", one, 10 * SECOND, 1)
    assert driver.heard[-1] == ("gesture_ended", True)


def test_escape_takes_a_move_back(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(30), driver.at(35), releases=False)
    driver.key(Qt.Key.Key_Escape)
    assert driver.heard[-1] == ("gesture_ended", False)
    driver.move(driver.view.lanes, driver.at(70))
    QTest.mouseRelease(driver.view.lanes, LEFT, PLAIN, driver.at(70))
    assert driver.heard[-1] == ("gesture_ended", False)


def test_the_edges_trim(driver: Driver) -> None:
    inside = QPoint(4, 0)
    driver.drag(driver.view.lanes, driver.at(40) - inside, driver.at(45), driver.at(50) - inside)
    assert ("clip_trim_requested", ONE, span(10, 50)) in driver.heard
    driver.heard.clear()
    driver.drag(driver.view.lanes, driver.at(10) + inside, driver.at(15), driver.at(20) + inside)
    assert ("clip_trim_requested", ONE, span(20, 40)) in driver.heard


def test_control_drags_a_copy(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(60), driver.at(125), keys=CONTROL)
    assert driver.heard == [("clips_duplicate_requested", frozenset({ONE}), 100 * SECOND)]


def test_dragging_over_the_sound_selects_time(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 90), driver.at(30, 90), driver.at(45, 90))
    assert driver.view.selection == TimelineSelection(
        span=span(20, 45), lane_ids=(RAIN,), focused_lane=RAIN
    )


def test_a_click_on_the_sound_seeks_to_the_grid(driver: Driver) -> None:
    driver.click(20.1, 90)
    assert driver.heard == [("seek_requested", 20 * SECOND)]


def test_a_double_click_edits_the_words_and_enter_commits(driver: Driver) -> None:
    QTest.mouseDClick(driver.view.lanes, LEFT, PLAIN, driver.at(25))
    editor = focused()
    assert isinstance(editor, ClipTextEditor)
    assert editor.text() == "one rain"
    QTest.keyClicks(editor, "hail")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert driver.heard == [("clip_text_requested", ONE, "hail")]
    assert QApplication.focusWidget() is driver.view.lanes


def test_escape_leaves_the_words_as_they_were(driver: Driver) -> None:
    driver.click(25)
    driver.key(Qt.Key.Key_Return)
    editor = focused()
    assert isinstance(editor, ClipTextEditor)
    QTest.keyClicks(editor, "hail")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert driver.heard == []
    assert not editor.isVisible()


def test_words_that_did_not_change_are_not_told(driver: Driver) -> None:
    driver.view.edit_clip_text(ONE)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert driver.heard == []
    driver.view.edit_clip_text(ClipId("nowhere"))


def test_letters_in_the_field_are_only_letters(driver: Driver) -> None:
    driver.click(25)
    driver.key(Qt.Key.Key_Return)
    QTest.keyClicks(focused(), "siq")
    assert driver.heard == []


def test_gone_clips_leave_the_selection(driver: Driver) -> None:
    driver.click(25)
    rain = replace(project().lanes[0], clips=())
    driver.view.show_project(replace(project(), lanes=(rain,)))
    assert driver.view.selection.clip_ids == frozenset()
    assert set(driver.view.headers.headers) == {RAIN}
