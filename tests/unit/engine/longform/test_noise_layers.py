"""Noise as layers: drawn where it is asked for, and the same wherever the material goes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.diffusion.noise import position_keyed_noise
from engine.longform.noise_layers import (
    LayeredNoise,
    NoiseLayer,
    feathered_noise,
    placed_layers,
    whole_layer,
)
from engine.longform.placement import PlacedSpan

WHOLE = whole_layer(seed=2**63 - 1, stream=3, take=1, start=-8, end=200)
SECTION = NoiseLayer(
    seed=5,
    stream=3,
    take=2,
    start=40,
    end=90,
    strength=0.8,
    fade_in_frames=12,
    fade_out_frames=12,
    visible_start=40,
    visible_end=90,
)
REPLACED = replace(
    SECTION, take=3, start=60, visible_start=60, end=120, visible_end=120, strength=1.0
)
LAYERS = (WHOLE, SECTION, REPLACED)


def noise_of(*layers: NoiseLayer, stored: tuple[Tensor, ...] = ()) -> LayeredNoise:
    return LayeredNoise(layers=layers, stored=stored, channels=2, bins=3)


def drawn(layer: NoiseLayer, step: int, own_frame: int) -> Tensor:
    """(1, 2, 1, 3) noise of one own frame."""
    return position_keyed_noise(
        layer.seed, layer.stream, layer.take, own_frame, 1, channels=2, bins=3, step=step
    )


def slowly(layers: tuple[NoiseLayer, ...], step: int, frame: int) -> Tensor:
    """The noise of one frame of the track, by the definition of a layer."""
    noise = torch.zeros(1, 2, 1, 3)
    for layer in layers:
        own = frame - layer.shift
        if not layer.visible_start <= own < layer.visible_end:
            continue
        depth = [1.0]
        if layer.fade_in_frames:
            depth.append((own + 0.5 - layer.start) / layer.fade_in_frames)
        if layer.fade_out_frames:
            depth.append((layer.end - own - 0.5) / layer.fade_out_frames)
        angle = torch.tensor(min(depth) * layer.strength * math.pi / 2, dtype=torch.float64)
        noise = (torch.cos(angle) * noise + torch.sin(angle) * drawn(layer, step, own)).float()
    return noise


@pytest.mark.parametrize("step", [0, 3])
def test_layers_mix_as_they_are_defined(step: int) -> None:
    got = noise_of(*LAYERS)(step, -8, 200)

    expected = torch.cat([slowly(LAYERS, step, frame) for frame in range(-8, 200)], dim=2)
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-6)
    assert torch.equal(got[:, :, :48], expected[:, :, :48])


def test_any_part_is_the_part_of_the_whole() -> None:
    noise = noise_of(*LAYERS)
    whole = noise(0, -8, 200)

    for start, end in ((0, 1), (39, 41), (50, 119), (-8, 61), (119, 200)):
        assert torch.equal(noise(0, start, end), whole[:, :, start + 8 : end + 8])


def test_noise_that_is_covered_or_not_asked_for_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, int, int]] = []

    def counted(
        seed: int, stream: int, take: int, first: int, num: int, **sizes: int
    ) -> torch.Tensor:
        asked.append((take, first, num))
        return position_keyed_noise(seed, stream, take, first, num, **sizes)

    monkeypatch.setattr("engine.longform.noise_layers.position_keyed_noise", counted)

    noise_of(*LAYERS)(0, 80, 130)

    # Frames 80 to 107 are covered by the third layer; the second ends at 90.
    assert asked == [(1, 108, 22), (3, 80, 40)]


def test_a_frame_without_noise_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no noise is known for frame 200"):
        noise_of(*LAYERS)(0, 190, 210)


def test_kept_frames_keep_every_bit_of_their_noise_after_any_cuts_and_inserts() -> None:
    """Ripple invariance, against a list of frames that is edited with them."""
    generator = np.random.default_rng(4)
    layers: tuple[NoiseLayer, ...] = LAYERS
    before = noise_of(*LAYERS)(0, -8, 200)
    frames: list[Tensor] = [before[:, :, i] for i in range(before.shape[2])]
    for turn in range(12):
        first, last = sorted(map(int, generator.choice(len(frames) + 1, 2, replace=False)))
        if turn % 2:
            spans = [(0, first, 0), (first, len(frames), last - first)]
            hole = whole_layer(seed=9, stream=turn, take=turn, start=first - 8, end=last - 8)
            new = noise_of(hole)(0, first - 8, last - 8)
            frames[first:first] = [new[:, :, i] for i in range(new.shape[2])]
        else:
            last = min(last, first + 40)
            spans = [(0, first, 0), (last, len(frames), first - last)]
            del frames[first:last]
        placed = placed_layers(
            layers,
            [PlacedSpan(start=a - 8, end=b - 8, shift=shift) for a, b, shift in spans if a < b],
        )
        layers = (*placed, hole) if turn % 2 else placed

        got = noise_of(*layers)(0, -8, len(frames) - 8)

        assert torch.equal(got, torch.stack(frames, dim=2))


def test_what_is_cut_and_joined_again_is_described_as_before() -> None:
    there = placed_layers(
        LAYERS, [PlacedSpan(start=-8, end=70), PlacedSpan(start=70, end=200, shift=30)]
    )
    assert len(there) == 6

    back = placed_layers(
        there, [PlacedSpan(start=-8, end=70), PlacedSpan(start=100, end=230, shift=-30)]
    )

    assert back == LAYERS


def test_stored_noise_stands_for_the_initial_noise_only() -> None:
    array = torch.randn(2, 30, 3, generator=torch.Generator().manual_seed(0))
    layer = replace(whole_layer(seed=1, stream=0, take=0, start=100, end=130), stored=0)
    moved = replace(layer, visible_start=110, visible_end=120, shift=-110)

    noise = noise_of(moved, stored=(array,))

    assert torch.equal(noise(0, 2, 7)[0], array[:, 12:17])
    assert torch.equal(noise(1, 2, 3), drawn(layer, 1, 112))


@pytest.mark.parametrize(("shared", "period"), [(0.25, 7), (1.0, 16), (0.6, 500)])
def test_shared_noise_repeats_with_its_power(shared: float, period: int) -> None:
    layer = whole_layer(seed=4, stream=1, take=6, start=-8, end=200, shared=shared, period=period)

    noise = noise_of(layer)(0, -8, 200)

    own = noise_of(replace(layer, shared=0.0))(0, -8, 200)
    frames = torch.arange(-8, 200)
    reference = position_keyed_noise(4, 1, 6, 0, period, channels=2, bins=3, purpose=1)
    expected = math.sqrt(shared) * reference[:, :, frames % period]
    expected = expected + math.sqrt(1.0 - shared) * own
    torch.testing.assert_close(noise, expected, rtol=0, atol=1e-6)


def test_shared_noise_is_not_added_by_the_steps_of_a_sampler() -> None:
    layer = whole_layer(seed=4, stream=1, take=6, start=0, end=50, shared=0.9, period=5)

    assert torch.equal(noise_of(layer)(2, 0, 50), noise_of(replace(layer, shared=0.0))(2, 0, 50))


def test_a_section_of_a_piece_with_shared_noise_is_no_louder() -> None:
    """Both share one reference: amplitudes would add up to twice the power."""
    below = whole_layer(seed=4, stream=1, take=0, start=0, end=4000, shared=1.0, period=4000)
    over = replace(below, take=1, fade_in_frames=4000)

    mixed = noise_of(below, over)(0, 0, 4000)

    assert torch.allclose(mixed, noise_of(below)(0, 0, 4000), rtol=0, atol=1e-5)


def test_shared_noise_keeps_its_place_in_moved_material() -> None:
    layer = whole_layer(seed=4, stream=1, take=0, start=0, end=100, shared=0.7, period=9)
    (moved,) = placed_layers((layer,), [PlacedSpan(start=20, end=60, shift=5)])

    assert torch.equal(noise_of(moved)(0, 25, 65), noise_of(layer)(0, 20, 60))


def test_mixed_noise_keeps_unit_variance_and_the_pure_ends() -> None:
    generator = torch.Generator().manual_seed(0)
    old, new = (torch.randn(1, 8, 400, 16, generator=generator) for _ in range(2))
    angles = torch.full((400,), math.pi / 4, dtype=torch.float64)
    angles[:50], angles[350:] = 0.0, math.pi / 2

    mixed = feathered_noise(old, new, angles)

    assert mixed.dtype == torch.float32
    assert torch.equal(mixed[:, :, :50], old[:, :, :50])
    assert torch.equal(mixed[:, :, 350:], new[:, :, 350:])
    assert float(mixed[:, :, 50:350].var()) == pytest.approx(1.0, abs=0.03)
    correlation = (mixed * old)[:, :, 50:350].mean() / old[:, :, 50:350].square().mean()
    assert float(correlation) == pytest.approx(math.cos(math.pi / 4), abs=0.03)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"visible_start": 39}, "must be a part of the layer"),
        ({"visible_end": 40}, "not empty"),
        ({"strength": 0.0}, "strength"),
        ({"shared": 1.5}, "shared"),
        ({"period": 0}, "period"),
    ],
)
def test_impossible_layers_are_refused(changes: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        replace(SECTION, **changes)
