from __future__ import annotations

import math

import numpy as np
import pytest

from engine.runtime.take.foreign_level import OWN_LEVEL, ForeignLevel, round_trip_offset


def mel(level: float, num_frames: int = 20) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(T, M) with a quiet first half."""
    values = np.random.default_rng(2).normal(level, 0.5, (num_frames, 8)).astype(np.float32)
    values[: num_frames // 2] -= 4.0
    return values


def test_what_was_not_imported_is_left_alone_bit_for_bit() -> None:
    values = mel(-3.0)

    assert np.array_equal(OWN_LEVEL.mel(values), values)
    assert np.array_equal(OWN_LEVEL.sound(values[0]), values[0])


def test_the_offset_is_what_the_round_trip_lost() -> None:
    true = mel(-2.0)

    offset = round_trip_offset([(true, true - 0.5)])

    assert offset == pytest.approx(0.5, abs=1e-6)
    level = ForeignLevel(decoder_offset=offset)
    np.testing.assert_allclose(level.mel(true - np.float32(0.5)), true, rtol=0, atol=1e-5)


def test_the_offset_is_one_for_all_parts_and_follows_the_loud_ones() -> None:
    """A quiet part that the decoder made far too loud hardly counts beside a loud one."""
    loud, quiet = mel(-1.0), mel(-8.0)

    offset = round_trip_offset([(loud, loud - 0.3), (quiet, quiet + 2.0)])

    assert offset == pytest.approx(0.3, abs=0.01)


def test_powers_count_and_not_logarithms() -> None:
    true = np.asarray([[0.0, -6.0]], np.float32)
    decoded = np.asarray([[-1.0, 0.0]], np.float32)

    expected = 0.5 * math.log((1 + math.exp(-12)) / (math.exp(-2) + 1))
    assert round_trip_offset([(true, decoded)]) == pytest.approx(expected, abs=1e-9)


def test_another_sound_is_not_taken_for_a_level() -> None:
    assert round_trip_offset([(mel(0.0), mel(-9.0))]) == pytest.approx(math.log(4.0))
    assert round_trip_offset([]) == 0.0


def test_the_gain_is_undone_exactly() -> None:
    samples = np.random.default_rng(3).normal(0, 0.1, 100).astype(np.float32)

    assert np.array_equal(ForeignLevel(encoder_gain=32.0).sound(samples * 32), samples)


def test_a_level_comes_back_from_its_numbers() -> None:
    level = ForeignLevel(encoder_gain=0.25, decoder_offset=-0.37, keeps_original=True)

    assert ForeignLevel.of_numbers(level.numbers()) == level


@pytest.mark.parametrize("numbers", [[0.0, 0.0, 0.0], [np.nan, 0.0, 1.0], [1.0, 9.0, 1.0], [1.0]])
def test_numbers_that_are_no_level_are_refused(numbers: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no level|unpack"):
        ForeignLevel.of_numbers(np.asarray(numbers))
