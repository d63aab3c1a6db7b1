"""What is written again, on a straight track and on a circle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.sound.dirty_ranges import merged, new_shares

spans = st.lists(
    st.tuples(st.integers(-150, 250), st.integers(1, 130)).map(lambda p: (p[0], p[0] + p[1])),
    min_size=1,
    max_size=5,
)


def test_ranges_that_touch_become_one_and_end_with_the_track() -> None:
    assert merged([(90, 140), (-5, 10), (10, 20), (50, 60)], 100) == [
        (0, 20),
        (50, 60),
        (90, 100),
    ]


@given(ranges=spans)
def test_on_a_circle_every_frame_is_found_on_the_other_side_of_the_wrap(
    ranges: list[tuple[int, int]],
) -> None:
    expected = {frame % 100 for start, end in ranges for frame in range(start, end)}

    got = merged(ranges, 100, is_circular=True)

    assert [frame for start, end in got for frame in range(start, end)] == sorted(expected)
    assert all(a[1] < b[0] for a, b in pairwise(got))


def test_a_range_across_the_wrap_is_faded_at_its_own_ends_only() -> None:
    dirty = merged([(60, 140)], 100, is_circular=True)

    shares = np.roll(new_shares(dirty, 100, is_circular=True), -60)

    rise = (np.arange(16) + 0.5) / 16
    np.testing.assert_allclose(shares[:16], rise, atol=1e-7)
    np.testing.assert_allclose(shares[16:64], 1.0)
    np.testing.assert_allclose(shares[64:80], rise[::-1], atol=1e-7)
    np.testing.assert_allclose(shares[80:], 0.0)


def test_a_range_that_ends_at_the_wrap_is_faded_there_on_a_circle_only() -> None:
    circle, straight = (new_shares([(50, 100)], 100, is_circular=c) for c in (True, False))

    assert circle[99] == np.float32(0.5 / 16)
    assert straight[99] == 1.0
    assert circle[50] == straight[50] == np.float32(0.5 / 16)


def test_a_whole_circle_is_not_faded_at_all() -> None:
    dirty = merged([(70, 170)], 100, is_circular=True)

    assert dirty == [(0, 100)]
    assert new_shares(dirty, 100, is_circular=True).min() == 1.0
