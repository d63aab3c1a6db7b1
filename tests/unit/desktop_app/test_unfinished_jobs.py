"""Jobs on the disk that were begun and not finished."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.project.project import Lane, Project
from desktop_app.unfinished_jobs import note_job, unfinished_jobs
from tests.unit.desktop_app.controllers.jobs import plan_of, rain, span, take_of


def noted(jobs_dir: Path, name: str, lane: Lane, number: int = 1) -> Path:
    folder = jobs_dir / name
    folder.mkdir()
    plan = plan_of(lane)
    recipe = replace(plan.recipe, section_strength=0.3)
    note_job(folder, replace(plan, number=number, recipe=recipe, num_candidates=3))
    return folder


def test_a_job_is_found_as_it_was_noted(tmp_path: Path) -> None:
    lane = rain()
    second = noted(tmp_path, "a", lane, 2)
    first = noted(tmp_path, "b", lane, 1)
    found = unfinished_jobs(tmp_path, Project(lanes=(lane,)))

    assert [(job.job_id, job.folder, job.base) for job in found] == [
        ("b", first, None), ("a", second, None),
    ]  # fmt: skip
    plan = plan_of(lane)
    recipe = replace(plan.recipe, section_strength=0.3)
    assert found[0].plan == replace(plan, number=1, recipe=recipe, num_candidates=3)


def test_a_repair_needs_its_take(tmp_path: Path) -> None:
    lane = rain()
    take = take_of(plan_of(lane), "base")
    folder = tmp_path / "repair"
    folder.mkdir()
    plan = plan_of(lane)
    recipe = replace(plan.recipe, based_on=take.id, sections=(span(1, 2),))
    note_job(folder, replace(plan, recipe=recipe))
    lane = replace(lane, takes=(take,), next_take_number=2)

    [found] = unfinished_jobs(tmp_path, Project(lanes=(lane,)))
    assert found.base == take
    assert unfinished_jobs(tmp_path, Project(lanes=(rain(),))) == ()
    assert not folder.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lane_id": 3}', "[" * 100_000, "\ud83d"])
def test_folders_that_are_of_no_use_are_removed(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty").mkdir()
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "job.json").write_bytes(text.encode(errors="replace"))
    (bad / "audio.f32").write_bytes(b"\0")

    assert unfinished_jobs(tmp_path, Project(lanes=(rain(),))) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_note_of_another_type_is_of_no_use(tmp_path: Path) -> None:
    folder = noted(tmp_path, "a", rain())
    data = json.loads((folder / "job.json").read_text())
    data["span"]["start"] = "soon"
    (folder / "job.json").write_text(json.dumps(data))

    assert unfinished_jobs(tmp_path, Project(lanes=(rain(),))) == ()


def test_no_folder_means_no_jobs(tmp_path: Path) -> None:
    assert unfinished_jobs(tmp_path / "nothing", Project()) == ()
