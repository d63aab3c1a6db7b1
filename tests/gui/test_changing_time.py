"""Deleting and inserting time by the keys, with and without sound."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.project.ids import LaneId
from engine.api import KeptSpan
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, select_range, span


def generated(studio: Studio, end: float = 6) -> LaneId:
    lane_id = draw(studio, "rain", 0, end)
    studio.run("generate")
    studio.wait_for_jobs()
    return lane_id


def press(studio: Studio, key: Qt.Key) -> None:
    view = studio.application.timeline_view
    view.setFocus()
    QTest.keyClick(studio.application.window, key, Qt.KeyboardModifier.AltModifier)


def playing(studio: Studio, lane_id: LaneId) -> list[tuple[int, object]]:
    made = lane(studio, lane_id)
    numbers = {take.id: take.number for take in made.takes}
    return [(numbers[block.take_id], block.span) for block in made.sound]


def test_deleted_time_takes_clip_and_take_along_in_one_step(studio: Studio) -> None:
    lane_id = generated(studio)
    select_range(studio, lane_id, 2, 3)
    press(studio, Qt.Key.Key_Delete)
    studio.wait_for_jobs()

    request = studio.engine.requests[-1]
    assert request.base is not None
    assert request.num_latent_frames == 125
    assert request.base.kept == (
        KeptSpan(start_latent_frame=0, num_latent_frames=50, target_latent_frame=0),
        KeptSpan(start_latent_frame=75, num_latent_frames=75, target_latent_frame=50),
    )
    assert lane(studio, lane_id).clips[0].span == span(0, 5)
    assert playing(studio, lane_id) == [(2, span(0, 5))]
    assert studio.application.document.undo_label == "Delete time"
    studio.run("undo")
    assert lane(studio, lane_id).clips[0].span == span(0, 6)
    assert playing(studio, lane_id) == [(1, span(0, 6))]
    studio.run("redo")
    assert playing(studio, lane_id) == [(2, span(0, 5))]


def test_inserted_time_is_generated(studio: Studio) -> None:
    lane_id = generated(studio)
    select_range(studio, lane_id, 2, 4)
    press(studio, Qt.Key.Key_Insert)
    studio.wait_for_jobs()

    request = studio.engine.requests[-1]
    assert request.base is not None
    assert [part.target_latent_frame for part in request.base.kept] == [0, 100]
    assert playing(studio, lane_id) == [(2, span(0, 8))]
    studio.run("undo")
    assert playing(studio, lane_id) == [(1, span(0, 6))]


def test_until_the_take_is_there_nothing_changes_and_nothing_else_is_planned(
    studio: Studio,
) -> None:
    lane_id = generated(studio)
    draw(studio, "hold", 10, 12)
    studio.run("generate")
    select_range(studio, lane_id, 2, 3)
    studio.run("delete_time")
    studio.run("delete_time")

    assert "is being changed" in studio.application.window.status.message
    assert lane(studio, lane_id).clips[0].span == span(0, 6)
    studio.engine.is_released.set()
    studio.wait_for_jobs()
    assert lane(studio, lane_id).clips[0].span == span(0, 5)


def test_without_sound_it_is_done_at_once(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 6)
    select_range(studio, lane_id, 2, 3)
    studio.run("delete_time")
    assert lane(studio, lane_id).clips[0].span == span(0, 5)
    studio.run("insert_time")
    assert lane(studio, lane_id).clips[0].span == span(0, 6)
    assert studio.engine.requests == []


def test_it_needs_a_range_and_says_why_it_is_refused(studio: Studio) -> None:
    commands = studio.application.window.commands
    lane_id = draw(studio, "rain", 0, 6)
    assert not commands["delete_time"].isEnabled()
    select_range(studio, lane_id, 8, 9)
    assert commands["insert_time"].isEnabled()
    studio.run("delete_time")

    assert "no clip in the selected time" in studio.application.window.status.message
