"""Ready-made settings."""

from dataclasses import replace

import pytest

from desktop_app.presets import PRESETS, preset_named, preset_of
from desktop_app.project.checks import check_settings
from desktop_app.project.project import GenerationSettings
from engine.api import ModelDefaults, Quality, Sampler, sampling_of


def test_a_new_lane_begins_at_the_standard() -> None:
    preset = preset_of(GenerationSettings())
    assert preset is not None
    assert preset.value == "standard"


def test_presets_go_from_quick_to_careful_and_the_engine_takes_them() -> None:
    works = [preset.num_steps / preset.stride_latent_frames for preset in PRESETS]
    assert works == sorted(works)
    for preset in PRESETS:
        check_settings(preset.applied_to(GenerationSettings()))


def test_they_are_the_engines() -> None:
    standard = GenerationSettings()
    defaults = ModelDefaults(sampler=Sampler(standard.sampler), num_steps=standard.num_steps)

    assert [preset.value for preset in PRESETS] == [quality.value for quality in Quality]
    for preset in PRESETS:
        settings = sampling_of(Quality(preset.value), defaults)
        assert (settings.sampler.value, settings.num_steps) == (preset.sampler, preset.num_steps)
        assert settings.stride_latent_frames == preset.stride_latent_frames


def test_a_preset_leaves_model_and_seed_alone() -> None:
    mine = GenerationSettings(model="large", seed=7, num_steps=3)
    fine = preset_named("fine").applied_to(mine)

    assert (fine.model, fine.seed) == ("large", 7)
    assert preset_of(fine) is preset_named("fine")
    assert preset_of(mine) is None


def test_settings_are_judged_by_the_presets_of_their_model() -> None:
    others = tuple(replace(preset, num_steps=2 * preset.num_steps) for preset in PRESETS)
    settings = preset_named("draft", others).applied_to(GenerationSettings())

    assert preset_of(settings, others) is others[0]
    assert preset_of(settings) is None


def test_an_unknown_preset_is_an_error() -> None:
    with pytest.raises(KeyError):
        preset_named("perfect")
