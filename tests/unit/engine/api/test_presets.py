"""Presets, and the cost that they announce."""

from __future__ import annotations

import pytest

from engine.api import (
    ModelDefaults,
    Quality,
    Sampler,
    SamplingSettings,
    evaluations,
    sampling_of,
    window_stride,
)
from engine.longform.windows import circular_window_grid, window_grid

MODEL = ModelDefaults(sampler=Sampler.UNIPC, num_steps=25)


def settings(stride: int, num_steps: int = 1) -> SamplingSettings:
    return SamplingSettings(sampler=Sampler.DDIM, num_steps=num_steps, stride_latent_frames=stride)


def test_a_preset_is_the_model_s_solver_with_more_or_less_of_it() -> None:
    chosen = [sampling_of(quality, MODEL) for quality in Quality]

    assert {each.sampler for each in chosen} == {Sampler.UNIPC}
    assert [each.num_steps for each in chosen] == [13, 25, 25]
    assert [each.stride_latent_frames for each in chosen] == [192, 128, 64]


def test_a_model_may_say_more_about_its_presets() -> None:
    model = ModelDefaults(sampler=Sampler.DDIM, num_steps=50, draft_steps=10, fine_steps=100)

    assert [sampling_of(quality, model).num_steps for quality in Quality] == [10, 50, 100]


@pytest.mark.parametrize("window", [64, 128, 256])
@pytest.mark.parametrize("nominal", [64, 128, 192])
@pytest.mark.parametrize("num_frames", [1, 100, 250, 257, 750, 15_000])
def test_the_cost_counts_the_windows_that_the_engine_lays_out(
    window: int, nominal: int, num_frames: int
) -> None:
    model = ModelDefaults(sampler=Sampler.DDIM, num_steps=9, window_latent_frames=window)
    stride = window_stride(nominal, window, 8)
    grid = window_grid(40, num_frames, window=window, stride=stride, time_multiple=8, ramp=8)

    assert evaluations(num_frames, settings(nominal), model) == 2 * grid.num_windows


@pytest.mark.parametrize("num_frames", [256, 264, 1_000])
def test_the_cost_of_a_loop_counts_the_windows_around_it(num_frames: int) -> None:
    grid = circular_window_grid(0, num_frames, window=256, stride=128, time_multiple=8, ramp=8)

    assert evaluations(num_frames, settings(128), MODEL, is_loop=True) == 2 * grid.num_windows


def test_steps_and_prompts_multiply() -> None:
    one = evaluations(750, settings(128), MODEL, items_per_window=1)

    assert evaluations(750, settings(128, num_steps=25), MODEL) == 50 * one
    assert evaluations(750, settings(128, num_steps=2), MODEL, items_per_window=2.5) == 5 * one


def test_nothing_costs_no_number() -> None:
    with pytest.raises(ValueError, match="num_latent_frames must be at least 1, got 0"):
        evaluations(0, settings(128), MODEL)


def test_windows_that_do_not_move_are_refused() -> None:
    model = ModelDefaults(sampler=Sampler.DDIM, num_steps=9, window_latent_frames=16)

    with pytest.raises(ValueError, match="stride_latent_frames must be larger"):
        evaluations(100, settings(64), model)
