"""Dragging a clip's end beyond its take, and making only what is new."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, span


def test_a_clip_is_dragged_longer_and_its_take_extended(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 4)
    studio.run("generate")
    studio.wait_for_jobs()
    foot = studio.application.window.inspector.foot
    assert foot.extend.isHidden()

    drag_end(studio, 4, 7)
    assert lane(studio, lane_id).clips[0].span == span(0, 7)
    assert foot.extend.text() == "Extend by 3.0 s, keep the rest"
    QTest.mouseClick(foot.extend, Qt.MouseButton.LeftButton)
    studio.wait_for_jobs()

    first, request = studio.engine.requests
    assert request.base is not None
    assert (request.sections, request.num_latent_frames) == ((), 175)
    assert request.take != first.take
    made = lane(studio, lane_id)
    assert [take.recipe.based_on for take in made.takes] == [None, made.takes[0].id]
    assert [(block.take_id, block.span) for block in made.sound] == [(made.takes[1].id, span(0, 7))]
    assert foot.extend.isHidden()


def drag_end(studio: Studio, old: float, new: float) -> None:
    """Drag the right edge of the first clip with the mouse."""
    view = studio.application.timeline_view
    studio.application.window.commands["snap"].setChecked(False)
    geometry, row = view._scene.geometry, view._scene.rows[0]
    y = row.strip.top + 16
    from_x = round(geometry.x_at(span(0, old).end)) - 2
    to_x = round(geometry.x_at(span(0, new).end)) - 2
    lanes = view.lanes
    QTest.mousePress(lanes, Qt.MouseButton.LeftButton, pos=_point(from_x, y))
    for x in (from_x + 6, (from_x + to_x) // 2, to_x):
        QTest.mouseMove(lanes, _point(x, y))
    QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, pos=_point(to_x, y))
    [clip] = studio.project.lanes[0].clips
    # The pixel decides to within a few hundredths of a second; the field says it exactly.
    assert abs(clip.span.end - span(0, new).end) < 48_000 // 4
    field = studio.application.window.inspector.clip_page.time.end
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, f"{new}s")
    QTest.keyClick(field, Qt.Key.Key_Return)


def _point(x: int, y: float) -> QPoint:
    return QPoint(x, round(y))
