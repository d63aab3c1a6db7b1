"""Position-keyed noise against Philox and Box-Muller in plain Python integers and floats."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.diffusion.noise import position_keyed_noise


def philox_words(counter: list[int], key: list[int]) -> list[int]:
    """Ten rounds of Philox4x32 (Salmon et al. 2011, section 4.3)."""
    x, k = list(counter), list(key)
    for _ in range(10):
        high_0, low_0 = divmod(0xD2511F53 * x[0], 2**32)
        high_2, low_2 = divmod(0xCD9E8D57 * x[2], 2**32)
        x = [high_2 ^ x[1] ^ k[0], low_2, high_0 ^ x[3] ^ k[1], low_0]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return x


def value_by_hand(
    seed: int, stream: int | str, take: int, frame: int, index: int, step: int, purpose: int
) -> float:
    """The ``index``-th of a frame's values: channel outer, bin inner."""
    name = f"{seed}:{take}:{stream}".encode()
    digest = hashlib.blake2b(name, digest_size=8).digest()
    key = [int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")]
    quad, place = divmod(index, 4)
    low, high = frame % 2**32, frame // 2**32 % 2**16
    words = philox_words([low, high * 2**16 + quad, step, purpose], key)
    pair = place // 2 * 2
    first, second = ((words[pair + i] + 0.5) / 2**32 for i in (0, 1))
    radius, angle = math.sqrt(-2.0 * math.log(first)), 2.0 * math.pi * second
    return radius * (math.cos(angle) if place % 2 == 0 else math.sin(angle))


frames = st.integers(-(2**47), 2**47 - 1) | st.integers(-9000, 100_000)


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**63 - 1),
    stream=st.integers(0, 2**31 - 1) | st.sampled_from(["lane-1", "ü"]),
    take=st.integers(0, 2**31 - 1),
    frame=frames,
    place=st.tuples(st.integers(0, 7), st.integers(0, 15)),
    step=st.integers(0, 999),
    purpose=st.integers(0, 2),
)
@example(seed=0, stream=0, take=0, frame=-1, place=(7, 15), step=0, purpose=0)
@example(seed=1, stream=0, take=0, frame=2**32 - 1, place=(0, 0), step=1, purpose=0)
@example(seed=1, stream=0, take=0, frame=-(2**32), place=(3, 2), step=1, purpose=1)
def test_any_value_is_what_its_address_gives(
    seed: int,
    stream: int | str,
    take: int,
    frame: int,
    place: tuple[int, int],
    step: int,
    purpose: int,
) -> None:
    channel, frequency_bin = place

    noise = position_keyed_noise(seed, stream, take, frame, 1, step=step, purpose=purpose)

    index = channel * 16 + frequency_bin
    expected = value_by_hand(seed, stream, take, frame, index, step, purpose)
    got = float(noise[0, channel, 0, frequency_bin])
    assert got == np.float32(expected) or math.isclose(got, expected, rel_tol=2e-7)


@settings(deadline=None, max_examples=15)
@given(first=st.integers(-100_000, 100_000), length=st.integers(8, 100_000), data=st.data())
def test_slices_of_any_length_are_those_of_the_whole(
    first: int, length: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start, length))
    whole = position_keyed_noise(7, 1, 0, first, length, channels=1, bins=3)

    part = position_keyed_noise(7, 1, 0, first + start, end - start, channels=1, bins=3)

    assert torch.equal(part, whole[:, :, start:end])
