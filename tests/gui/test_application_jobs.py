"""Jobs from the button to the take, and everything that can come between."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.controllers import generation_controller
from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import Samples, Span, samples_from_seconds_rounded
from desktop_app.views.jobs.values import JobRowState
from desktop_app.views.timeline.clip_layout import clip_boxes
from desktop_app.views.timeline.values import JobState, TimelineSelection
from tests.gui.conftest import Studio


def span(start: float, end: float) -> Span:
    return Span(samples_from_seconds_rounded(start), samples_from_seconds_rounded(end))


def draw(studio: Studio, text: str, start: float = 0, end: float = 4) -> LaneId:
    """Draw a clip on a new lane and type its words."""
    studio.application.timeline_view.clip_add_requested.emit(None, span(start, end))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    return studio.project.lanes[-1].id


def lane(studio: Studio, lane_id: LaneId) -> Lane:
    return next(each for each in studio.project.lanes if each.id == lane_id)


def generate_on_hold(studio: Studio, seconds: float = 4) -> LaneId:
    """Begin a job that goes on until the engine is released."""
    lane_id = draw(studio, "hold", 0, seconds)
    studio.run("generate")
    studio.qtbot.waitUntil(lambda: bool(studio.engine.requests), timeout=30_000)
    return lane_id


def release(studio: Studio) -> None:
    studio.engine.is_released.set()
    studio.wait_for_jobs()


def select_range(studio: Studio, lane_id: LaneId, start: float, end: float) -> None:
    studio.application.selection.set(
        TimelineSelection(span=span(start, end), lane_ids=(lane_id,), focused_lane=lane_id)
    )


def test_a_take_that_arrives_during_a_drag_leaves_the_drag_alone(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    view, clip = studio.application.timeline_view, studio.project.lanes[0].clips[0]
    view.gesture_started.emit("Move clip")
    view.clips_move_requested.emit(frozenset({clip.id}), span(0, 1).end, 0)
    release(studio)
    view.clips_move_requested.emit(frozenset({clip.id}), span(0, 2).end, 0)
    view.gesture_ended.emit(True)

    assert lane(studio, lane_id).clips[0].span == span(2, 6)
    assert lane(studio, lane_id).sound[0].span == span(0, 4)
    studio.run("undo")
    assert lane(studio, lane_id).clips[0].span == span(0, 4)
    assert len(lane(studio, lane_id).takes) == 1


def test_a_take_that_arrives_while_words_are_typed_keeps_the_cursor(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    studio.application.window.inspector.edit_prompt()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "snow ")
    release(studio)
    QTest.keyClicks(field, "storm")

    assert lane(studio, lane_id).clips[0].prompt.text == "snow storm"
    assert len(lane(studio, lane_id).takes) == 1


def test_a_take_whose_lane_was_removed_comes_back_with_the_lane(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    studio.run("lane_remove")
    assert studio.project.lanes == ()
    release(studio)

    assert "lane was removed" in studio.application.window.status.message
    assert studio.answers.errors == []
    studio.run("undo")
    studio.qtbot.waitUntil(lambda: bool(lane(studio, lane_id).takes))
    assert lane(studio, lane_id).sound[0].span == span(0, 4)
    assert studio.application.workspace.store.missing(studio.project) == frozenset()


def test_jobs_of_one_lane_never_share_a_number_or_noise(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    studio.run("generate")
    studio.run("generate")
    release(studio)

    assert [take.number for take in lane(studio, lane_id).takes] == [1, 2, 3]
    assert sorted(request.take for request in studio.engine.requests) == [1, 2, 3]


def test_jobs_take_as_much_memory_as_the_preferences_say(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.settings.setValue("engine/memory_gib", 0.5)
    studio.run("generate")
    studio.wait_for_jobs()

    assert [r.memory_budget_bytes for r in studio.engine.requests] == [3 << 30, 1 << 29]


def test_a_take_that_was_undone_does_not_give_its_noise_to_the_next(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.run("undo")
    studio.run("generate")
    studio.wait_for_jobs()

    assert [request.take for request in studio.engine.requests] == [1, 2]
    assert [take.number for take in lane(studio, lane_id).takes] == [2]


def test_jobs_of_several_lanes_wait_in_line(studio: Studio) -> None:
    first = generate_on_hold(studio)
    second = draw(studio, "wind", 10, 14)
    studio.run("generate")
    generation, display = studio.application.generation, studio.application.display
    studio.qtbot.waitUntil(lambda: generation.jobs[0].is_running)
    display.show_jobs()

    assert [job.is_running for job in generation.jobs] == [True, False]
    shown = studio.application.window.jobs.entries
    assert "number 2" in shown[1].accessibleName()
    release(studio)
    assert len(lane(studio, first).takes) == len(lane(studio, second).takes) == 1


def test_all_clips_that_wait_are_drawn_as_waiting(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    view = studio.application.timeline_view
    view.clip_add_requested.emit(lane_id, span(10, 14))
    second = lane(studio, lane_id).clips[1].id
    view.clip_text_requested.emit(second, "wind")
    studio.application.selection.set(TimelineSelection(clip_ids=frozenset({second})))
    studio.run("generate")
    studio.application.display.show_jobs()

    job = view._scene.jobs[lane_id]
    assert (job.span, job.also_waiting) == (span(0, 4), (span(10, 14),))
    [_, box] = clip_boxes(lane(studio, lane_id).clips, view._scene.geometry)
    look = view.lanes.painter._look(lane(studio, lane_id), box, has_focus=False)
    assert look.is_waiting
    assert not view.grab().isNull()
    release(studio)


def test_clips_over_stale_sound_carry_a_mark(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    view = studio.application.timeline_view

    def is_stale() -> bool:
        [box] = clip_boxes(lane(studio, lane_id).clips, view._scene.geometry)
        return view.lanes.painter._look(lane(studio, lane_id), box, has_focus=False).is_stale

    assert not is_stale()
    view.clip_text_requested.emit(lane(studio, lane_id).clips[0].id, "snow")
    assert is_stale()
    studio.run("undo")
    assert not is_stale()


def test_a_paused_queue_lets_the_running_job_end_and_starts_no_other(studio: Studio) -> None:
    first = generate_on_hold(studio)
    second = draw(studio, "wind", 10, 14)
    studio.run("generate")
    studio.run("pause_queue")
    studio.engine.is_released.set()
    studio.qtbot.waitUntil(lambda: bool(lane(studio, first).takes), timeout=30_000)
    studio.application.display.show_jobs()
    assert [job.plan.lane_id for job in studio.application.generation.jobs] == [second]
    assert studio.application.window.status._queue.text() == "0 running, 1 waiting, paused"
    studio.run("pause_queue")
    studio.wait_for_jobs()
    assert len(lane(studio, second).takes) == 1


def test_the_amount_says_how_far_a_range_is_left(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    studio.run("generate")
    studio.wait_for_jobs()
    inspector = studio.application.window.inspector
    assert inspector.clip_page.repair.isHidden()
    select_range(studio, lane_id, 8, 12)
    section = inspector.clip_page.repair
    assert not section.isHidden()
    assert section._range.text() == "0:08\u2009–\u20090:12, 4.0 s"
    assert inspector.foot.generate.text() == "Repair 1 range"
    assert inspector.foot._estimate.facts == ("4 s of sound",)

    section.amount.slider.setFocus()
    for _ in range(8):
        QTest.keyClick(section.amount.slider, Qt.Key.Key_Left)
    QTest.mouseClick(inspector.foot.generate, Qt.MouseButton.LeftButton)
    studio.wait_for_jobs()
    [part] = studio.engine.requests[1].sections
    assert part.strength == pytest.approx(0.6)
    assert lane(studio, lane_id).takes[1].recipe.section_strength == pytest.approx(0.6)
    names = [row.accessibleName() for row in inspector.takes_page.rows]
    assert names[0].startswith("Take 1, not used. 20 s, seed 0. rain")
    assert names[1].startswith("Take 2, plays. Repair of take 1, 0:08\u2009–\u20090:12. rain")


def test_a_repair_across_a_comp_makes_each_take_again_and_moves_no_border(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    for _ in range(2):
        studio.run("generate")
        studio.wait_for_jobs()
    first, second = lane(studio, lane_id).takes
    studio.application.edits.run(UseTake(lane_id, first.id, span(0, 10)))
    select_range(studio, lane_id, 8, 12)
    studio.run("regenerate")
    studio.wait_for_jobs()

    after = lane(studio, lane_id)
    assert [block.span for block in after.sound] == [span(0, 10), span(10, 20)]
    bases = {take.id: take.recipe.based_on for take in after.takes}
    assert [bases[block.take_id] for block in after.sound] == [first.id, second.id]
    assert len({take.number for take in after.takes}) == 4


def test_a_failed_job_is_marked_on_its_lane_and_can_be_tried_again(studio: Studio) -> None:
    draw(studio, "fail")
    studio.run("generate")
    studio.wait_for_jobs()
    view, window = studio.application.timeline_view, studio.application.window
    studio.application.display.show_jobs()

    [shown] = view._scene.jobs.values()
    assert shown.state is JobState.FAILED
    [row] = studio.application.display._finished.values()
    assert row.state is JobRowState.FAILED
    window.message_strip.button("Details").click()
    assert "Not enough memory" in studio.answers.errors[0][1]

    window.jobs.retry_requested.emit(row.job_id)
    studio.wait_for_jobs()
    assert len(studio.engine.requests) == 2
    assert len(studio.application.display._finished) == 1


def test_a_full_disk_keeps_the_finished_files_until_the_take_can_be_kept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane_id = generate_on_hold(studio)

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(MediaStore, "add_file", full)
        release(studio)
    assert "could not be kept" in studio.notice
    assert lane(studio, lane_id).takes == ()
    assert Path(studio.engine.requests[0].output_dir, "candidate-1", "audio.wav").exists()

    studio.application.window.message_strip.button("Try again").click()
    studio.wait_for_jobs()
    assert len(lane(studio, lane_id).takes) == 1
    assert len(studio.engine.requests) == 1, "nothing was made twice"


def test_a_job_that_cannot_fit_on_the_disk_is_refused_before_it_runs(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_controller, "_COPIES", 10**12)
    draw(studio, "rain")
    studio.run("generate")

    assert "GB needed" in studio.notice
    assert studio.application.generation.jobs == ()
    assert studio.engine.requests == []


def test_saving_under_a_name_while_a_job_runs_keeps_its_take(
    studio: Studio, tmp_path: Path
) -> None:
    lane_id = generate_on_hold(studio)
    before = studio.application.workspace.folder
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    assert before.exists()
    release(studio)

    assert len(lane(studio, lane_id).takes) == 1
    store = studio.application.workspace.store
    assert store.folder == tmp_path / "Storm"
    assert store.missing(studio.project) == frozenset()
    studio.qtbot.waitUntil(lambda: not before.exists())


def test_leaving_for_another_project_cancels_jobs_and_ignores_what_still_comes(
    studio: Studio,
) -> None:
    generate_on_hold(studio)
    studio.run("new")

    assert studio.answers.asked == ["unsaved"]
    assert studio.application.generation.jobs == ()
    studio.engine.is_released.set()
    studio.qtbot.wait(50)
    assert studio.project.lanes == ()


def test_a_project_that_cannot_be_opened_leaves_jobs_running(
    studio: Studio, tmp_path: Path
) -> None:
    lane_id = generate_on_hold(studio)
    studio.answers.to_open = tmp_path
    studio.run("open")
    assert len(studio.answers.errors) == 1
    release(studio)

    assert len(lane(studio, lane_id).takes) == 1


def test_what_was_drawn_of_a_job_is_what_is_shown_of_its_take(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    [take] = lane(studio, lane_id).takes
    picture = studio.application._pictures_shown[take.id]

    assert picture.peaks.num_samples == 64_000
    assert picture.levels.shape == (64, 400)


def test_an_estimate_appears_when_a_job_has_shown_how_fast_the_engine_is(studio: Studio) -> None:
    draw(studio, "rain")
    assert "about" not in studio.application.window.transport.generate.toolTip()
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.selection.set(TimelineSelection())

    assert "about" in studio.application.window.transport.generate.toolTip()


def test_undo_while_a_job_runs_keeps_its_take_for_the_lane(studio: Studio) -> None:
    lane_id = generate_on_hold(studio)
    clip = lane(studio, lane_id).clips[0]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "other words")
    studio.run("undo")
    release(studio)

    assert lane(studio, lane_id).takes[0].recipe.prompts[0].prompt.text == "hold"
    assert replace(lane(studio, lane_id).clips[0]).prompt.text == "hold"
    assert lane(studio, lane_id).end == Samples(span(0, 4).end)
