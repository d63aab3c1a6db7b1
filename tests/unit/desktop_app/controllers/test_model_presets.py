"""Presets that follow what a model says about sampling."""

from dataclasses import replace
from pathlib import Path

from desktop_app.app import model_defaults
from desktop_app.controllers.model_presets import ModelPresets, presets_from, starter_defaults
from desktop_app.presets import PRESETS, preset_of
from desktop_app.project.project import GenerationSettings
from engine.api import ModelDefaults, Quality, Sampler, sampling_of
from tests.support.tiny_model import save_tiny_model, tiny_config

QUICK = ModelDefaults(sampler=Sampler.UNIPC, num_steps=15, draft_steps=6, fine_steps=40)


def two_models() -> ModelPresets:
    return ModelPresets(lambda model: QUICK if model == "quick" else starter_defaults())


def test_the_presets_that_views_begin_with_are_those_of_the_bundled_model() -> None:
    assert presets_from(model_defaults("starter")) == PRESETS
    assert presets_from(starter_defaults()) == PRESETS


def test_presets_of_a_model_are_the_engines() -> None:
    presets = two_models().of("quick")

    for preset, quality in zip(presets, Quality, strict=True):
        settings = sampling_of(quality, QUICK)
        assert preset.value == quality.value
        assert (preset.sampler, preset.num_steps) == (settings.sampler.value, settings.num_steps)
        assert preset.stride_latent_frames == settings.stride_latent_frames
    assert [preset.num_steps for preset in presets] == [6, 15, 40]


def test_a_lane_at_a_preset_follows_it_to_another_model_and_back() -> None:
    presets = two_models()
    for index, preset in enumerate(PRESETS):
        mine = preset.applied_to(GenerationSettings(seed=7))

        other = presets.with_model(mine, "quick")

        assert (other.model, other.seed) == ("quick", 7)
        assert preset_of(other, presets.of("quick")) is presets.of("quick")[index]
        assert presets.with_model(other, "starter") == mine


def test_numbers_of_ones_own_stay() -> None:
    mine = GenerationSettings(num_steps=33, sampler="dpm-solver++2m")

    assert two_models().with_model(mine, "quick") == replace(mine, model="quick")


def test_a_model_is_asked_only_once() -> None:
    asked: list[str] = []

    def defaults_of(model: str) -> ModelDefaults:
        asked.append(model)
        return QUICK

    presets = ModelPresets(defaults_of)

    assert presets.of("quick") is presets.of("quick")
    assert presets.can_listen("quick")
    assert asked == ["quick"]


def test_a_model_says_whether_it_can_listen() -> None:
    deaf = ModelPresets(lambda model: replace(QUICK, can_listen=model != "deaf"))

    assert (deaf.can_listen("deaf"), deaf.can_listen("quick")) == (False, True)


def test_the_application_reads_folders_and_knows_the_published_models(tmp_path: Path) -> None:
    config = replace(tiny_config(), default_steps=9, default_sampler="unipc")
    folder = save_tiny_model(tmp_path / "model", config)

    assert model_defaults(str(folder)) == config.sampling_defaults
    assert model_defaults("audioldm-m-full").num_steps == 25
    (folder / "config.json").write_text('{"format": "longwave-model"}')
    assert model_defaults(str(folder)) == starter_defaults()
