"""Where stretches go, and what must be made between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.longform.placement import (
    PlacedSpan,
    cuts,
    freed_at_joins,
    joined_spans,
    uncovered,
    united,
)


def span(start: int, end: int, shift: int = 0) -> PlacedSpan:
    return PlacedSpan(start=start, end=end, shift=shift)


def test_neighbours_that_were_neighbours_become_one() -> None:
    spans = joined_spans([span(50, 80), span(0, 50), span(90, 99, -10)])

    assert spans == (span(0, 80), span(90, 99, -10))


def test_a_cut_is_where_strangers_meet() -> None:
    assert cuts([span(0, 80), span(90, 99, -10), span(0, 5, 200)]) == (80,)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5), st.integers(-40, 40)), max_size=6),
    st.integers(0, 12),
    st.integers(1, 80),
)
def test_what_is_uncovered_is_what_no_stretch_covers(
    lengths: list[tuple[int, int, int]], start: int, num: int
) -> None:
    spans, position = [], 0
    for length, gap, source in lengths:
        position += gap
        spans.append(span(source, source + length, position - source))
        position += length

    holes = uncovered(spans, start, start + num)

    covered = {f for s in spans for f in range(s.target_start, s.target_end)}
    assert [f for a, b in holes for f in range(a, b)] == [
        f for f in range(start, start + num) if f not in covered
    ]
    assert all(a < b for a, b in holes)


def test_joins_are_freed_on_both_sides_but_not_at_the_ends_of_the_track() -> None:
    spans = [span(0, 300), span(350, 650, -50)]

    assert freed_at_joins(spans, 0, 600, 48) == ((252, 300), (300, 348))


def test_beside_new_material_the_kept_side_is_freed() -> None:
    assert freed_at_joins([span(0, 300)], 0, 500, 48) == ((252, 300),)
    assert freed_at_joins([span(0, 300)], -100, 300, 48) == ((0, 48),)


def test_at_most_a_third_of_a_stretch_is_freed() -> None:
    assert freed_at_joins([span(0, 30)], -5, 500, 48) == ((0, 10), (20, 30))
    assert freed_at_joins([span(0, 2)], -5, 500, 48) == ()


def test_a_stretch_cut_to_a_range_keeps_its_shift() -> None:
    assert span(10, 50, 100).within(120, 130) == span(20, 30, 100)
    assert span(10, 50, 100).within(150, 160) is None


def test_touching_ranges_are_united() -> None:
    assert united([(5, 7), (0, 3), (3, 4), (6, 9), (9, 9)]) == ((0, 4), (5, 9))


def test_an_empty_stretch_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        span(5, 5)
