"""Conversions of time."""

from __future__ import annotations

import pytest

from engine.longform import time


def test_going_to_the_finer_unit_is_exact() -> None:
    assert time.mel_frames_of_latent(3) == 12
    assert time.samples_of_mel(5, 160) == 800
    assert time.samples_of_latent(2, 160) == 1280


@pytest.mark.parametrize(
    ("mel", "floor", "ceil"), [(0, 0, 0), (1, 0, 1), (4, 1, 1), (7, 1, 2), (-1, -1, 0)]
)
def test_going_to_the_coarser_unit_rounds_as_named(mel: int, floor: int, ceil: int) -> None:
    assert time.latent_frames_of_mel_floor(mel) == floor
    assert time.latent_frames_of_mel_ceil(mel) == ceil


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (1, 1), (640, 1), (641, 2)])
def test_latent_frames_contain_the_samples(samples: int, frames: int) -> None:
    assert time.latent_frames_of_samples_ceil(samples, 160) == frames


@pytest.mark.parametrize(
    ("value", "down", "up"), [(0, 0, 0), (7, 0, 8), (8, 8, 8), (-1, -8, 0), (-9, -16, -8)]
)
def test_rounding_to_a_multiple_works_on_both_sides_of_zero(value: int, down: int, up: int) -> None:
    assert time.rounded_down(value, 8) == down
    assert time.rounded_up(value, 8) == up
