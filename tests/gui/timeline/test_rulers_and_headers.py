"""Ruler, markers, Everywhere, and the headers of the lanes."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_app.project.ids import MarkerId
from desktop_app.views.timeline.values import (
    SoundView,
    TimeUnit,
)
from tests.gui.timeline.driver import (
    CONTROL,
    DRONE,
    LEFT,
    PLAIN,
    RAIN,
    SECOND,
    Driver,
    child,
    focused,
    span,
)


def test_the_ruler_seeks_and_sets_the_loop(driver: Driver) -> None:
    ruler = driver.view.ruler
    QTest.mouseClick(ruler, LEFT, PLAIN, driver.at(20, 15))
    assert driver.heard[0][0] == "seek_requested"
    assert driver.heard[0][1] == pytest.approx(20 * SECOND, abs=SECOND)
    driver.heard.clear()
    driver.drag(ruler, driver.at(20, 15), driver.at(25, 15), driver.at(40, 15))
    assert driver.heard[0] == ("gesture_started", "Set loop")
    assert driver.heard[-2] == ("loop_requested", span(20, 40))
    assert driver.heard[-1] == ("gesture_ended", True)


def test_escape_takes_a_loop_back(driver: Driver) -> None:
    ruler = driver.view.ruler
    driver.drag(ruler, driver.at(20, 15), driver.at(25, 15), driver.at(40, 15), releases=False)
    driver.key(Qt.Key.Key_Escape)
    QTest.keyClick(driver.view, Qt.Key.Key_Escape)
    assert driver.heard[-1] == ("gesture_ended", False)


def test_markers_are_moved_renamed_added_and_removed(driver: Driver) -> None:
    markers, flag = driver.view.markers, driver.at(30, 8) + QPoint(6, 0)
    QTest.mouseClick(markers, LEFT, PLAIN, flag)
    driver.drag(markers, flag, flag + QPoint(20, 0), driver.at(50, 8) + QPoint(6, 0))
    QTest.mouseDClick(markers, LEFT, PLAIN, driver.at(100, 8))
    QTest.mouseDClick(markers, LEFT, PLAIN, flag)
    editor = focused()
    QTest.keyClicks(editor, "Calm")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    driver.view.markers.edit_name(MarkerId("m"))
    QTest.keyClick(focused(), Qt.Key.Key_Delete)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    name = MarkerId("m")
    assert driver.heard[:2] == [
        ("seek_requested", 30 * SECOND),
        ("gesture_started", "Move marker"),
    ]
    assert driver.heard[-5:] == [
        ("marker_move_requested", name, 50 * SECOND),
        ("gesture_ended", True),
        ("marker_add_requested", 100 * SECOND),
        ("marker_rename_requested", name, "Calm"),
        ("marker_remove_requested", name),
    ]


def test_the_everywhere_prompt_is_edited_in_place(driver: Driver) -> None:
    QTest.mouseClick(driver.view.everywhere, LEFT, PLAIN, QPoint(60, 12))
    editor = focused()
    QTest.keyClicks(editor, "wide valley")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert driver.heard == [("everywhere_requested", "wide valley")]


def test_the_header_mutes_solos_folds_and_opens_the_takes(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    for name, keys in (
        ("Mute", {"is_muted": True}),
        ("Solo", {"is_soloed": True}),
        ("Fold lane", {"is_folded": True}),
    ):
        driver.heard.clear()
        QTest.mouseClick(child(header, name), LEFT)
        assert driver.heard == [("lane_change_requested", RAIN, keys)]
    driver.heard.clear()
    QTest.mouseClick(child(header, "Take 1 of 1"), LEFT)
    assert driver.heard == [("takes_requested", RAIN)]


def test_a_slider_is_one_gesture_and_answers_to_keys_and_wheel(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    level, pan = child(header, "Level"), child(header, "Pan")
    driver.drag(level, QPoint(70, 10), QPoint(50, 10), QPoint(6, 10))
    assert driver.heard[0] == ("gesture_started", "Change level")
    assert driver.heard[-2] == ("lane_change_requested", RAIN, {"gain_db": -60.0})
    assert driver.heard[-1] == ("gesture_ended", True)
    driver.heard.clear()
    QTest.mouseClick(pan, LEFT, CONTROL, QPoint(5, 5))
    assert driver.heard == [("lane_change_requested", RAIN, {"pan": 0.0})]
    driver.wheel(pan, QPoint(5, 5), 5)
    QTest.keyClick(pan, Qt.Key.Key_Right)
    assert [wish[2] for wish in driver.heard[1:]] == [{"pan": 0.1}, {"pan": 0.12}]


def test_a_lane_is_renamed_moved_and_removed_from_its_header(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    QTest.mouseDClick(header, LEFT, PLAIN, QPoint(50, 16))
    editor = focused()
    QTest.keyClicks(editor, "Storm")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(header, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(header, Qt.Key.Key_Up, CONTROL)
    QTest.keyClick(header, Qt.Key.Key_Delete)
    assert driver.heard == [
        ("lane_change_requested", RAIN, {"name": "Storm"}),
        ("lane_move_requested", RAIN, 1),
        ("lane_remove_requested", RAIN),
    ]


def test_the_lower_edge_of_a_header_makes_the_lane_higher(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    driver.drag(header, QPoint(40, 170), QPoint(40, 190), QPoint(40, 210))
    assert driver.view.headers.headers[RAIN].height() == 212


def test_a_press_on_a_header_focuses_its_lane(driver: Driver) -> None:
    QTest.mouseClick(driver.view.headers.headers[DRONE], LEFT, PLAIN, QPoint(40, 140))
    assert driver.view.selection.focused_lane == DRONE


def test_the_tools_add_lanes_and_change_what_is_shown(driver: Driver) -> None:
    QTest.mouseClick(child(driver.view.tools, "Add a lane"), LEFT)
    QTest.mouseClick(driver.view.headers, LEFT, PLAIN, QPoint(40, 365))
    assert driver.heard == [("lane_add_requested",), ("lane_add_requested",)]
    QTest.mouseClick(child(driver.view.tools, "Spectrogram"), LEFT)
    driver.view.set_sound_view(SoundView.WAVEFORM)
    QTest.mouseClick(child(driver.view.ruler_header, "What the ruler counts"), LEFT)
    driver.view.set_time_unit(TimeUnit.BARS)
    driver.view.fit()
