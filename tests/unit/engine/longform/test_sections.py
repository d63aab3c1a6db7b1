"""The geometry and the noise of sections."""

from __future__ import annotations

import math

import pytest
import torch

from engine.diffusion.samplers import make_sampler
from engine.diffusion.schedule import NoiseSchedule, ScheduleConfig
from engine.longform.noise_layers import whole_layer
from engine.longform.sections import (
    CroppedNoise,
    SectionRange,
    cropped_grid,
    frozen_context,
    reaching_hidden_ends,
)
from engine.longform.windows import WindowGrid, window_grid


def grid() -> WindowGrid:
    return window_grid(-16, 900, window=256, stride=128, time_multiple=8)


def angles_of(section: SectionRange, g: WindowGrid) -> torch.Tensor:
    """(T,) angles over the whole grid, 0 outside the section."""
    layer = section.layer(whole_layer(seed=1, stream=2, take=3, start=0, end=1), g)
    assert (layer.seed, layer.stream, layer.take, layer.shift) == (1, 2, 3, 0)
    angles = torch.zeros(g.num_frames, dtype=torch.float64)
    place = slice(section.start - g.first_frame, section.end - g.first_frame)
    angles[place] = layer.angles(section.start, section.end)
    return angles


def test_new_noise_rises_over_the_feather_inside_both_ends() -> None:
    angles = angles_of(SectionRange(start=84, end=284, feather=20), grid())

    assert float(angles[100]) == pytest.approx(math.pi / 2 * 0.5 / 20)
    assert float(angles[119]) == pytest.approx(math.pi / 2 * 19.5 / 20)
    assert torch.equal(angles[120:280], torch.full((160,), math.pi / 2, dtype=torch.float64))
    torch.testing.assert_close(angles[100:300], angles[100:300].flip(0), rtol=0, atol=0)


def test_a_short_section_uses_a_third_of_itself() -> None:
    angles = angles_of(SectionRange(start=84, end=96, feather=32), grid())

    assert (angles > 1.57).nonzero().flatten().tolist() == [104, 105, 106, 107]


def test_strength_limits_the_angle() -> None:
    angles = angles_of(SectionRange(start=84, end=284, strength=0.5), grid())

    assert float(angles.max()) == pytest.approx(math.pi / 4)


def test_without_a_feather_the_noise_is_new_at_once() -> None:
    angles = angles_of(SectionRange(start=84, end=86, feather=0), grid())

    assert (angles > 0).nonzero().flatten().tolist() == [100, 101]
    assert float(angles.max()) == math.pi / 2


def test_there_is_no_feather_at_the_ends_of_the_track() -> None:
    g = grid()

    assert angles_of(SectionRange(start=-16, end=g.end_frame), g).min() == math.pi / 2


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


def test_a_crop_has_the_windows_that_meet_the_ranges_and_their_frames_only() -> None:
    g = window_grid(-16, 3000, window=256, stride=128, time_multiple=8)

    crop = cropped_grid(g, [(1500, 1510), (100, 110), (105, 300)])

    wanted = sorted({*g.windows_meeting(100, 300), *g.windows_meeting(1500, 1510)})
    assert list(crop.windows) == wanted
    read = sorted({f for w in wanted for f in range(g.starts[w], g.starts[w] + g.window)})
    assert [f for start, end in crop.runs for f in range(start, end)] == read
    assert (crop.first_frame, crop.num_frames) == (0, len(read))
    assert len(crop.runs) == 2


def test_the_windows_of_a_crop_read_and_weigh_what_they_do_in_the_whole() -> None:
    g = window_grid(-16, 3000, window=256, stride=128, time_multiple=8)
    crop = cropped_grid(g, [(100, 300), (1500, 1510)])
    track = torch.arange(g.num_frames, dtype=torch.float64).view(1, 1, -1, 1)
    frames = [f - g.first_frame for start, end in crop.runs for f in range(start, end)]

    for index, window in enumerate(crop.windows):
        assert torch.equal(crop.window_of(track[:, :, frames], index), g.window_of(track, window))
        assert torch.equal(crop.weights(index), g.weights(window))
        start, end = crop.support(index)
        whole_start, whole_end = g.support(window)
        assert [frames[start] + g.first_frame, frames[end - 1] + g.first_frame + 1] == [
            whole_start,
            whole_end,
        ]


def test_frames_of_a_crop_and_of_the_whole_are_told_apart() -> None:
    g = window_grid(0, 3000, window=256, stride=128, time_multiple=8)
    crop = cropped_grid(g, [(140, 150), (1500, 1510)])
    (first, first_end), (second, second_end) = crop.runs
    length = first_end - first

    assert crop.overlaps(first_end - 5, second + 7) == (
        (length - 5, first_end - 5, 5),
        (length, second, 7),
    )
    assert crop.absolute(length - 5, length + 7) == (
        (first_end - 5, first_end),
        (second, second + 7),
    )
    assert crop.overlaps(second_end, second_end + 9) == ()


def test_the_noise_of_a_crop_is_that_of_the_frames_it_stands_for() -> None:
    g = window_grid(0, 3000, window=256, stride=128, time_multiple=8)
    crop = cropped_grid(g, [(140, 150), (1500, 1510)])

    def numbered(step: int, start: int, end: int) -> torch.Tensor:
        return torch.arange(start, end).view(1, 1, -1, 1) + 10_000 * step

    got = CroppedNoise(noise=numbered, crop=crop)(2, 250, crop.num_frames)

    expected = [f + 20_000 for start, end in crop.runs for f in range(start, end)][250:]
    assert got.flatten().tolist() == expected


def test_a_crop_without_a_window_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no window"):
        cropped_grid(grid(), [(-400, -300)])


def test_a_solver_that_adds_noise_must_tell_the_frozen_frames_which() -> None:
    g = grid()
    values = torch.zeros(1, 1, g.num_frames, 1)
    context = frozen_context(g, [SectionRange(start=0, end=9)], clean=values, noise=values)
    schedule = NoiseSchedule(ScheduleConfig(num_timesteps=1000, beta_start=1e-3, beta_end=2e-2))

    with pytest.raises(ValueError, match="step_noise"):
        context.adjustment(make_sampler("ddim", schedule, 4, eta=1.0), g)
