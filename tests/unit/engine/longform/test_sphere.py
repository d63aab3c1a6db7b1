"""Directions and their means."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.longform.sphere import angle_degrees, morphed, moved_towards


def direction(degrees: float) -> Tensor:
    """A unit vector in the plane."""
    angle = math.radians(degrees)
    return torch.tensor([math.cos(angle), math.sin(angle), 0.0])


@pytest.mark.parametrize(("share", "degrees"), [(0.0, 0.0), (0.25, 22.5), (0.5, 45.0), (1.0, 90.0)])
def test_two_vectors_morph_at_constant_speed_on_the_sphere(share: float, degrees: float) -> None:
    got = morphed([direction(0), direction(90)], [1 - share, share])

    torch.testing.assert_close(got, direction(degrees), rtol=0, atol=1e-6)


def test_several_vectors_average_to_a_unit_vector() -> None:
    got = morphed([direction(0), direction(30), direction(60)], [1.0, 5.0, 1.0])

    torch.testing.assert_close(got, direction(30), rtol=0, atol=1e-6)


def test_equal_vectors_stay_what_they_are() -> None:
    torch.testing.assert_close(
        morphed([direction(10), direction(10)], [0.3, 0.7]), direction(10), rtol=0, atol=1e-6
    )


def test_opposite_vectors_give_the_heavier_one() -> None:
    got = morphed([direction(0), direction(180), direction(0)], [0.2, 0.5, 0.3])

    torch.testing.assert_close(got, direction(180), rtol=0, atol=1e-6)


def test_the_angle_is_measured_in_degrees() -> None:
    assert angle_degrees(direction(10), 3 * direction(75)) == pytest.approx(65.0, abs=1e-4)


def test_a_vector_moves_by_its_share_of_the_way() -> None:
    torch.testing.assert_close(
        moved_towards(direction(20), direction(100), 0.25), direction(40), rtol=0, atol=1e-6
    )
    torch.testing.assert_close(
        moved_towards(direction(20), direction(100), 1.0), direction(100), rtol=0, atol=1e-6
    )


def test_a_vector_that_moves_by_nothing_keeps_every_bit() -> None:
    vector = direction(33) * 1.0000001

    assert torch.equal(moved_towards(vector, direction(100), 0.0), vector)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share must lie in"):
        moved_towards(direction(0), direction(1), share)
