"""The whole window, driven as a person does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.controllers.export_controller import unfinished_checks
from desktop_app.controllers.questions import UnsavedAnswer
from desktop_app.project.ids import LaneId
from desktop_app.project.time import Samples, Span, samples_from_seconds_rounded
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.widgets.label import Label
from tests.gui.conftest import Studio


def span(start_seconds: float, end_seconds: float) -> Span:
    start, end = map(samples_from_seconds_rounded, (start_seconds, end_seconds))
    return Span(start, end)


def words(studio: Studio) -> list[str]:
    """The prompts of all clips."""
    return [clip.prompt.text for lane in studio.project.lanes for clip in lane.clips]


def draw(studio: Studio, text: str, start: float = 0, end: float = 4) -> LaneId:
    """Draw a clip on a new lane and give it words."""
    studio.application.timeline_view.clip_add_requested.emit(None, span(start, end))
    lane = studio.project.lanes[-1]
    studio.application.timeline_view.clip_text_requested.emit(lane.clips[-1].id, text)
    return lane.id


def test_a_drawn_clip_asks_for_its_words_and_is_two_undo_steps(studio: Studio) -> None:
    studio.run("clip_draw")

    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "heavy rain")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert words(studio) == ["heavy rain"]
    studio.run("undo")
    studio.run("undo")
    assert words(studio) == []
    studio.run("redo")
    studio.run("redo")
    assert words(studio) == ["heavy rain"]


def test_generate_makes_a_take_that_plays_and_can_be_undone(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()

    [lane] = studio.project.lanes
    assert [take.number for take in lane.takes] == [1]
    assert lane.sound[0].span == lane.clips[0].span
    store = studio.application.workspace.store
    assert store.missing(studio.project) == frozenset()
    studio.run("undo")
    assert studio.project.lanes[0].sound == ()
    studio.run("redo")
    assert studio.project.lanes[0].sound == lane.sound


def test_the_button_says_what_it_will_do(studio: Studio) -> None:
    assert not studio.application.window.commands["generate"].isEnabled()
    assert studio.application.display.scope.label == "Draw a clip first"

    draw(studio, "rain")
    draw(studio, "wind")
    studio.application.selection.set(TimelineSelection())
    assert studio.application.display.scope.label == "Generate 2 takes"
    assert studio.application.window.inspector.foot.generate.accessibleName() == "Generate 2 takes"

    studio.run("generate")
    studio.wait_for_jobs()
    assert studio.application.display.scope.label == "Generate again: 2 takes"


def test_what_is_in_the_queue_is_not_offered_again(studio: Studio) -> None:
    draw(studio, "wait")
    studio.application.selection.set(TimelineSelection())
    button = studio.application.window.inspector.foot.generate
    assert button.isEnabled()
    studio.run("generate")
    studio.qtbot.waitUntil(lambda: not button.isEnabled(), timeout=30_000)
    assert studio.application.display.scope.reason == "All of it is in the queue."

    studio.run("cancel")
    studio.wait_for_jobs()
    studio.qtbot.waitUntil(button.isEnabled, timeout=30_000)


def test_a_changed_prompt_makes_the_take_stale(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    clip = studio.project.lanes[0].clips[0]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "snow")
    studio.application.selection.set(TimelineSelection())

    assert studio.application.display.scope.label == "Update 1 take"


def test_a_selected_range_is_made_again_from_its_take(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.selection.set(
        TimelineSelection(span=span(4, 8), lane_ids=(lane_id,), focused_lane=lane_id)
    )
    studio.run("regenerate")
    studio.wait_for_jobs()

    request = studio.engine.requests[-1]
    assert request.base is not None
    [section] = request.sections
    assert (section.start_latent_frame, section.num_latent_frames) == (100, 100)
    lane = studio.project.lanes[0]
    assert [take.number for take in lane.takes] == [1, 2]
    assert {block.take_id for block in lane.sound} == {lane.takes[1].id}


def test_a_failed_job_says_why_and_leaves_the_project(studio: Studio) -> None:
    draw(studio, "fail")
    before = studio.project
    studio.run("generate")
    studio.wait_for_jobs()

    assert studio.notice == "Not enough memory. Try a shorter clip."
    assert studio.answers.errors == []
    assert studio.project is before


def test_cancel_ends_the_job_and_keeps_the_earlier_sound(studio: Studio) -> None:
    draw(studio, "wait")
    before = studio.project
    studio.run("generate")
    studio.qtbot.waitUntil(lambda: bool(studio.engine.requests), timeout=30_000)
    studio.run("cancel")
    studio.wait_for_jobs()

    assert studio.project is before
    assert "Cancelled" in studio.application.window.status.message


def test_two_islands_become_two_jobs(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 4)
    studio.application.timeline_view.clip_add_requested.emit(lane_id, span(10, 14))
    clip = studio.project.lanes[0].clips[1]
    studio.application.timeline_view.clip_text_requested.emit(clip.id, "birds")
    studio.application.selection.set(TimelineSelection())
    studio.run("generate")
    studio.wait_for_jobs()

    assert [request.first_latent_frame for request in studio.engine.requests] == [0, 250]
    assert len(studio.project.lanes[0].sound) == 2


def test_a_project_is_saved_opened_and_sounds_the_same(studio: Studio, tmp_path: Path) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    saved = studio.project
    assert not studio.application.document.is_dirty

    studio.run("new")
    assert studio.project.lanes == ()
    studio.answers.to_open = tmp_path / "Storm"
    studio.run("open")

    assert studio.project == saved
    assert studio.project.name == "Storm"
    take = saved.lanes[0].takes[0]
    sound = studio.application._sources().samples(take, Samples(0), 48_000)
    assert np.abs(sound).max() > 0.4


def test_an_unsaved_project_asks_before_it_is_left(studio: Studio) -> None:
    draw(studio, "rain")
    before = studio.project
    studio.answers.unsaved = UnsavedAnswer.CANCEL
    studio.run("new")

    assert studio.answers.asked == ["unsaved"]
    assert studio.project is before
    studio.answers.unsaved = UnsavedAnswer.DISCARD


def test_a_folder_without_a_project_is_refused_in_words(studio: Studio, tmp_path: Path) -> None:
    studio.answers.to_open = tmp_path
    studio.run("open")

    [(title, _)] = studio.answers.errors
    assert "no project" in title


def test_playback_moves_the_playhead_and_stop_returns(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    transport = studio.application.transport
    transport.seek(samples_from_seconds_rounded(1))
    studio.run("play")
    studio.qtbot.waitUntil(
        lambda: transport.position > samples_from_seconds_rounded(1.2), timeout=30_000
    )
    studio.run("stop")

    assert transport.position == samples_from_seconds_rounded(1)


def test_a_drag_of_a_lane_fader_is_one_undo_step(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    view = studio.application.timeline_view
    view.gesture_started.emit("Change level")
    for gain in (-1.0, -2.0, -3.0):
        view.lane_change_requested.emit(lane_id, {"gain_db": gain})
    view.gesture_ended.emit(True)

    assert studio.project.lanes[0].gain_db == -3.0
    studio.run("undo")
    assert studio.project.lanes[0].gain_db == 0.0


def test_split_duplicate_and_delete_work_on_the_selection(studio: Studio) -> None:
    draw(studio, "rain")
    studio.application.transport.seek(samples_from_seconds_rounded(2))
    studio.run("split")
    assert [clip.span for clip in studio.project.lanes[0].clips] == [span(0, 2), span(2, 4)]
    studio.run("select_all")
    studio.run("duplicate")
    assert len(studio.project.lanes[0].clips) == 4
    studio.run("delete")
    assert len(studio.project.lanes[0].clips) == 2


def test_the_loop_range_follows_the_selection(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.application.selection.set(
        TimelineSelection(span=span(1, 2), lane_ids=(lane_id,), focused_lane=lane_id)
    )
    studio.run("loop_selection")

    assert studio.project.loop == span(1, 2)
    assert studio.application.window.commands["loop"].isChecked()
    studio.run("loop_clear")
    assert studio.project.loop is None


def test_mute_and_solo_of_the_focused_lane(studio: Studio) -> None:
    lane_id = draw(studio, "rain")
    studio.application.selection.set(TimelineSelection(focused_lane=lane_id))
    studio.run("lane_mute")
    studio.run("lane_solo")

    assert studio.project.lanes[0].is_muted
    assert studio.project.lanes[0].is_soloed


def test_mix_and_stems_are_exported(studio: Studio, tmp_path: Path) -> None:
    draw(studio, "rain")
    draw(studio, "wind")
    studio.application.selection.set(TimelineSelection())
    studio.run("generate")
    studio.wait_for_jobs()
    studio.run("export")
    dialog = studio.application.exports.dialog
    assert dialog is not None
    choices = replace(
        dialog.choices,
        folder=str(tmp_path / "out"),
        sample_format="wav32float",
        reveals_folder=False,
    )
    dialog.export_requested.emit(choices)
    studio.qtbot.waitUntil(lambda: studio.application.exports.dialog is None, timeout=60_000)

    sounds = {
        path.name: soundfile.read(path, dtype="float32")[0]
        for path in (tmp_path / "out").glob("*.wav")
    }
    [mix] = [sound for name, sound in sounds.items() if "_00_" in name]
    stems = [sound for name, sound in sorted(sounds.items()) if "_00_" not in name]
    np.testing.assert_array_equal(mix, stems[0] + stems[1])
    assert np.abs(mix).max() > 0.4
    assert studio.answers.errors == []


def test_an_export_names_lanes_that_are_not_as_their_clips_say(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    draw(studio, "wind")
    studio.application.timeline_view.clip_text_requested.emit(
        studio.project.lanes[0].clips[0].id, "snow"
    )
    titles = [check.title for check in unfinished_checks(studio.project)]
    assert titles == ["No sound yet: Lane 2", "Changed since its take: Lane 1"]
    studio.run("export")
    dialog = studio.application.exports.dialog
    assert dialog is not None
    words = [label.text() for label in dialog.findChildren(Label) if label.isVisible()]
    assert set(titles) <= set(words)
    dialog.close()


def test_an_export_without_sound_says_what_to_do(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("export")

    dialog = studio.application.exports.dialog
    assert dialog is not None
    assert not dialog.export.isEnabled()
    dialog.reject()


def test_a_refusal_is_forgotten_when_something_else_could_be_done(studio: Studio) -> None:
    studio.run("split")
    refusal = studio.application.window.status.message
    assert "no clip to split" in refusal
    studio.run("lane_add")
    assert studio.application.window.status.message == ""
