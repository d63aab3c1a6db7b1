"""The grid of windows on a circle."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.sampling import Fusion
from engine.longform.windows import WindowGrid, circular_window_grid, window_grid


def circle(
    num_frames: int, stride: int = 128, fusion: Fusion = Fusion.RAMP, first_frame: int = 0
) -> WindowGrid:
    return circular_window_grid(
        first_frame, num_frames, window=256, stride=stride, time_multiple=8, fusion=fusion
    )


def summed_weights(g: WindowGrid) -> Tensor:
    total = torch.zeros(g.num_frames, dtype=torch.float64)
    for index, start in enumerate(g.starts):
        frames = torch.arange(start - g.first_frame, start - g.first_frame + g.window)
        total.index_add_(0, frames % g.num_frames, g.weights(index).double())
    return total


circles = st.builds(
    circle,
    num_frames=st.integers(32, 12_500).map(lambda n: 8 * n),
    stride=st.sampled_from([192, 128, 64]),
    fusion=st.sampled_from(Fusion),
    first_frame=st.integers(-10_000, 10_000),
)


@settings(deadline=None, max_examples=120)
@given(g=circles)
def test_every_frame_is_covered_and_the_weights_sum_to_one(g: WindowGrid) -> None:
    torch.testing.assert_close(
        summed_weights(g), torch.ones(g.num_frames, dtype=torch.float64), rtol=0, atol=1e-6
    )


@settings(deadline=None, max_examples=120)
@given(g=circles)
def test_windows_are_spread_evenly_and_never_too_far_apart(g: WindowGrid) -> None:
    gaps = [b - a for a, b in pairwise((*g.starts, g.starts[0] + g.num_frames))]

    assert all(gap % 8 == 0 for gap in gaps)
    assert max(gaps) - min(gaps) in (0, 8)
    assert max(gaps) <= g.stride
    assert g.ramp <= min(gaps)


@settings(deadline=None, max_examples=60)
@given(
    num_frames=st.integers(32, 300).map(lambda n: 8 * n),
    stride=st.sampled_from([192, 128, 64]),
    fusion=st.sampled_from(Fusion),
    a=st.integers(-5000, 5000),
    length=st.integers(1, 500),
)
def test_meeting_windows_agree_with_the_weights(
    num_frames: int, stride: int, fusion: Fusion, a: int, length: int
) -> None:
    g = circle(num_frames, stride, fusion)
    wanted = {frame % num_frames for frame in range(a, a + length)}

    expected = []
    for index, start in enumerate(g.starts):
        counted = [start + i for i, w in enumerate(g.weights(index).tolist()) if w > 0]
        assert (counted[0], counted[-1] + 1) == g.support(index)
        # Between its outermost frames an alternating window leaves some to its neighbour.
        if any(frame % num_frames in wanted for frame in range(counted[0], counted[-1] + 1)):
            expected.append(index)

    assert list(g.windows_meeting(a, a + length)) == expected


def test_a_circle_that_the_stride_divides_has_equal_windows() -> None:
    g = circle(1024)

    assert g.starts == tuple(range(0, 1024, 128))
    assert all(torch.equal(g.weights(i), g.weights(0)) for i in range(8))


@pytest.mark.parametrize("stride", [192, 128])
def test_a_circle_of_one_window_has_two_and_uses_the_middle_of_each(stride: int) -> None:
    g = circle(256, stride)

    assert g.starts == (0, 128)
    assert g.support(0) == (48, 208)
    assert g.support(1) == (128 + 48, 128 + 208)


def test_a_window_that_passes_the_end_goes_on_from_the_start() -> None:
    g = circle(512, first_frame=40)
    track = torch.arange(512).view(1, 1, 512, 1)

    assert g.starts[-1] == 40 + 384
    assert g.window_of(track, 3).flatten().tolist() == [*range(384, 512), *range(128)]


def test_places_follow_a_range_around_the_circle() -> None:
    g = circle(256, first_frame=1000)

    assert g.places(1010, 1020) == (slice(10, 20),)
    assert g.places(1250, 1260) == (slice(250, 256), slice(0, 4))
    assert g.places(990, 1256) == (slice(246, 256), slice(0, 256))


def test_a_straight_track_has_only_the_places_between_its_ends() -> None:
    g = window_grid(100, 50, window=64, stride=32, time_multiple=8, ramp=8)

    assert g.places(90, 110) == (slice(0, 10),)
    assert g.places(140, 200) == (slice(40, 56),)
    assert g.places(80, 100) == g.places(156, 170) == ()


@pytest.mark.parametrize("num_frames", [248, 260, 0])
def test_a_length_that_no_circle_can_have_is_refused(num_frames: int) -> None:
    with pytest.raises(ValueError, match=f"num_frames.*{num_frames}"):
        circle(num_frames)
