"""From a lane's settings to the sound of the real engine: what keeps a piece together is heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from desktop_app.generation import plan_island, plan_sections
from desktop_app.project.edits import KeepTake
from desktop_app.project.ids import MediaId
from desktop_app.project.project import (
    GenerationSettings,
    Project,
    Recipe,
    SoundSource,
    SourceNoise,
)
from engine.api import BaseResult, Cohesion
from engine.runtime.local_engine import LocalEngine
from tests.support.local_engine import base_in, run, sound_of
from tests.support.tiny_model import save_tiny_model
from tests.unit.desktop_app.builders import LANE, clip, done, project_with, span, with_settings
from tests.unit.desktop_app.controllers.jobs import take_of

NUM_FRAMES = 400
COHERENT = {"shared_noise": 0.5, "period_bars": 0.5, "reference_share": 0.5}


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(device="cpu")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> GenerationSettings:
    model = save_tiny_model(tmp_path_factory.mktemp("model"))
    return GenerationSettings(model=str(model), num_steps=4)


def project_of(settings: GenerationSettings) -> Project:
    return with_settings(project_with((clip("a", 0, NUM_FRAMES),)), settings)


def recipe_of(settings: GenerationSettings) -> Recipe:
    project = project_of(settings)
    return plan_island(project, project.lanes[0], project.lanes[0].clips).recipe


def made(
    engine: LocalEngine, recipe: Recipe, folder: Path, base: BaseResult | None = None
) -> np.ndarray:
    folder.mkdir()
    project = project_of(recipe.settings)
    plan = replace(plan_island(project, project.lanes[0], project.lanes[0].clips), recipe=recipe)
    run(engine, plan.request(job_id="j", output_dir=str(folder), base=base))
    return sound_of(folder)


def test_each_setting_is_heard_and_the_length_stays(
    engine: LocalEngine, settings: GenerationSettings, tmp_path: Path
) -> None:
    plain = made(engine, recipe_of(settings), tmp_path / "plain")
    shared = replace(settings, shared_noise=0.5)
    sounds = [
        made(engine, recipe_of(each), tmp_path / str(number))
        for number, each in enumerate(
            (shared, replace(shared, period_bars=0.5), replace(settings, reference_share=0.5))
        )
    ]

    assert all(len(sound) == len(plain) == NUM_FRAMES * 640 for sound in sounds)
    everything = [plain, *sounds]
    for index, sound in enumerate(everything):
        assert not any(np.array_equal(sound, other) for other in everything[:index])


def test_defaults_sound_as_if_nothing_could_be_asked_for(
    engine: LocalEngine, settings: GenerationSettings, tmp_path: Path
) -> None:
    project = project_of(replace(settings, period_bars=4.0))
    plan = plan_island(project, project.lanes[0], project.lanes[0].clips)
    sound = made(engine, plan.recipe, tmp_path / "new")
    folder = tmp_path / "old"
    folder.mkdir()
    request = plan.request(job_id="j", output_dir=str(folder))
    run(engine, replace(request, cohesion=Cohesion()))

    np.testing.assert_array_equal(sound, sound_of(folder))


def test_a_section_of_a_coherent_take_keeps_all_else(
    engine: LocalEngine, settings: GenerationSettings, tmp_path: Path
) -> None:
    """After the lane's settings were changed back: the section repeats as its take does."""
    coherent = replace(settings, **COHERENT)  # type: ignore[arg-type]  # by name
    old = made(engine, recipe_of(coherent), tmp_path / "old")
    project = project_of(coherent)
    plan = plan_island(project, project.lanes[0], project.lanes[0].clips)
    project = with_settings(done(project, KeepTake(LANE, take_of(plan, "t"))), settings)
    lane = project.lanes[0]
    section = plan_sections(project, lane, lane.takes[0], [span(180, 220)])
    base = base_in(tmp_path / "old")

    new = made(engine, section.recipe, tmp_path / "new", base)
    without = replace(section.recipe, settings=settings, period_latent_frames=None)
    other = made(engine, without, tmp_path / "other", base)

    np.testing.assert_array_equal(new[: 120 * 640], old[: 120 * 640])
    np.testing.assert_array_equal(new[280 * 640 :], old[280 * 640 :])
    inside = slice(190 * 640, 210 * 640)
    assert not np.array_equal(new[inside], old[inside])
    assert not np.array_equal(new[inside], other[inside]), "the take's noise repeats in it"


def test_the_noise_of_a_sound_is_heard(
    engine: LocalEngine, settings: GenerationSettings, tmp_path: Path
) -> None:
    file = tmp_path / "hum.wav"
    hum = 0.3 * np.sin(np.arange(NUM_FRAMES * 640) * 2 * np.pi * 220 / 16_000)
    soundfile.write(file, hum, 16_000, subtype="FLOAT")
    drawn, found = (
        made(
            engine,
            replace(
                recipe_of(settings),
                source=SoundSource(media=MediaId(str(file)), strength=0.5, noise=noise),
            ),
            tmp_path / noise.value,
        )
        for noise in SourceNoise
    )

    assert len(drawn) == len(found) == NUM_FRAMES * 640
    assert not np.array_equal(drawn, found)
