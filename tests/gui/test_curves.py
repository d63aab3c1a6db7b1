"""Curves in the whole window: drawn, undone, cleared, and heard by the engine."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_app.project.curves import curve_of
from desktop_app.project.ids import LaneId
from desktop_app.project.project import CurveKind, PromptClip
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_PIXEL = 0.11
"""What a pixel of height means at these values."""


def show(studio: Studio, kind: CurveKind) -> None:
    choice = studio.application.window.inspector.clip_page.strength.curve_shown.button(kind.value)
    QTest.mouseClick(choice, LEFT)


def place(studio: Studio, second: float, value: float) -> QPoint:
    scene = studio.application.timeline_view.lanes._scene
    axis = scene.curve_axis
    assert axis is not None
    y = axis.y_at(value) - scene.scroll_y
    return QPoint(round(scene.geometry.x_at(second * 48_000)), round(y))


def drag(studio: Studio, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one second and value to another."""
    lanes = studio.application.timeline_view.lanes
    first, last = place(studio, *start), place(studio, *end)
    QTest.mousePress(lanes, LEFT, PLAIN, first)
    QTest.mouseMove(lanes, (first + last) / 2)
    QTest.mouseMove(lanes, last)
    QTest.mouseRelease(lanes, LEFT, PLAIN, last)


def only_clip(studio: Studio, lane_id: LaneId) -> PromptClip:
    return lane(studio, lane_id).clips[0]


def drawn_curve(studio: Studio, kind: CurveKind = CurveKind.GUIDANCE) -> LaneId:
    lane_id = draw(studio, "rain", 0, 20)
    show(studio, kind)
    number = 1.5 if kind is CurveKind.GUIDANCE else 1.0
    drag(studio, (5, number), (5, number))
    drag(studio, (15, number), (15, 3.0))
    return lane_id


def test_points_are_drawn_and_each_is_one_step_of_undo(studio: Studio) -> None:
    lane_id = drawn_curve(studio)
    points = curve_of(only_clip(studio, lane_id), CurveKind.GUIDANCE)
    assert [point.value for point in points] == pytest.approx([1.5, 3.0], abs=_PIXEL)
    studio.run("undo")
    assert len(only_clip(studio, lane_id).guidance_curve) == 1
    studio.run("undo")
    assert only_clip(studio, lane_id).guidance_curve == ()
    studio.run("redo")
    studio.run("redo")
    assert only_clip(studio, lane_id).guidance_curve == points


def test_the_inspector_says_that_a_curve_rules_and_clears_it(studio: Studio) -> None:
    lane_id = drawn_curve(studio)
    strength = studio.application.window.inspector.clip_page.strength
    assert strength.guidance.isHidden()
    highest = only_clip(studio, lane_id).guidance_curve[1].value
    assert strength.guidance_curve.words == f"Curve, 1.5 – {highest:g}"
    assert not strength.weight.isHidden()
    QTest.mouseClick(strength.guidance_curve.clear, LEFT)
    assert only_clip(studio, lane_id).guidance_curve == ()
    assert not strength.guidance.isHidden()
    studio.run("undo")
    assert len(only_clip(studio, lane_id).guidance_curve) == 2


def test_a_command_and_the_inspector_agree_on_what_is_shown(studio: Studio) -> None:
    draw(studio, "rain", 0, 20)
    shown = studio.application.window.inspector.clip_page.strength.curve_shown
    seen = [shown.choice]
    for _ in range(3):
        studio.run("curve_next")
        seen.append(shown.choice)
    assert seen == ["", "weight", "guidance", ""]


def test_the_delete_key_of_the_window_removes_the_point_first(studio: Studio) -> None:
    lane_id = drawn_curve(studio)
    lanes = studio.application.timeline_view.lanes
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_Delete)
    assert len(only_clip(studio, lane_id).guidance_curve) == 1
    QTest.keyClick(lanes, Qt.Key.Key_Delete)
    assert lane(studio, lane_id).clips == ()


def test_a_changed_curve_makes_a_take_stale_until_it_is_taken_back(studio: Studio) -> None:
    lane_id = drawn_curve(studio)
    studio.run("generate")
    studio.wait_for_jobs()
    [region] = studio.engine.requests[-1].regions
    assert region.guidance_curve is not None
    assert region.guidance_curve.values == pytest.approx((1.5, 3.0), abs=_PIXEL)

    scene = studio.application.timeline_view.lanes._scene
    assert not scene.stale
    drag(studio, (15, 3.0), (15, 6.0))
    [take] = lane(studio, lane_id).takes
    assert scene.stale == {take.id}
    studio.run("undo")
    assert not scene.stale


def test_a_weight_curve_reaches_the_engine(studio: Studio) -> None:
    drawn_curve(studio, CurveKind.WEIGHT)
    studio.run("generate")
    studio.wait_for_jobs()
    [region] = studio.engine.requests[-1].regions
    assert region.weight_curve is not None
    assert region.weight_curve.values == pytest.approx((1.0, 3.0), abs=_PIXEL)
    assert region.guidance_curve is None
