"""The geometry and the noise of sections."""

from __future__ import annotations

import math

import pytest
import torch

from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.sections import (
    SectionRange,
    feathered_noise,
    frozen_context,
    reaching_hidden_ends,
)
from engine.longform.windows import WindowGrid, window_grid


def grid() -> WindowGrid:
    return window_grid(-16, 900, window=256, stride=128, time_multiple=8)


def test_new_noise_rises_over_the_feather_inside_both_ends() -> None:
    angles = SectionRange(start=84, end=284, feather=20).mixing_angles(grid())

    assert angles[:100].max() == 0.0
    assert angles[300:].max() == 0.0
    assert float(angles[100]) == pytest.approx(math.pi / 2 * 0.5 / 20)
    assert float(angles[119]) == pytest.approx(math.pi / 2 * 19.5 / 20)
    assert torch.equal(angles[120:280], torch.full((160,), math.pi / 2, dtype=torch.float64))
    torch.testing.assert_close(angles[100:300], angles[100:300].flip(0), rtol=0, atol=0)


def test_a_short_section_uses_a_third_of_itself() -> None:
    angles = SectionRange(start=84, end=96, feather=32).mixing_angles(grid())

    assert (angles > 1.57).nonzero().flatten().tolist() == [104, 105, 106, 107]


def test_strength_limits_the_angle() -> None:
    angles = SectionRange(start=84, end=284, strength=0.5).mixing_angles(grid())

    assert float(angles.max()) == pytest.approx(math.pi / 4)


def test_without_a_feather_the_noise_is_new_at_once() -> None:
    angles = SectionRange(start=84, end=86, feather=0).mixing_angles(grid())

    assert (angles > 0).nonzero().flatten().tolist() == [100, 101]
    assert float(angles.max()) == math.pi / 2


def test_there_is_no_feather_at_the_ends_of_the_track() -> None:
    g = grid()
    angles = SectionRange(start=-16, end=g.end_frame).mixing_angles(g)

    assert angles.min() == math.pi / 2


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(-16, 50, (-16, 50)), (40, 884, (40, 1008)), (40, 883, (40, 883)), (-16, 884, (-16, 1008))],
)
def test_a_section_at_an_end_takes_the_hidden_frames_along(
    start: int, end: int, expected: tuple[int, int]
) -> None:
    section = reaching_hidden_ends(
        SectionRange(start=start, end=end, strength=0.5), grid(), first_frame=-16, end_frame=884
    )

    assert (section.start, section.end) == expected
    assert section.strength == 0.5


def test_mixed_noise_keeps_unit_variance_and_the_old_values_outside() -> None:
    g = grid()
    generator = torch.Generator().manual_seed(0)
    old, new = (torch.randn(1, 8, g.num_frames, 16, generator=generator) for _ in range(2))
    angles = SectionRange(start=84, end=284, strength=0.5).mixing_angles(g)

    mixed = feathered_noise(old, new, angles)

    assert mixed.dtype == torch.float32
    assert torch.equal(mixed[:, :, angles == 0], old[:, :, angles == 0])
    assert float(mixed[:, :, 100:300].var()) == pytest.approx(1.0, abs=0.03)
    correlation = (mixed * old)[:, :, 140:260].mean() / old[:, :, 140:260].square().mean()
    assert float(correlation) == pytest.approx(math.cos(math.pi / 4), abs=0.03)


def test_frozen_frames_follow_their_own_noise() -> None:
    schedule = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=0.0015, beta_end=0.0195))
    g = grid()
    generator = torch.Generator().manual_seed(0)
    clean, noise, latents = (
        torch.randn(1, 2, g.num_frames, 3, generator=generator) for _ in range(3)
    )
    context = frozen_context(g, [SectionRange(start=84, end=184)], clean=clean, noise=noise)

    got = context.at_level(latents, schedule, 400)

    assert torch.equal(got[:, :, 100:200], latents[:, :, 100:200])
    expected = schedule.alpha(400) * clean + schedule.sigma(400) * noise
    assert torch.equal(got[:, :, :100], expected[:, :, :100])
    assert torch.equal(got[:, :, 200:], expected[:, :, 200:])


@pytest.mark.parametrize("step", [0, 2, 4])
def test_any_frames_are_adjusted_as_the_whole_track_is(step: int) -> None:
    grid = window_grid(-16, 200, window=64, stride=32, time_multiple=8, ramp=8)
    sampler = make_sampler(
        "ddim", NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=1e-3, beta_end=2e-2)), 4
    )
    shape = (1, 2, grid.num_frames, 3)
    clean, noise, latents = torch.randn(3, *shape, generator=torch.Generator().manual_seed(1))
    context = frozen_context(grid, [SectionRange(start=30, end=60)], clean=clean, noise=noise)
    adjusted = context.adjustment(sampler, grid)

    whole = adjusted(step, grid.first_frame, grid.end_frame, latents)
    part = adjusted(step, 20, 90, latents[:, :, 36:106])

    expected = (
        context.finished(latents)
        if step == 4
        else context.at_level(latents, sampler.schedule, sampler.timesteps[step])
    )
    assert torch.equal(whole, expected)
    assert torch.equal(part, whole[:, :, 36:106])
    assert torch.equal(whole[:, :, 46:76], latents[:, :, 46:76])


def test_windows_of_several_ranges_are_evaluated_once_in_order() -> None:
    g = grid()
    values = torch.zeros(1, 1, g.num_frames, 1)
    ranges = [SectionRange(start=600, end=610), SectionRange(start=100, end=110)]
    context = frozen_context(g, [*ranges, ranges[0]], clean=values, noise=values)

    expected = sorted({*g.windows_meeting(600, 610), *g.windows_meeting(100, 110)})
    assert list(context.windows) == expected


@pytest.mark.parametrize(
    ("kwargs", "named"),
    [
        ({"start": 5, "end": 5}, "empty"),
        ({"start": 0, "end": 5, "strength": 0.0}, "strength"),
        ({"start": 0, "end": 5, "strength": 1.5}, "strength"),
        ({"start": 0, "end": 5, "feather": -1}, "feather"),
    ],
)
def test_impossible_sections_are_refused(kwargs: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        SectionRange(**kwargs)  # type: ignore[arg-type]  # one table for int and float arguments


def test_a_context_needs_a_range_and_matching_tensors() -> None:
    g = grid()
    values = torch.zeros(1, 1, g.num_frames, 1)

    with pytest.raises(ValueError, match="at least one"):
        frozen_context(g, [], clean=values, noise=values)
    with pytest.raises(ValueError, match="frames"):
        frozen_context(g, [SectionRange(start=0, end=9)], clean=values[:, :, 1:], noise=values)
