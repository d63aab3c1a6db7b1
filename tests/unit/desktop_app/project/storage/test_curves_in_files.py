"""Curves came without a new version: programs from before ignore what they do not know."""

from dataclasses import replace
from typing import Any, cast

import pytest

from desktop_app.project.project import CurvePoint, Project
from desktop_app.project.storage.schema import (
    SchemaError,
    content_hash,
    data_from_project,
    project_from_data,
)
from desktop_app.project.time import Samples
from tests.unit.desktop_app.builders import clip, frames, project_with, take


def curved() -> Project:
    guidance = (CurvePoint(frames(1), 2.0), CurvePoint(frames(3), 4.5))
    weight = (CurvePoint(Samples(7), 0.5),)
    project = project_with(
        (replace(clip("a", 0, 10), guidance_curve=guidance, weight_curve=weight),)
    )
    made = take("t", 1, 0, 10)
    said = replace(made.recipe.prompts[0], guidance_curve=guidance, weight_curve=weight)
    made = replace(made, recipe=replace(made.recipe, prompts=(said,)))
    lane = replace(project.lanes[0], takes=(made,), next_take_number=2)
    return replace(project, lanes=(lane,))


def test_curves_of_clips_and_recipes_survive() -> None:
    assert project_from_data(data_from_project(curved())) == curved()


def test_a_file_from_before_there_were_curves_has_none() -> None:
    data = data_from_project(project_with((clip("a", 0, 10),)))
    lane = cast(list[Any], data["lanes"])[0]
    for name in ("guidance_curve", "weight_curve"):
        assert lane["clips"][0].pop(name) == []

    assert project_from_data(data) == project_with((clip("a", 0, 10),))


def test_whole_and_broken_numbers_are_written_and_hashed_alike() -> None:
    def with_value(value: float) -> Project:
        points = (CurvePoint(Samples(0), value),)
        return project_with((replace(clip("a", 0, 10), guidance_curve=points),))

    assert content_hash(with_value(2)) == content_hash(with_value(2.0))
    assert content_hash(with_value(2.0)) != content_hash(with_value(2.5))


@pytest.mark.parametrize("value", [0.5, 21.0, "2"])
def test_points_out_of_range_are_refused(value: object) -> None:
    data = data_from_project(curved())
    lane = cast(list[Any], data["lanes"])[0]
    lane["clips"][0]["guidance_curve"][0]["value"] = value

    with pytest.raises(SchemaError):
        project_from_data(data)
