"""From a plan of the application to a take of the real engine: time is deleted and inserted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.generation import GenerationPlan, plan_island
from desktop_app.project.edits import KeepTake
from desktop_app.project.project import GenerationSettings, Project
from desktop_app.time_change import change_of_time, plan_time_change
from engine.api import BaseResult
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import base_in, run, sound_of
from tests.support.tiny_model import save_tiny_model
from tests.unit.desktop_app.builders import LANE, clip, done, project_with, span
from tests.unit.desktop_app.controllers.jobs import take_of

SAMPLES_PER_FRAME = 640
REACH = 48 + 66 // 4 + 32 // 4 + 2
"""Latent frames beside a join that may sound different: those made again, and what carries it."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


def made(plan: GenerationPlan, folder: Path, base: BaseResult | None = None) -> np.ndarray:
    folder.mkdir()
    run(LocalEngine(device="cpu"), plan.request(job_id="j", output_dir=str(folder), base=base))
    return sound_of(folder).reshape(-1, SAMPLES_PER_FRAME)


@pytest.mark.parametrize("inserts", [False, True])
def test_the_take_follows_and_keeps_its_samples_away_from_the_join(
    model: Path,
    tmp_path: Path,
    inserts: bool,
) -> None:
    project = settings_of(project_with((clip("a", 10, 200), clip("b", 200, 410))), model)
    lane = project.lanes[0]
    plan = plan_island(project, lane, lane.clips)
    old = made(plan, tmp_path / "old")
    project = done(project, KeepTake(LANE, take_of(plan, "t")))
    change = change_of_time(project.lanes[0], span(160, 190), inserts=inserts)
    result = plan_time_change(project, change)
    assert result is not None

    new = made(result[0], tmp_path / "new", base_in(tmp_path / "old"))

    gone, added = (0, 30) if inserts else (30, 0)
    assert len(new) == len(old) - gone + added
    place = 160 - 10
    before, after = place - REACH, place + gone + REACH
    np.testing.assert_array_equal(new[:before], old[:before])
    np.testing.assert_array_equal(new[after - gone + added :], old[after:])
    assert not np.array_equal(new[place - 5 : place + 5], old[place - 5 : place + 5])


def settings_of(project: Project, model: Path) -> Project:
    settings = GenerationSettings(model=str(model), num_steps=2)
    return replace(project, lanes=tuple(replace(each, settings=settings) for each in project.lanes))
