from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop_app.generation import has_same_words, is_stale, plan_island, plan_sections
from desktop_app.project.edits import AddCurvePoint, Edit, MoveClips, SplitClip, TrimClip
from desktop_app.project.ids import ClipId, TakeId
from desktop_app.project.project import CurveKind, CurvePoint, Lane, Project, PromptClip, Take
from desktop_app.project.time import Samples
from engine.api import Curve, GenerateRequest, Region
from tests.unit.desktop_app.builders import clip, frames, media_ids, project_with, span

A, X = ClipId("a"), ClipId("x")
SLOPE = (CurvePoint(frames(100), 1.0), CurvePoint(frames(200), 3.0))


def curved(start: float = 50) -> Project:
    return project_with((replace(clip("a", start, 350), guidance_curve=SLOPE),))


def lane_of(project: Project) -> Lane:
    return project.lanes[0]


def regions_of(project: Project) -> tuple[Region, ...]:
    lane = lane_of(project)
    request: GenerateRequest = plan_island(project, lane, lane.clips).request(
        job_id="job", output_dir="folder"
    )
    return request.regions


def take_of(project: Project) -> Take:
    plan = plan_island(project, lane_of(project), lane_of(project).clips)
    return Take(id=TakeId("t"), number=1, span=plan.span, media=media_ids(), recipe=plan.recipe)


def test_a_curve_reaches_the_engine_on_the_lanes_grid() -> None:
    [region] = regions_of(curved())
    assert region.guidance_curve == Curve(latent_frames=(150, 250), values=(1.0, 3.0))
    assert region.weight_curve is None


def test_points_of_a_clip_off_the_grid_go_to_the_nearest_frame() -> None:
    [region] = regions_of(curved(50.4))
    assert region.guidance_curve is not None
    assert region.guidance_curve.latent_frames == (150, 250)


def test_points_nearer_than_a_frame_stay_in_order() -> None:
    points = (CurvePoint(frames(10), 0.5), CurvePoint(Samples(frames(10) + 1), 2.0))
    [region] = regions_of(project_with((replace(clip("a", 0, 350), weight_curve=points),)))
    assert region.weight_curve == Curve(latent_frames=(10, 11), values=(0.5, 2.0))


def changed_point(value: float) -> Callable[[PromptClip], PromptClip]:
    points = (SLOPE[0], CurvePoint(frames(200), value))
    return lambda clip: replace(clip, guidance_curve=points)


@pytest.mark.parametrize(
    "change",
    [
        changed_point(3.5),
        lambda clip: replace(clip, guidance_curve=()),
        lambda clip: replace(clip, weight_curve=SLOPE),
    ],
)
def test_another_curve_is_another_prompt(change: Callable[[PromptClip], PromptClip]) -> None:
    project = curved()
    take = take_of(project)
    lane = lane_of(project)
    assert not is_stale(project, lane, take)
    changed = replace(lane, clips=(change(lane.clips[0]),))
    assert is_stale(replace(project, lanes=(changed,)), changed, take)


@pytest.mark.parametrize(
    "edit",
    [
        SplitClip(A, frames(200.4), X),
        SplitClip(A, frames(100), X),
        TrimClip(A, span(50, 500)),
        AddCurvePoint(A, CurveKind.GUIDANCE, CurvePoint(frames(150), 2.0)),
        AddCurvePoint(A, CurveKind.GUIDANCE, CurvePoint(frames(300), 3.0)),
    ],
)
def test_what_sounds_the_same_makes_nothing_stale(edit: Edit) -> None:
    take = take_of(curved())
    project = edit.apply(curved())
    assert has_same_words(project, lane_of(project), take)


def test_the_number_says_nothing_where_a_curve_rules() -> None:
    project = curved()
    lane = lane_of(project)
    changed = replace(lane, clips=(replace(lane.clips[0], guidance_scale=9.0),))
    assert has_same_words(replace(project, lanes=(changed,)), changed, take_of(project))


def test_a_curve_that_moved_with_its_clip_is_another_prompt() -> None:
    take = take_of(curved())
    project = TrimClip(A, span(50, 350)).apply(
        MoveClips(frozenset({A}), frames(-10)).apply(curved())
    )
    assert not has_same_words(project, lane_of(project), take)


def test_a_section_of_a_shorter_take_uses_the_curve_that_lies_there() -> None:
    take = take_of(curved())
    project = TrimClip(A, span(40, 400)).apply(curved())
    recipe = plan_sections(project, lane_of(project), take, [span(100, 120)]).recipe
    assert recipe.prompts[0].guidance_curve == SLOPE
    assert recipe.prompts[0].span == take.span
