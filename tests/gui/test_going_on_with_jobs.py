"""Jobs that ended with the engine or with the whole program, and go on where they were."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.controllers.questions import RecoveryAnswer
from desktop_app.views.jobs.job_entry import JobEntry
from desktop_app.views.timeline.values import JobState
from tests.gui.conftest import Answers, Studio
from tests.gui.test_application_files import another_start, crash
from tests.gui.test_application_jobs import draw, generate_on_hold, lane
from tests.support.sound_engine import ToneEngine


def die(studio: Studio) -> str:
    """Let the engine's process end in the middle of a job."""
    lane_id = draw(studio, "die")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.display.show_jobs()
    assert "stopped unexpectedly" in studio.notice
    return lane_id


def only_entry(studio: Studio) -> JobEntry:
    [entry] = studio.application.window.jobs.entries
    return entry


def press(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload] # a widget


def test_trying_again_goes_on_in_the_same_folder_with_the_same_request(studio: Studio) -> None:
    lane_id = die(studio)
    [first] = studio.engine.requests
    assert Path(first.output_dir, "left.npz").exists()
    press(only_entry(studio)._retry)
    studio.wait_for_jobs()

    assert studio.engine.requests == [first, first]
    [take] = next(each for each in studio.project.lanes if each.id == lane_id).takes
    assert take.recipe.noise_take == first.take
    studio.qtbot.waitUntil(lambda: not Path(first.output_dir).exists(), timeout=30_000)


def test_other_takes_never_use_the_noise_of_a_job_that_may_go_on(studio: Studio) -> None:
    die(studio)
    studio.application.timeline_view.clip_text_requested.emit(
        studio.project.lanes[0].clips[0].id, "rain"
    )
    studio.run("generate")
    studio.wait_for_jobs()
    press(only_entry_that_failed(studio)._retry)
    studio.wait_for_jobs()

    assert [request.take for request in studio.engine.requests] == [1, 2, 1]
    assert sorted(take.recipe.noise_take for take in studio.project.lanes[0].takes) == [1, 2]


def only_entry_that_failed(studio: Studio) -> JobEntry:
    [entry] = [
        each for each in studio.application.window.jobs.entries if not each._retry.isHidden()
    ]
    return entry


def test_a_failed_job_that_is_given_up_leaves_nothing(studio: Studio) -> None:
    die(studio)
    folder = Path(studio.engine.requests[0].output_dir)
    press(only_entry(studio)._dismiss)

    assert studio.application.window.jobs.entries == ()
    assert studio.application.timeline_view._scene.jobs == {}
    studio.qtbot.waitUntil(lambda: not folder.exists(), timeout=30_000)


def test_a_job_whose_folder_is_gone_begins_anew(studio: Studio) -> None:
    die(studio)
    folder = Path(studio.engine.requests[0].output_dir)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    press(only_entry(studio)._retry)
    studio.wait_for_jobs()

    assert "stopped unexpectedly" in studio.notice
    assert len(studio.engine.requests) == 2


def test_what_ran_when_the_program_was_killed_is_offered_at_the_next_start(
    studio: Studio, tmp_path: Path
) -> None:
    lane_id = generate_on_hold(studio)
    [request] = studio.engine.requests
    crash(studio)
    answers = Answers(recovery_answer=RecoveryAnswer.RECOVER)
    application = another_start(studio, tmp_path, answers)
    engine = application.engine_thread._engine
    assert isinstance(engine, ToneEngine)
    engine.is_released.set()
    assert application.files.offer_recovery()
    application.display.show_jobs()

    [entry] = application.window.jobs.entries
    assert "Not finished when Longwave was closed" in entry.accessibleName()
    assert entry._retry.toolTip() == "Go on"
    shown = application.timeline_view._scene.jobs[lane_id]
    assert (shown.state, shown.label) == (
        JobState.UNFINISHED,
        "Not finished when Longwave was closed",
    )
    strip = application.window.message_strip
    assert strip.text.startswith("Lane 1: a job was not finished")
    press(strip.button("Go on"))
    studio.qtbot.waitUntil(lambda: not application.generation.jobs, timeout=30_000)
    [again] = engine.requests
    assert again == request
    assert len(application.document.project.lanes[0].takes) == 1
    assert lane_id == application.document.project.lanes[0].id
    application.close()
    studio.engine.is_released.set()
    assert lane(studio, lane_id).takes == ()
