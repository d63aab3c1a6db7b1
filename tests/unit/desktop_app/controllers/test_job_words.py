"""Jobs in words."""

from dataclasses import replace

import pytest

from desktop_app.controllers.job_words import (
    clock_words,
    ended_row,
    job_card,
    live_row,
    queue_words,
    range_words,
)
from desktop_app.project.ids import TakeId
from desktop_app.views.jobs.values import JobRowState
from engine.api import JobProgress, JobStarted, Stage
from tests.unit.desktop_app.controllers.jobs import rain, span, waiting_job


def test_positions_and_ranges_are_said_as_on_a_clock() -> None:
    assert clock_words(66.9) == "1:06"
    assert range_words(span(44, 112)) == "0:44 – 1:52"


@pytest.mark.parametrize(
    ("running", "waiting", "words"),
    [(0, 0, "Queue idle"), (1, 0, "1 running, 0 waiting"), (1, 3, "1 running, 3 waiting")],
)
def test_the_queue_is_one_line(running: int, waiting: int, words: str) -> None:
    assert queue_words(running, waiting) == words


def test_a_waiting_job_tells_its_place() -> None:
    job = waiting_job(rain())

    row = live_row(job, rain(), 1)
    assert (row.state, row.stage_text, row.time_text) == (
        JobRowState.WAITING,
        "Waiting",
        "number 2",
    )
    assert job_card(job, 1).title == "Waiting, number 2 in line"


def test_a_job_that_loads_the_model_runs_without_windows() -> None:
    job = waiting_job(rain())
    job.take_event(JobProgress(job_id="job", stage=Stage.LOADING, done=0, total=1, fraction=0.0))

    assert live_row(job, rain(), 0).stage_text == "Loading the model"
    job.take_event(JobStarted(job_id="job", device="cpu", num_windows=2, num_steps=4))
    assert live_row(job, rain(), 0).stage_text == "Loading the model, 2 windows"


def test_an_ended_job_keeps_its_error_and_survives_its_lane() -> None:
    job = waiting_job(rain())
    row = ended_row(job, None, JobRowState.FAILED, "Not enough memory.", "Traceback")

    assert row.lane_name == "Removed lane"
    assert row.stage_text == "Failed: Not enough memory."
    assert row.details == "Traceback"
    assert ended_row(job, rain(), JobRowState.DONE, "Done", "").lane_name == "Rain"


def test_jobs_are_called_what_they_make() -> None:
    job = waiting_job(rain())
    assert live_row(job, rain(), 0).what == "new take"
    job.plan = replace(job.plan, recipe=replace(job.plan.recipe, based_on=TakeId("take")))
    assert live_row(job, rain(), 0).what == "extension"
    job.plan = replace(job.plan, recipe=replace(job.plan.recipe, sections=(span(1, 2),)))
    assert live_row(job, rain(), 0).what == "repair"
    job.plan = replace(job.plan, num_candidates=3)
    assert live_row(job, rain(), 0).what == "3 repairs"
