import math

import pytest
import torch

from engine.models.griffin_lim.phase import position_keyed_phase

_MASK = 2**64 - 1


def _slow_phase(frame: int, frequency_bin: int, num_bins: int) -> float:
    """SplitMix64 of the position, in Python's unbounded integers."""
    state = ((frame * num_bins + frequency_bin + 1) * 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    state ^= state >> 31
    return (state >> 11) * 2.0**-53 * 2 * math.pi


@pytest.mark.parametrize("first_frame", [-3, 0, 5, 10**9])
def test_is_the_hash_of_the_position(first_frame: int) -> None:
    phase = position_keyed_phase(torch.arange(first_frame, first_frame + 3), 5)

    expected = [[_slow_phase(first_frame + t, k, 5) for k in range(5)] for t in range(3)]
    torch.testing.assert_close(
        phase, torch.tensor(expected, dtype=torch.float64), rtol=1e-14, atol=0
    )


def test_begins_with_the_published_first_output_of_the_hash_seeded_with_zero() -> None:
    """0xE220A8397B1DCDAF, from the reference implementation."""
    phase = position_keyed_phase(torch.zeros(1, dtype=torch.int64), 1)

    assert float(phase) == pytest.approx(0xE220A8397B1DCDAF / 2**64 * 2 * math.pi, abs=1e-14)


def test_only_the_address_of_a_frame_counts() -> None:
    addresses = torch.tensor([5, -4, 5, 10**9])

    phase = position_keyed_phase(addresses, 9)

    for row, address in zip(phase, addresses, strict=True):
        assert torch.equal(row, position_keyed_phase(address[None], 9)[0])


def test_is_spread_evenly_over_the_circle() -> None:
    phase = position_keyed_phase(torch.arange(200), 513)

    assert phase.min() >= 0
    assert phase.max() < 2 * math.pi
    mean_direction = torch.polar(torch.ones_like(phase), phase).mean().abs()
    assert mean_direction < 0.01
