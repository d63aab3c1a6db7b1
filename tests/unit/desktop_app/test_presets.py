"""Ready-made settings."""

import pytest

from desktop_app.presets import PRESETS, preset_named, preset_of
from desktop_app.project.checks import check_settings
from desktop_app.project.project import GenerationSettings


def test_a_new_lane_begins_at_the_standard() -> None:
    preset = preset_of(GenerationSettings())
    assert preset is not None
    assert (preset.value, preset.relative_work) == ("standard", 1.0)


def test_presets_go_from_quick_to_careful_and_the_engine_takes_them() -> None:
    works = [preset.relative_work for preset in PRESETS]
    assert works == sorted(works)
    for preset in PRESETS:
        check_settings(preset.applied_to(GenerationSettings()))


def test_a_preset_leaves_model_and_seed_alone() -> None:
    mine = GenerationSettings(model="large", seed=7, num_steps=3)
    fine = preset_named("fine").applied_to(mine)

    assert (fine.model, fine.seed) == ("large", 7)
    assert preset_of(fine) is preset_named("fine")
    assert preset_of(mine) is None


def test_an_unknown_preset_is_an_error() -> None:
    with pytest.raises(KeyError):
        preset_named("perfect")
