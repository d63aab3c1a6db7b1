"""Position-keyed noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.noise import noise_key, philox4x32, position_keyed_noise

PINNED = [2.32771707, -1.41220593, 0.26203650]


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_authors_known_answers(
    counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]
) -> None:
    got = philox4x32(np.array(counter, dtype=np.uint32)[:, None], key)

    assert tuple(got[:, 0].tolist()) == expected


@settings(deadline=None, max_examples=40)
@given(first=st.integers(-300, 300), length=st.integers(0, 90), start=st.integers(0, 90))
def test_a_slice_equals_the_slice_of_the_whole(first: int, length: int, start: int) -> None:
    whole = position_keyed_noise(7, 1, 0, first, 180)

    part = position_keyed_noise(7, 1, 0, first + start, length)

    assert torch.equal(part, whole[:, :, start : start + length])


def test_a_long_field_equals_its_pieces() -> None:
    whole = position_keyed_noise(7, 1, 0, 0, 5000)

    assert torch.equal(position_keyed_noise(7, 1, 0, 4090, 12), whole[:, :, 4090:4102])


def test_the_values_of_a_seed_never_change() -> None:
    """Takes are made again from their seed years later, so these literals are a promise."""
    noise = position_keyed_noise(1234, "lane-1", 2, 100, 3)

    assert noise.shape == (1, 8, 3, 16)
    assert noise.dtype == torch.float32
    np.testing.assert_allclose(
        noise[0, [0, 3, 7], [0, 1, 2], [0, 5, 15]].numpy(), PINNED, rtol=0, atol=1e-6
    )


def test_the_moments_are_those_of_a_unit_gaussian() -> None:
    noise = position_keyed_noise(3, 0, 0, 0, 4000).double().flatten()

    assert abs(float(noise.mean())) < 5e-3
    assert float(noise.var()) == pytest.approx(1.0, abs=8e-3)
    assert float((noise**4).mean()) == pytest.approx(3.0, abs=0.05)
    assert float(noise.abs().max()) > 4.0


def test_neighbouring_values_are_uncorrelated() -> None:
    noise = position_keyed_noise(3, 0, 0, 0, 2000)[0].double()

    along = [
        (noise[1:] * noise[:-1]).mean(),
        (noise[:, 1:] * noise[:, :-1]).mean(),
        (noise[..., 1:] * noise[..., :-1]).mean(),
    ]
    assert max(abs(float(value)) for value in along) < 0.01


@pytest.mark.parametrize(
    "other",
    [
        position_keyed_noise(6, 0, 0, 0, 500),
        position_keyed_noise(5, 1, 0, 0, 500),
        position_keyed_noise(5, 0, 1, 0, 500),
        position_keyed_noise(5, 0, 0, 0, 500, step=1),
        position_keyed_noise(5, 0, 0, 0, 500, purpose=1),
        position_keyed_noise(5, 0, 0, 1, 500),
        position_keyed_noise(5, 0, 0, 1 << 32, 500),
        position_keyed_noise(5, 0, 0, -500, 500),
    ],
    ids=["seed", "stream", "take", "step", "purpose", "frame", "far frame", "negative frame"],
)
def test_every_part_of_the_address_gives_unrelated_noise(other: torch.Tensor) -> None:
    noise = position_keyed_noise(5, 0, 0, 0, 500)

    correlation = torch.corrcoef(torch.stack((noise.flatten(), other.flatten())))[0, 1]
    assert abs(float(correlation)) < 0.02


def test_the_key_tells_seed_take_and_stream_apart() -> None:
    keys = {noise_key(1, 2, 3), noise_key(2, 1, 3), noise_key(1, 3, 2), noise_key(12, 3, 0)}

    assert len(keys) == 4


def test_a_value_count_that_is_no_multiple_of_four_is_cut() -> None:
    noise = position_keyed_noise(1, 0, 0, 0, 2, channels=1, bins=7)

    longer = position_keyed_noise(1, 0, 0, 0, 2, channels=1, bins=8)
    assert torch.equal(noise, longer[..., :7])


@pytest.mark.parametrize(
    ("first", "num", "bins", "named"),
    [(0, -1, 16, "num_frames"), (1 << 47, 1, 16, "first_frame"), (0, 1, 0, "channels")],
)
def test_numbers_out_of_range_are_refused(first: int, num: int, bins: int, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        position_keyed_noise(1, 0, 0, first, num, bins=bins)
