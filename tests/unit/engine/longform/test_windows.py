"""The grid of windows and their weights."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.sampling import Fusion
from engine.longform.windows import WindowGrid, window_grid


def grid(
    num_frames: int,
    stride: int = 128,
    first_frame: int = 0,
    origin: int | None = None,
    fusion: Fusion = Fusion.RAMP,
) -> WindowGrid:
    return window_grid(
        first_frame,
        num_frames,
        window=256,
        stride=stride,
        time_multiple=8,
        origin_frame=origin,
        fusion=fusion,
    )


def summed_weights(g: WindowGrid) -> Tensor:
    total = torch.zeros(g.num_frames, dtype=torch.float64)
    for index, start in enumerate(g.starts):
        begin = start - g.first_frame
        total[begin : begin + g.window] += g.weights(index).double()
    return total


@settings(deadline=None, max_examples=150)
@given(
    num_frames=st.integers(1, 100_000),
    stride=st.sampled_from([192, 128, 64]),
    first_frame=st.integers(-10_000, 10_000),
    origin=st.none() | st.integers(-1000, 1000),
    fusion=st.sampled_from(Fusion),
)
def test_every_frame_is_covered_and_the_weights_sum_to_one(
    num_frames: int, stride: int, first_frame: int, origin: int | None, fusion: Fusion
) -> None:
    g = grid(num_frames, stride, first_frame, origin, fusion)

    assert g.first_frame <= first_frame
    assert g.end_frame >= first_frame + num_frames
    torch.testing.assert_close(
        summed_weights(g), torch.ones(g.num_frames, dtype=torch.float64), rtol=0, atol=1e-6
    )


@settings(deadline=None, max_examples=60)
@given(
    num_frames=st.integers(1, 4000),
    stride=st.sampled_from([192, 128, 64]),
    a=st.integers(0, 4000),
    b=st.integers(0, 4000),
    fusion=st.sampled_from(Fusion),
)
def test_support_and_meeting_windows_agree_with_the_weights(
    num_frames: int, stride: int, a: int, b: int, fusion: Fusion
) -> None:
    g = grid(num_frames, stride, fusion=fusion)

    expected = []
    for index, start in enumerate(g.starts):
        counted = [start + i for i, w in enumerate(g.weights(index).tolist()) if w > 0]
        assert (counted[0], counted[-1] + 1) == g.support(index)
        if any(a <= frame < b for frame in counted):
            expected.append(index)
    if a < b:
        assert list(g.windows_meeting(a, b)) == expected


def test_three_minutes_at_standard_stride() -> None:
    g = grid(4500)

    assert g.num_windows == 35
    assert g.starts[:3] == (0, 128, 256)
    assert g.num_frames == 34 * 128 + 256


@pytest.mark.parametrize(("num_frames", "padded"), [(1, 8), (100, 104), (248, 248), (256, 256)])
def test_a_short_track_is_one_window_of_its_own_length(num_frames: int, padded: int) -> None:
    g = grid(num_frames)

    assert (g.starts, g.window, g.num_frames) == ((0,), padded, padded)
    assert torch.equal(g.weights(0), torch.ones(padded))


def test_the_last_window_is_not_pushed_back() -> None:
    g = grid(257)

    assert g.starts == (0, 128)
    assert g.end_frame == 384


@settings(deadline=None, max_examples=60)
@given(
    short=st.integers(257, 5000),
    more=st.integers(0, 3000),
    stride=st.sampled_from([192, 128, 64]),
)
def test_a_longer_track_keeps_the_windows_of_the_shorter_one(
    short: int, more: int, stride: int
) -> None:
    before, after = grid(short, stride), grid(short + more, stride)

    assert after.starts[: before.num_windows] == before.starts


def test_growing_to_the_left_keeps_the_grid() -> None:
    g = grid(1000, first_frame=-100, origin=0)

    assert g.starts[:3] == (-128, 0, 128)


def test_only_the_middle_of_a_window_counts() -> None:
    weights = grid(1000).weights(2)

    assert weights[:48].max() == 0
    assert torch.equal(weights[48:80], (torch.arange(32) + 0.5) / 32)
    assert torch.equal(weights[80:176], torch.ones(96))
    assert torch.equal(weights[176:208], 1 - (torch.arange(32) + 0.5) / 32)
    assert weights[208:].max() == 0


def test_the_ends_of_the_track_count_to_the_border() -> None:
    g = grid(1000)

    assert g.weights(0)[:176].min() == 1
    assert g.weights(g.num_windows - 1)[80:].min() == 1


@pytest.mark.parametrize(
    ("num_frames", "window", "stride", "ramp", "named"),
    [
        (0, 256, 128, 32, "num_frames"),
        (9, 252, 128, 32, "window"),
        (9, 256, 100, 32, "stride"),
        (9, 256, 0, 32, "stride"),
        (9, 256, 256, 32, "ramp"),
        (9, 256, 128, 31, "ramp"),
        (9, 256, 16, 32, "ramp"),
        (9, 256, 128, 0, "ramp"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(
    num_frames: int, window: int, stride: int, ramp: int, named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        window_grid(0, num_frames, window=window, stride=stride, time_multiple=8, ramp=ramp)
