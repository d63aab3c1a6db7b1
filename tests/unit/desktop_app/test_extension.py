"""Takes that are made longer and keep what is there."""

from dataclasses import replace

import pytest

from desktop_app.controllers.generation_scope import scope_of_selection
from desktop_app.controllers.keeping import keep_edit, plays_after
from desktop_app.controllers.running_job import RunningJob
from desktop_app.extension import extendable_take, new_spans, plan_extension
from desktop_app.generation import plan_island, plan_sections
from desktop_app.project.edits.change_clips import ChangeClips
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.ids import ClipId
from desktop_app.project.project import Project, SoundBlock, Take
from desktop_app.project.time import Span
from desktop_app.views.timeline.values import TimelineSelection
from engine.api import BaseResult
from tests.unit.desktop_app.builders import LANE, clip, done, frames, project_with, span
from tests.unit.desktop_app.controllers.jobs import take_of

BASE = BaseResult(latents_path="l", mel_path="m", audio_path="a", state_path="s")


def made() -> tuple[Project, Take]:
    """A clip of 100 frames from frame 50 on, and its take."""
    project = project_with((clip("a", 50, 150),))
    lane = project.lanes[0]
    take = take_of(plan_island(project, lane, lane.clips), "t")
    return done(project, KeepTake(LANE, take)), take


def dragged(start: float, end: float) -> Project:
    return done(made()[0], TrimClip(ClipId("a"), span(start, end)))


def take_to_extend(project: Project) -> Take | None:
    lane = project.lanes[0]
    return extendable_take(project, lane, lane.clips)


@pytest.mark.parametrize(
    ("start", "end", "new"),
    [(50, 200, [(150, 200)]), (10, 150, [(10, 50)]), (0, 151, [(0, 50), (150, 151)])],
)
def test_a_clip_that_was_dragged_further_extends_its_take(
    start: float, end: float, new: list[tuple[float, float]]
) -> None:
    project = dragged(start, end)
    take = take_to_extend(project)
    assert take == made()[1]

    plan = plan_extension(project, project.lanes[0], project.lanes[0].clips, take, number=2)
    request = plan.request(job_id="j", output_dir="/nowhere", base=BASE)
    assert (request.first_latent_frame, request.end_latent_frame) == (start, end)
    assert (request.base, request.sections, request.take) == (BASE, (), 2)
    assert new_spans(plan.span, take) == tuple(span(*pair) for pair in new)
    job = RunningJob.waiting("j", plan, "/nowhere", take)
    assert job.shown.span == span(new[0][0], new[-1][1]), "only what is new is drawn as made"


def test_parts_are_made_with_the_solver_and_the_steps_of_their_take() -> None:
    """Measured in the Gaussian toy: another solver makes the joins jump 2.4 to 3 times as much."""
    project, take = dragged(50, 200), made()[1]
    (lane,) = project.lanes
    other = replace(lane, settings=replace(lane.settings, sampler="unipc", num_steps=12))
    project = replace(project, lanes=(other,))

    longer = plan_extension(project, other, other.clips, take, number=2)
    section = plan_sections(project, other, take, [span(60, 90)])

    assert longer.recipe.settings == take.recipe.settings != other.settings
    assert section.recipe.settings == take.recipe.settings


def test_new_words_for_what_is_new_leave_the_take_extendable() -> None:
    project, _ = made()
    lane = replace(project.lanes[0], clips=(*project.lanes[0].clips, clip("b", 150, 260)))
    assert take_to_extend(replace(project, lanes=(lane,))) is not None


def test_what_cannot_be_extended() -> None:
    project, take = made()
    assert take_to_extend(project) is None, "nothing is new"
    assert take_to_extend(dragged(50, 120)) is None, "it became shorter"
    assert take_to_extend(dragged(60, 200)) is None, "a part of it is gone"
    longer = dragged(50, 200)
    assert take_to_extend(done(longer, ChangeClips(frozenset({ClipId("a")}), text="snow"))) is None
    lane = longer.lanes[0]
    other = replace(lane, settings=replace(lane.settings, model="large"))
    assert take_to_extend(replace(longer, lanes=(other,))) is None
    second = replace(take, id=type(take.id)("u"), number=2)
    comp = replace(
        lane,
        takes=(take, second),
        next_take_number=3,
        sound=(
            SoundBlock(span=span(50, 100), take_id=take.id),
            SoundBlock(span=span(100, 150), take_id=second.id),
        ),
    )
    assert take_to_extend(replace(longer, lanes=(comp,))) is None


def test_a_clip_that_does_not_begin_on_the_grid_can_be_extended() -> None:
    project = project_with((clip("a", 10.4, 100),))
    lane = project.lanes[0]
    take = take_of(plan_island(project, lane, lane.clips), "t")
    project = done(
        project,
        KeepTake(LANE, take),
        TrimClip(ClipId("a"), Span(frames(10.4), frames(180))),
    )
    assert take_to_extend(project) == take


def test_the_button_says_how_much_is_new_and_the_longer_take_plays() -> None:
    project = dragged(50, 200)
    scope = scope_of_selection(project, TimelineSelection())
    assert scope.extension_words == "Extend by 2.0 s, keep the rest"
    [(plan, _)] = scope.extensions
    longer = replace(take_of(plan, "longer"), number=2)
    lane = project.lanes[0]
    after = keep_edit(lane, plan, [longer]).apply(project).lanes[0]

    assert plays_after(lane, plan)
    assert after.sound == (SoundBlock(span=span(50, 200), take_id=longer.id),)
    assert scope_of_selection(made()[0], TimelineSelection()).extension_words == ""
