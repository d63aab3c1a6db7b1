"""What keys do on the timeline."""

from PySide6.QtCore import Qt

from desktop_app.project.time import Samples
from desktop_app.views.timeline.values import (
    LaneJob,
    TimelineSelection,
)
from tests.gui.timeline.driver import (
    CONTROL,
    DRONE,
    ONE,
    PLAIN,
    RAIN,
    SECOND,
    SHIFT,
    TWO,
    Driver,
    span,
)


def test_keys_edit_the_selected_clip(driver: Driver) -> None:
    driver.view.show_playhead(Samples(20 * SECOND))
    driver.click(25)
    one = frozenset({ONE})
    for key, keys, wish in (
        (Qt.Key.Key_S, PLAIN, ("clip_split_requested", ONE, 20 * SECOND)),
        (Qt.Key.Key_D, CONTROL, ("clips_duplicate_requested", one, 30 * SECOND)),
        (Qt.Key.Key_Right, CONTROL, ("clips_move_requested", one, SECOND, 0)),
        (Qt.Key.Key_Left, CONTROL | SHIFT, ("clips_move_requested", one, -480, 0)),
        (Qt.Key.Key_Down, CONTROL, ("clips_move_requested", one, 0, 1)),
        (Qt.Key.Key_Q, PLAIN, ("clip_trim_requested", ONE, span(20, 40))),
        (Qt.Key.Key_W, PLAIN, ("clip_trim_requested", ONE, span(10, 20))),
        (Qt.Key.Key_Up, CONTROL | SHIFT, ("clip_weight_requested", ONE, 1.1)),
        (Qt.Key.Key_Down, CONTROL | SHIFT, ("clip_weight_requested", ONE, 0.9)),
        (Qt.Key.Key_Delete, PLAIN, ("clips_remove_requested", one)),
        (Qt.Key.Key_I, PLAIN, ("clip_add_requested", RAIN, span(20, 30))),
        (Qt.Key.Key_Home, PLAIN, ("seek_requested", 0)),
        (Qt.Key.Key_End, PLAIN, ("seek_requested", 90 * SECOND)),
        (Qt.Key.Key_Period, PLAIN, ("seek_requested", 20 * SECOND + 480)),
        (Qt.Key.Key_Comma, SHIFT, ("seek_requested", 19 * SECOND)),
    ):
        driver.heard.clear()
        driver.key(key, keys)
        assert driver.heard == [wish], wish


def test_arrows_walk_clips_and_lanes(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Down)
    assert driver.view.selection == TimelineSelection(focused_lane=RAIN)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Right)
    assert driver.view.selection.clip_ids == {TWO}
    driver.key(Qt.Key.Key_Left)
    assert driver.view.selection.clip_ids == {ONE}
    driver.key(Qt.Key.Key_Down)
    assert driver.view.selection == TimelineSelection(focused_lane=DRONE)
    driver.view.show_playhead(Samples(5 * SECOND))
    driver.key(Qt.Key.Key_Right)
    assert driver.heard == [("seek_requested", 6 * SECOND)]


def test_shift_arrows_extend_the_selected_time(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.view.show_playhead(Samples(5 * SECOND))
    driver.key(Qt.Key.Key_Right, SHIFT)
    driver.key(Qt.Key.Key_Right, SHIFT)
    assert driver.view.selection.span == span(5, 7)
    driver.key(Qt.Key.Key_Left, SHIFT)
    driver.key(Qt.Key.Key_Left, SHIFT)
    assert driver.view.selection.span is None


def test_control_a_selects_the_lane_and_escape_nothing(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.key(Qt.Key.Key_A, CONTROL)
    assert driver.view.selection.clip_ids == {ONE, TWO}
    driver.key(Qt.Key.Key_Escape)
    assert driver.view.selection == TimelineSelection(focused_lane=RAIN)


def test_keys_without_a_meaning_are_left_to_others(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Z, CONTROL)
    driver.key(Qt.Key.Key_Delete)
    driver.key(Qt.Key.Key_D, CONTROL)
    assert driver.heard == []


def test_shift_escape_cancels_the_job_of_the_focused_lane(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.key(Qt.Key.Key_Escape, SHIFT)
    driver.view.show_lane_job(RAIN, LaneJob(job_id="j", span=span(10, 40)))
    driver.key(Qt.Key.Key_Escape, SHIFT)
    assert driver.heard == [("cancel_requested", "j")]
