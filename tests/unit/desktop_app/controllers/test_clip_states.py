"""What state each clip is in."""

from dataclasses import replace

from desktop_app.controllers.clip_states import clip_states
from desktop_app.project.project import Project, SoundBlock
from engine.api import JobStarted
from tests.unit.desktop_app.controllers.jobs import plan_of, rain, span, take_of, waiting_job


def state(project: Project, *, is_stale: bool = False) -> str:
    takes = frozenset(take.id for take in project.lanes[0].takes) if is_stale else frozenset()
    return clip_states(project, (), takes)[project.lanes[0].clips[0].id]


def test_a_clip_goes_from_not_generated_to_ready() -> None:
    lane = rain()
    take = take_of(plan_of(lane), "take")

    assert state(Project(lanes=(lane,))) == "Not generated"
    half = replace(lane, takes=(take,), sound=(SoundBlock(span=span(0, 2), take_id=take.id),))
    assert state(Project(lanes=(half,))) == "Partly generated"
    whole = replace(half, sound=(SoundBlock(span=span(0, 4), take_id=take.id),))
    assert state(Project(lanes=(whole,))) == "Ready"
    assert state(Project(lanes=(whole,)), is_stale=True) == "Stale"


def test_a_job_says_more_than_the_sound_that_is_there() -> None:
    project, job = Project(lanes=(rain(),)), waiting_job(rain())
    [clip] = project.lanes[0].clips

    assert clip_states(project, [job], frozenset()) == {clip.id: "Waiting"}
    job.take_event(JobStarted(job_id="job", device="cpu", num_windows=1, num_steps=4))
    assert clip_states(project, [job], frozenset()) == {clip.id: "Generating"}


def test_a_repair_concerns_only_the_clips_that_it_meets() -> None:
    project, job = Project(lanes=(rain(),)), waiting_job(rain())
    job.plan = replace(job.plan, recipe=replace(job.plan.recipe, sections=(span(8, 9),)))
    [clip] = project.lanes[0].clips

    assert clip_states(project, [job], frozenset()) == {clip.id: "Not generated"}
