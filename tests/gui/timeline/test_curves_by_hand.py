"""Points of curves: mouse and keys on a timeline alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_app.project.project import CurveKind, CurvePoint, Project
from desktop_app.project.time import Samples
from desktop_app.views.timeline.curve_layout import CurveSpot
from desktop_app.views.timeline.values import TimelineSelection
from tests.gui.timeline.driver import LEFT, ONE, PLAIN, RAIN, SECOND, SHIFT, TWO, Driver, project

WEIGHT, GUIDANCE = CurveKind.WEIGHT, CurveKind.GUIDANCE
Key = Qt.Key


def at_second(second: float, value: float) -> CurvePoint:
    return CurvePoint(Samples(round(second * SECOND)), value)


POINTS = (at_second(5, 0.5), at_second(20, 2.0))


def curved() -> Project:
    plain = project()
    rain = plain.lanes[0]
    one = replace(rain.clips[0], weight_curve=POINTS)
    return replace(plain, lanes=(replace(rain, clips=(one, rain.clips[1])), plain.lanes[1]))


class Hand:
    """A timeline that shows weights, and where they lie on it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.view.show_project(curved())
        driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
        self.lanes = driver.view.lanes
        self.curves = driver.view.lanes.curves
        self.curves.show_kind(WEIGHT)

    def at(self, second: float, value: float) -> QPoint:
        axis = self.lanes._scene.curve_axis
        assert axis is not None
        return QPoint(round(self.driver.x(second)), round(axis.y_at(value)))

    def asked(self, name: str) -> list[tuple[object, ...]]:
        return [values[1:] for values in self.heard if values[0] == f"curve_point_{name}_requested"]

    @property
    def heard(self) -> list[tuple[object, ...]]:
        return self.driver.heard


@pytest.fixture
def hand(driver: Driver) -> Hand:
    for name in ("add", "move", "remove"):
        driver._listen(f"curve_point_{name}_requested")
    return Hand(driver)


def test_a_click_on_the_line_adds_a_point_there(hand: Hand) -> None:
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, hand.at(34, 2.0))
    [(clip_id, kind, point)] = hand.asked("add")
    assert (clip_id, kind) == (ONE, WEIGHT)
    assert isinstance(point, CurvePoint)
    assert point.value == 2.0
    assert abs(point.position - 24 * SECOND) < SECOND / 5
    assert hand.heard[0] == ("gesture_started", "Add weight point")
    assert hand.heard[-1] == ("gesture_ended", True)


def test_a_line_without_points_is_the_clips_number(hand: Hand) -> None:
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, hand.at(75, 1.2))
    [(clip_id, _, point)] = hand.asked("add")
    assert clip_id == TWO
    assert isinstance(point, CurvePoint)
    assert point.value == 1.2


def test_a_drag_moves_a_point_on_the_grid_as_one_gesture(hand: Hand) -> None:
    hand.driver.drag(hand.lanes, hand.at(15, 0.5), hand.at(17, 0.7), hand.at(20.2, 1.0))
    assert hand.asked("move")[-1] == (ONE, WEIGHT, 0, at_second(10, 1.0))
    names = [values[0] for values in hand.heard]
    assert (names.count("gesture_started"), names.count("gesture_ended")) == (1, 1)


def test_a_drag_up_leaves_the_time_alone(hand: Hand) -> None:
    off_grid = replace(POINTS[0], position=Samples(POINTS[0].position + 777))
    plain = curved()
    rain = plain.lanes[0]
    one = replace(rain.clips[0], weight_curve=(off_grid, POINTS[1]))
    shown = replace(plain, lanes=(replace(rain, clips=(one, *rain.clips[1:])), plain.lanes[1]))
    hand.driver.view.show_project(shown)
    hand.driver.drag(hand.lanes, hand.at(15, 0.5), hand.at(15, 1.0))
    assert hand.asked("move")[-1] == (ONE, WEIGHT, 0, replace(off_grid, value=1.0))


def test_a_point_does_not_pass_its_neighbour_or_leave_its_clip(hand: Hand) -> None:
    hand.driver.drag(hand.lanes, hand.at(15, 0.5), hand.at(36, 0.5))
    assert hand.asked("move")[-1][3] == CurvePoint(Samples(20 * SECOND - 1_920), 0.5)
    hand.driver.drag(hand.lanes, hand.at(30, 2.0), hand.at(55, 2.0))
    assert hand.asked("move")[-1][3] == at_second(30, 2.0)


def test_shift_goes_a_tenth_of_the_way(hand: Hand) -> None:
    start = hand.at(15, 0.5)
    QTest.mousePress(hand.lanes, LEFT, PLAIN, start)
    hand.lanes._gesture.move(hand.lanes._pointer_at(start.toPointF() + QPoint(0, -40), SHIFT))  # type: ignore[union-attr]  # Qt's tests cannot hold keys while the mouse moves
    QTest.mouseRelease(hand.lanes, LEFT, PLAIN, start)
    point = hand.asked("move")[-1][3]
    assert isinstance(point, CurvePoint)
    assert point.position == POINTS[0].position
    assert point.value == pytest.approx(0.57, abs=0.011)


def test_escape_takes_a_drag_back(hand: Hand) -> None:
    stops = (hand.at(18, 0.8), hand.at(20, 1.0))
    hand.driver.drag(hand.lanes, hand.at(15, 0.5), *stops, releases=False)
    hand.driver.key(Key.Key_Escape)
    assert hand.heard[-1] == ("gesture_ended", False)


def test_a_double_click_removes_a_point(hand: Hand) -> None:
    place = hand.at(15, 0.5)
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, place)
    QTest.mouseDClick(hand.lanes, LEFT, PLAIN, place)
    assert hand.asked("remove") == [(ONE, WEIGHT, 0)]
    assert hand.asked("move") == []


def test_delete_removes_the_chosen_point_and_not_the_clip(hand: Hand) -> None:
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, hand.at(30, 2.0))
    assert hand.driver.view.selection.clip_ids == {ONE}
    hand.driver.key(Key.Key_Delete)
    assert hand.asked("remove") == [(ONE, WEIGHT, 1)]
    assert not [values for values in hand.heard if values[0] == "clips_remove_requested"]


def test_delete_means_the_clip_again_after_a_click_elsewhere(hand: Hand) -> None:
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, hand.at(30, 2.0))
    hand.driver.click(25)
    hand.driver.key(Key.Key_Delete)
    assert ("clips_remove_requested", frozenset({ONE})) in hand.heard


def test_keys_walk_move_and_leave_points(hand: Hand) -> None:
    hand.driver.key(Key.Key_PageDown)
    assert hand.curves.words == "Point 1 of 2. Weight 0.5 at 0:15.00"
    hand.driver.key(Key.Key_PageDown)
    assert hand.lanes.accessibleDescription() == "Point 2 of 2. Weight 2 at 0:30.00"
    for key, keys in (
        (Key.Key_Up, PLAIN), (Key.Key_Down, SHIFT), (Key.Key_Right, PLAIN), (Key.Key_Left, SHIFT)
    ):  # fmt: skip
        hand.driver.key(key, keys)
    assert [values[3] for values in hand.asked("move")] == [
        at_second(20, 2.05), at_second(20, 1.99), at_second(21, 2.0), at_second(19.96, 2.0)
    ]  # fmt: skip
    hand.driver.key(Key.Key_Escape)
    assert hand.curves.words == ""


def test_a_key_adds_a_point_at_the_playhead(hand: Hand) -> None:
    hand.driver.view.show_playhead(Samples(20 * SECOND))
    hand.driver.key(Key.Key_K)
    assert hand.asked("add") == [(ONE, WEIGHT, at_second(10, 1.0))]


def test_beside_the_line_the_sound_is_as_ever(hand: Hand) -> None:
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, hand.at(34, 0.3))
    assert [values[0] for values in hand.heard] == ["seek_requested"]


def test_without_a_kind_nothing_of_the_curve_is_there(hand: Hand) -> None:
    place = hand.at(15, 0.5)
    hand.curves.show_kind(None)
    QTest.mouseClick(hand.lanes, LEFT, PLAIN, place)
    assert [values[0] for values in hand.heard] == ["seek_requested"]


def test_hovering_shows_what_a_click_would_mean(hand: Hand) -> None:
    hand.driver.move(hand.lanes, hand.at(15, 0.5))
    assert hand.lanes._scene.curve_hover == CurveSpot(clip_id=ONE, index=0)
    assert hand.lanes.cursor().shape() == Qt.CursorShape.SizeAllCursor
    hand.driver.move(hand.lanes, hand.at(36, 2.0))
    assert hand.lanes.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.driver.move(hand.lanes, hand.at(36, 0.3))
    assert hand.lanes.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_the_curve_is_seen(hand: Hand) -> None:
    with_curve = hand.lanes.grab().toImage()
    hand.curves.show_kind(None)
    assert hand.lanes.grab().toImage() != with_curve
