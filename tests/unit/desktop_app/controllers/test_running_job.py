"""What is known of a job while the engine works on it."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.audio.peaks import Peaks
from desktop_app.controllers.running_job import RunningJob, remaining_words
from desktop_app.project.ids import MediaId
from desktop_app.project.project import SoundSource
from desktop_app.project.time import samples_from_seconds_rounded
from desktop_app.views.timeline.values import JobState
from engine.api import AudioReady, JobProgress, JobStarted, Stage
from tests.unit.desktop_app.controllers.jobs import plan_of, rain, span, take_of, waiting_job


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (1.0, "a few more seconds"),
        (7.2, "7 s"),
        (42.0, "about 40 s"),
        (118.0, "about 2 min"),
        (600.0, "about 10 min"),
    ],
)
def test_remaining_times_are_said_in_steps(seconds: float | None, words: str) -> None:
    assert remaining_words(seconds) == words


def test_a_job_waits_until_the_engine_tells_of_it() -> None:
    job = waiting_job(rain())

    assert (job.shown.state, job.words) == (JobState.WAITING, "Waiting")
    job.take_event(JobProgress(job_id="job", stage=Stage.LOADING, done=0, total=1, fraction=0.0))
    assert job.is_running
    assert job.shown.label == "Loading the model"
    assert job.shown.num_windows == 0


def test_a_job_whose_turn_has_come_says_what_it_waits_for() -> None:
    job = waiting_job(rain())
    job.begin()
    assert (job.is_running, job.shown.label) == (True, "Starting the engine")
    job.take_event(JobProgress(job_id="job", stage=Stage.LOADING, done=0, total=1, fraction=0.0))
    job.begin()
    assert job.shown.label == "Loading the model"


def test_sampling_says_its_step_and_the_time_that_is_left() -> None:
    job = waiting_job(rain())
    job.take_event(JobStarted(job_id="job", device="cpu", num_windows=3, num_steps=50))
    job.take_event(
        JobProgress(
            job_id="job",
            stage=Stage.SAMPLING,
            done=31,
            total=50,
            fraction=0.4,
            remaining_seconds=41.0,
        )
    )

    assert job.shown.label == "Step 31 of 50, about 40 s"
    assert (job.shown.step, job.shown.num_steps, job.shown.num_windows) == (31, 50, 3)
    assert job.shown.state is JobState.RUNNING
    assert not job.shown.is_wavefront


@pytest.mark.parametrize(("stride_latent_frames", "lag_windows"), [(192, 2), (128, 2), (64, 4)])
def test_a_wavefront_is_drawn_as_a_staircase(stride_latent_frames: int, lag_windows: int) -> None:
    plan = plan_of(rain())
    settings = replace(plan.recipe.settings, stride_latent_frames=stride_latent_frames)
    plan = replace(plan, recipe=replace(plan.recipe, settings=settings))
    job = RunningJob.waiting("job", plan, "/nowhere")
    job.take_event(
        JobStarted(job_id="job", device="cpu", num_windows=9, num_steps=50, is_wavefront=True)
    )

    assert (job.shown.is_wavefront, job.shown.lag_windows) == (True, lag_windows)


def test_of_several_takes_the_one_that_is_being_made_is_named() -> None:
    job = RunningJob.waiting("job", replace(plan_of(rain()), num_candidates=3), "/nowhere")
    job.take_event(
        JobProgress(job_id="job", stage=Stage.SAMPLING, done=4, total=8, fraction=(1 + 0.4) / 3)
    )
    assert job.stage == "Take 2 of 3, step 4 of 8"
    job.take_event(JobProgress(job_id="job", stage=Stage.VOCODING, done=1, total=1, fraction=1.0))
    assert job.stage == "Take 3 of 3, making the sound"


def test_a_repair_is_drawn_where_it_repairs() -> None:
    plan = plan_of(rain())
    repaired = span(1.0, 2.0)
    plan = replace(plan, recipe=replace(plan.recipe, sections=(repaired,)))
    job = RunningJob.waiting("job", plan, "/nowhere")
    assert job.shown.span == repaired

    # The engine renders a little more on both sides: from 0.5 s to 2.5 s of the piece.
    job.paint(50, np.full((64, 200), 7, np.uint8))
    job.publish(0.0)
    ramp = np.linspace(0, 1, 32_000, dtype=np.float32)
    job.take_event(AudioReady(job_id="job", first_sample=8_000, samples=ramp, sample_rate=16_000))

    assert job.shown.levels is not None
    assert job.shown.levels.shape == (64, 100)
    assert (job.shown.levels == 7).all()
    assert isinstance(job.shown.peaks, Peaks)
    assert job.shown.peaks.num_samples == 16_000
    assert job.shown.peaks.columns(0, 32, 1).minimum[0] == ramp[8_000]
    assert job.shown.ready_until == repaired.end


def test_sound_is_ready_up_to_what_has_arrived() -> None:
    job = waiting_job(rain())
    for first in (0, 16_000):
        job.take_event(
            AudioReady(
                job_id="job",
                first_sample=first,
                samples=np.zeros(16_000, np.float32),
                sample_rate=16_000,
            )
        )

    assert job.shown.ready_until == samples_from_seconds_rounded(2)
    assert job.shown.peaks is not None
    assert job.shown.peaks.num_samples == 32_000


def test_ready_sound_never_reaches_beyond_the_piece() -> None:
    job = waiting_job(rain())
    job.take_event(
        AudioReady(
            job_id="job",
            first_sample=0,
            samples=np.zeros(80_000, np.float32),
            sample_rate=16_000,
        )
    )

    assert job.shown.ready_until == job.plan.span.end


def test_pictures_are_put_together_and_shown_when_published() -> None:
    job = waiting_job(rain())
    job.paint(0, np.full((64, 400), 10, np.uint8))
    job.paint(390, np.full((64, 20), 200, np.uint8))

    before = job.shown.levels
    job.publish(0.0)
    levels = job.shown.levels
    assert before is None
    assert levels is not None
    assert levels.shape == (64, 400)
    assert levels[0, 389] == 10
    assert levels[0, 390] == 200


def test_a_long_picture_is_not_drawn_too_often() -> None:
    job = waiting_job(rain(3600.0))
    job.paint(0, np.zeros((64, 100), np.uint8))
    job.publish(100.0)
    first = job.shown.levels
    job.paint(0, np.ones((64, 100), np.uint8))
    job.publish(101.0)

    assert job.shown.levels is first
    job.publish(110.0)
    assert job.shown.levels is not first
    job.publish(220.0)
    last = job.shown.levels
    job.publish(330.0)
    assert job.shown.levels is last, "nothing new was painted"


def audio(first: int, num: int, value: float, *, is_final: bool = True) -> AudioReady:
    samples = np.full(num, value, np.float32)
    return AudioReady(
        job_id="job", first_sample=first, samples=samples, sample_rate=16_000, is_final=is_final
    )


def test_final_sound_takes_the_place_of_early_sound_and_the_line_stays() -> None:
    job = waiting_job(rain())
    job.take_event(audio(0, 32_000, 0.25, is_final=False))
    job.take_event(audio(0, 16_000, 0.75))

    assert job.shown.ready_until == samples_from_seconds_rounded(2)
    assert job.sound is not None
    assert job.sound.num_final == 16_000
    maximum = job.sound.peaks.columns(0, 32, 1_000).maximum
    assert (maximum[:500] == 0.75).all()
    assert (maximum[500:] == 0.25).all()


def test_the_line_waits_at_a_gap() -> None:
    job = waiting_job(rain())
    job.take_event(audio(32_000, 16_000, 0.5, is_final=False))
    assert job.shown.ready_until == job.shown.span.start

    job.take_event(audio(0, 32_000, 0.5, is_final=False))
    assert job.shown.ready_until == samples_from_seconds_rounded(3)


def test_a_preview_covers_nothing_that_is_better_known() -> None:
    job = waiting_job(rain())
    job.paint(0, np.full((64, 100), 10, np.uint8))
    job.paint(0, np.full((64, 400), 20, np.uint8), is_preview=True)
    job.paint(50, np.full((64, 20), 30, np.uint8))

    assert job.levels is not None
    assert job.levels[0, [0, 49, 50, 69, 70, 99, 100, 399]].tolist() == [
        10, 10, 30, 30, 10, 10, 20, 20,
    ]  # fmt: skip


def test_only_work_from_nothing_tells_the_pace_of_the_machine() -> None:
    plan = plan_of(rain())
    assert waiting_job(rain()).shows_pace
    going_on = waiting_job(rain())
    going_on.goes_on = True
    assert not going_on.shows_pace
    source = SoundSource(media=MediaId("a.wav"))
    imported = replace(plan, recipe=replace(plan.recipe, source=source))
    assert not RunningJob.waiting("j", imported, "/nowhere").shows_pace
    assert not RunningJob.waiting("j", plan, "/nowhere", take_of(plan, "t")).shows_pace
