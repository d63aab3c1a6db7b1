from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.longform.sample_splice import crossfaded


def noise(seed: int, num: int = 320, level: float = 0.1) -> Tensor:
    return level * torch.randn(num, generator=torch.Generator().manual_seed(seed))


def middle_power(joins: list[Tensor]) -> float:
    """Mean power of the middle third of many joins."""
    return float(torch.stack(joins)[:, 107:213].square().mean())


def test_equal_waveforms_come_out_as_they_are() -> None:
    torch.testing.assert_close(crossfaded(noise(1), noise(1)), noise(1), rtol=1e-6, atol=1e-7)


def test_unrelated_waveforms_keep_their_power_in_the_middle() -> None:
    joins = [crossfaded(noise(2 * i), noise(2 * i + 1)) for i in range(200)]

    decibels = 10 * math.log10(middle_power(joins) / 0.01)
    assert decibels == pytest.approx(0.0, abs=0.3)


def test_straight_ramps_would_dip() -> None:
    """Guards the measure: without the correction the middle third loses over 2 dB."""
    share = (torch.arange(320) + 0.5) / 320
    joins = [(1 - share) * noise(2 * i) + share * noise(2 * i + 1) for i in range(200)]

    assert 10 * math.log10(middle_power(joins) / 0.01) < -2.0


def test_half_related_waveforms_keep_their_power_too() -> None:
    pairs = [(noise(3 * i), noise(3 * i + 1)) for i in range(200)]

    joins = [crossfaded(a, (a + b) / math.sqrt(2)) for a, b in pairs]

    assert 10 * math.log10(middle_power(joins) / 0.01) == pytest.approx(0.0, abs=0.3)


def test_it_begins_with_the_old_and_ends_with_the_new() -> None:
    old, new = noise(5), noise(6, level=0.4)

    joined = crossfaded(old, new)

    torch.testing.assert_close(joined[0], old[0], rtol=0, atol=3e-3)
    torch.testing.assert_close(joined[-1], new[-1], rtol=0, atol=3e-3)


def test_opposite_waveforms_are_not_amplified() -> None:
    joined = crossfaded(noise(7), -noise(7))

    assert float(joined.abs().max()) <= float(noise(7).abs().max())


def test_silence_on_one_side_fades() -> None:
    joined = crossfaded(torch.zeros(320), noise(8))

    assert float(joined[:20].abs().max()) < 0.1 * float(noise(8).abs().max())
    assert bool(torch.isfinite(joined).all())


def test_nothing_joins_to_nothing() -> None:
    assert crossfaded(torch.zeros(0), torch.zeros(0)).shape == (0,)
