"""What generating costs, in words, and what is learnt from jobs."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from desktop_app.controllers.costs import duration_words, preset_costs
from desktop_app.controllers.model_presets import ModelPresets
from desktop_app.controllers.paces import Paces
from desktop_app.project.ids import MediaId
from desktop_app.project.project import SoundSource
from engine.api import ModelDefaults, Sampler
from tests.unit.desktop_app.controllers.jobs import plan_of, rain


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (48.4, "48 s"), (89.0, "89 s"), (90.0, "2 min"), (3_000, "50 min"),
     (9_000, "2.5 h")],
)  # fmt: skip
def test_times_are_said_no_finer_than_they_are_known(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_a_pace_is_remembered_for_its_model(settings: QSettings) -> None:
    plan = plan_of(rain(20.0))
    Paces(settings).learn(plan, 10.0)
    paces = Paces(settings)

    assert paces.seconds((plan,)) == pytest.approx(10.0)
    assert paces.seconds((plan, replace(plan, num_candidates=3))) == pytest.approx(40.0)
    recipe = replace(plan.recipe, settings=replace(plan.recipe.settings, model="/my/models/big"))
    other = replace(plan, recipe=recipe)
    assert paces.seconds((plan, other)) is None
    paces.learn(other, 50.0)
    assert paces.seconds((plan, other)) == pytest.approx(60.0)


def test_nonsense_in_the_settings_is_no_pace(settings: QSettings) -> None:
    for nonsense in ("fast", "nan", "-1", "inf"):
        settings.setValue("pace/starter", nonsense)
        assert Paces(settings).seconds((plan_of(rain()),)) is None


def test_costs_are_relative_until_the_pace_is_known(settings: QSettings) -> None:
    plans, paces = (plan_of(rain(60.0)),), Paces(settings)
    presets = ModelPresets()
    assert preset_costs(plans, paces.seconds, presets.of) == ("×0.36", "×1", "×2")
    assert preset_costs((), paces.seconds, presets.of) == ("×0.36", "×1", "×2")

    paces.learn(plans[0], 60.0)
    assert preset_costs(plans, paces.seconds, presets.of) == ("21 s", "60 s", "2 min")


def test_each_plan_costs_what_the_presets_of_its_model_say(settings: QSettings) -> None:
    """A model of 10, 20 and 40 steps costs other shares than the bundled one."""
    presets = ModelPresets(
        lambda _: ModelDefaults(sampler=Sampler.UNIPC, num_steps=20, draft_steps=10, fine_steps=40)
    )
    plans, paces = (plan_of(rain(60.0)),), Paces(settings)
    assert preset_costs(plans, paces.seconds, presets.of) == ("×0.33", "×1", "×4")

    at_standard = replace(plans[0].recipe.settings, num_steps=20)
    paces.learn(replace(plans[0], recipe=replace(plans[0].recipe, settings=at_standard)), 30.0)
    assert preset_costs(plans, paces.seconds, presets.of) == ("10 s", "30 s", "2 min")


@pytest.mark.parametrize(("strength", "share"), [(1.0, 1.0), (0.4, 0.4), (0.0, 0.04)])
def test_only_the_steps_that_change_imported_sound_cost_time(strength: float, share: float) -> None:
    plan = plan_of(rain(60.0))
    settings = replace(plan.recipe.settings, num_steps=25)
    words = replace(plan, recipe=replace(plan.recipe, settings=settings))
    source = SoundSource(media=MediaId("sea.wav"), strength=strength)

    sound = replace(words, recipe=replace(words.recipe, source=source))

    assert sound.work == pytest.approx(share * words.work)
