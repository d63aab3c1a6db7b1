"""Sets of whole numbers as ranges, against Python's own sets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.audio.ranges import Ranges

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(pairs=PAIRS, asked=st.tuples(st.integers(0, 40), st.integers(0, 40)))
def test_ranges_hold_what_was_added_and_know_what_is_missing(
    pairs: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    ranges, numbers = Ranges(), set[int]()
    for start, end in pairs:
        ranges.add(start, end)
        numbers |= set(range(start, end))

    held = list(ranges)
    assert {n for start, end in held for n in range(start, end)} == numbers
    assert all(before[1] < after[0] for before, after in pairwise(held))
    missing = [n for start, end in ranges.missing(*asked) for n in range(start, end)]
    assert missing == [n for n in range(*asked) if n not in numbers]
    run = asked[0]
    while run in numbers:
        run += 1
    assert ranges.run_end(asked[0]) == run
