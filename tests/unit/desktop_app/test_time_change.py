"""Takes that follow when time is deleted or inserted; one unit is a latent frame."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.controllers.keeping import keep_edit, plays_after
from desktop_app.controllers.running_job import RunningJob
from desktop_app.generation import GenerationPlan, is_stale, needs_generation, plan_island
from desktop_app.project.edits import ChangeClips, ChangeTime, KeepTake, MoveClips
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.project import Project, Take
from desktop_app.project.time import Samples
from desktop_app.time_change import change_of_time, plan_time_change
from desktop_app.unfinished_jobs import note_job, unfinished_jobs
from engine.api import BaseResult, KeptSpan
from tests.unit.desktop_app.builders import (
    LANE,
    clip,
    clips_at,
    done,
    project_with,
    sound_of,
    span,
)
from tests.unit.desktop_app.controllers.jobs import take_of

BASE = BaseResult(latents_path="l", mel_path="m", audio_path="a", state_path="s")


def made(end: float = 90) -> tuple[Project, Take]:
    """Two clips from frame 10 on, their take, and a third clip far behind."""
    project = project_with((clip("a", 10, 50), clip("b", 50, end), clip("c", 200, 220)))
    lane = project.lanes[0]
    take = take_of(plan_island(project, lane, lane.clips[:2]), "t")
    return done(project, KeepTake(LANE, take)), take


def planned(
    project: Project, start: float, end: float, *, inserts: bool
) -> tuple[GenerationPlan, Take]:
    change = change_of_time(project.lanes[0], span(start, end), inserts=inserts)
    result = plan_time_change(project, change)
    assert result is not None
    return result


def kept_spans(plan: GenerationPlan) -> list[tuple[int, int, int]]:
    request = plan.request(job_id="j", output_dir="/nowhere", base=BASE)
    assert request.base is not None
    assert request.base.latents_path == "l"
    for part in request.base.kept:
        assert request.first_latent_frame <= part.target_latent_frame
        assert part.target_end_latent_frame <= request.end_latent_frame
    return [
        (part.start_latent_frame, part.num_latent_frames, part.target_latent_frame)
        for part in request.base.kept
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected", "length"),
    [
        (20, 30, [(10, 10, 10), (30, 60, 20)], 70),
        (5, 30, [(30, 60, 5)], 60),
        (60, 95, [(10, 50, 10)], 50),
        (19.6, 30.4, [(10, 10, 10), (30, 60, 20)], 70),
    ],
)
def test_what_is_not_deleted_is_kept_in_its_new_place(
    start: float, end: float, expected: list[tuple[int, int, int]], length: int
) -> None:
    project, take = made()

    plan, base = planned(project, start, end, inserts=False)

    assert base == take
    assert kept_spans(plan) == expected
    request = plan.request(job_id="j", output_dir="/nowhere", base=BASE)
    assert request.num_latent_frames == length
    assert plan.recipe.based_on == take.id


@pytest.mark.parametrize(
    ("place", "expected"),
    [(30, [(10, 20, 10), (30, 60, 42)]), (90, [(10, 80, 10)]), (11, [(10, 1, 10), (11, 79, 23)])],
)
def test_what_lies_around_inserted_time_is_kept(
    place: float, expected: list[tuple[int, int, int]]
) -> None:
    plan, _ = planned(made()[0], place, place + 12, inserts=True)

    assert kept_spans(plan) == expected
    request = plan.request(job_id="j", output_dir="/nowhere", base=BASE)
    assert (request.first_latent_frame, request.num_latent_frames) == (10, 92)


def test_a_run_that_ends_between_frames_keeps_its_last_one() -> None:
    project, _ = made(end=90.5)

    plan, _ = planned(project, 20, 30, inserts=False)

    assert kept_spans(plan) == [(10, 10, 10), (30, 61, 20)]
    assert plan.request(job_id="j", output_dir="/n", base=BASE).num_latent_frames == 71


@pytest.mark.parametrize("inserts", [False, True])
def test_clips_and_take_change_in_one_step_and_the_take_is_fresh(inserts: bool) -> None:
    project, _ = made()
    plan, _ = planned(project, 20, 30, inserts=inserts)
    take = take_of(plan, "new")
    lane = project.lanes[0]
    assert plays_after(lane, plan)

    edit = keep_edit(lane, plan, [take])
    after = done(project, edit)

    end = 100 if inserts else 80
    border = 60 if inserts else 40
    assert edit.label == ("Insert time" if inserts else "Delete time")
    assert clips_at(after) == {"a": (10, border), "b": (border, end), "c": (200, 220)}
    assert sound_of(after) == [("new", 10, end)]
    changed = after.lanes[0]
    assert not is_stale(after, changed, changed.takes[-1])
    assert not needs_generation(after, changed, changed.clips[:2])
    # The take can be changed again at once.
    again, base = planned(after, 30, 40, inserts=not inserts)
    assert base.id == take.id
    assert again.time_change is not None


def test_several_versions_are_kept_and_the_best_one_plays() -> None:
    project, _ = made()
    plan, _ = planned(project, 20, 30, inserts=False)
    takes = [take_of(plan, "best"), replace(take_of(plan, "other"), number=plan.number + 1)]

    after = done(project, keep_edit(project.lanes[0], plan, takes))

    assert sound_of(after) == [("best", 10, 80)]
    assert [str(take.id) for take in after.lanes[0].takes] == ["t", "best", "other"]


def test_a_take_is_kept_beside_clips_that_were_moved_meanwhile() -> None:
    project, _ = made()
    plan, _ = planned(project, 20, 30, inserts=False)
    moved = done(project, MoveClips(frozenset({ClipId("a"), ClipId("b")}), Samples(1920)))

    assert not plays_after(moved.lanes[0], plan)
    after = done(moved, keep_edit(moved.lanes[0], plan, [take_of(plan, "new")]))

    assert clips_at(after) == clips_at(moved)
    assert sound_of(after) == sound_of(moved)
    assert len(after.lanes[0].takes) == 2


def test_what_is_new_is_made_with_the_solver_and_the_steps_of_the_take() -> None:
    project, take = made()
    lane = project.lanes[0]
    settings = replace(lane.settings, sampler="unipc", num_steps=lane.settings.num_steps + 7)
    changed = replace(project, lanes=(replace(lane, settings=settings), *project.lanes[1:]))

    plan, _ = planned(changed, 20, 30, inserts=True)

    assert plan.recipe.settings == take.recipe.settings != settings


def test_without_sound_nothing_has_to_follow() -> None:
    project = project_with((clip("a", 10, 50),))
    change = change_of_time(project.lanes[0], span(20, 30), inserts=False)

    assert plan_time_change(project, change) is None


def test_where_all_of_it_is_deleted_nothing_has_to_follow() -> None:
    project, _ = made()
    change = change_of_time(project.lanes[0], span(0, 100), inserts=False)

    assert plan_time_change(project, change) is None
    assert sound_of(done(project, change)) == []


def test_sound_that_is_out_of_date_is_not_cut() -> None:
    project, _ = made()
    other = done(project, ChangeClips(frozenset({ClipId("a")}), text="hail"))
    change = change_of_time(other.lanes[0], span(20, 30), inserts=False)

    with pytest.raises(EditError, match="Generate it first"):
        plan_time_change(other, change)


@pytest.mark.parametrize(
    ("start", "end", "inserts", "message"),
    [
        (100, 150, False, "no clip in the selected time"),
        (10, 20, True, "no clip around the start"),
        (80, 210, False, "gap between"),
    ],
)
def test_a_range_without_one_run_of_clips_is_refused(
    start: float,
    end: float,
    inserts: bool,
    message: str,
) -> None:
    with pytest.raises(EditError, match=message):
        change_of_time(made()[0].lanes[0], span(start, end), inserts=inserts)


def test_the_job_is_drawn_where_time_is_inserted_and_goes_on_after_a_crash(tmp_path: Path) -> None:
    project, take = made()
    plan, _ = planned(project, 30, 42, inserts=True)
    assert RunningJob.waiting("j", plan, "/nowhere", take).shown.span == span(30, 42)
    (tmp_path / "j").mkdir()

    note_job(tmp_path / "j", plan)
    (found,) = unfinished_jobs(tmp_path, project)

    assert (found.plan, found.base) == (plan, take)


def test_kept_parts_are_the_engines() -> None:
    plan, _ = planned(made()[0], 20, 30, inserts=False)
    request = plan.request(job_id="j", output_dir="/nowhere", base=BASE)

    assert request.base is not None
    assert request.base.kept[1] == KeptSpan(
        start_latent_frame=30, num_latent_frames=60, target_latent_frame=20
    )
    assert isinstance(plan.time_change, ChangeTime)
