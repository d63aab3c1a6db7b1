import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.time import (
    MAX_TIMELINE_SAMPLES,
    SAMPLES_PER_LATENT_FRAME,
    Samples,
    Span,
    latent_frame_ceil,
    latent_frame_floor,
    latent_frame_rounded,
    samples_from_latent_frame,
    samples_from_seconds_rounded,
    seconds_from_samples,
)

POSITIONS = st.integers(0, MAX_TIMELINE_SAMPLES - 1).map(Samples)


def span(start: int, end: int) -> Span:
    return Span(Samples(start), Samples(end))


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 4), (-1, 4), (0, MAX_TIMELINE_SAMPLES + 1)])
def test_empty_negative_and_endless_spans_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"got {start}..{end}"):
        span(start, end)


def test_the_start_belongs_to_a_span_and_the_end_does_not() -> None:
    assert [span(2, 4).contains(Samples(at)) for at in range(1, 6)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert span(2, 4).duration == 2


@pytest.mark.parametrize(
    ("other", "shared"),
    [((0, 2), None), ((0, 3), (2, 3)), ((3, 9), (3, 4)), ((0, 9), (2, 4)), ((4, 9), None)],
)
def test_spans_share_what_lies_in_both(
    other: tuple[int, int], shared: tuple[int, int] | None
) -> None:
    expected = None if shared is None else span(*shared)

    assert span(2, 4).intersection(span(*other)) == expected
    assert span(*other).intersection(span(2, 4)) == expected
    assert span(2, 4).intersects(span(*other)) == (shared is not None)


def test_a_moved_span_keeps_its_length() -> None:
    assert span(2, 4).moved(Samples(-1)) == span(1, 3)


def test_seconds_are_rounded_to_whole_samples() -> None:
    assert samples_from_seconds_rounded(1.00001) == 48_000
    assert seconds_from_samples(Samples(72_000)) == 1.5


@given(position=POSITIONS)
def test_a_position_lies_in_its_frame(position: Samples) -> None:
    floor, ceil = latent_frame_floor(position), latent_frame_ceil(position)

    assert samples_from_latent_frame(floor) <= position < samples_from_latent_frame(floor + 1)
    assert samples_from_latent_frame(ceil - 1) < position <= samples_from_latent_frame(ceil)
    nearest = samples_from_latent_frame(latent_frame_rounded(position))
    assert abs(nearest - position) <= SAMPLES_PER_LATENT_FRAME // 2


def test_halves_of_a_frame_go_up() -> None:
    assert [latent_frame_rounded(Samples(at)) for at in (959, 960, 2_879, 2_880)] == [0, 1, 1, 2]
