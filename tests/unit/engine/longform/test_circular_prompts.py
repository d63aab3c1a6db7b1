"""Prompts that go around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.api.prompts import Curve, TransitionKind
from engine.longform.circular_prompts import circular_timeline
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.curves import frame_centres
from engine.longform.window_prompts import window_prompts
from engine.longform.windows import circular_window_grid

FIRST, LENGTH = 40, 256


def span(
    start: int,
    end: int,
    axis: int,
    kind: TransitionKind = TransitionKind.BLEND,
    length: int | None = None,
) -> PromptSpan:
    vector = torch.eye(4)[axis]
    return PromptSpan(
        start=start,
        end=end,
        conditioning=vector,
        unconditional=torch.eye(4)[3],
        guidance_scale=3.0,
        transition=kind,
        transition_latent_frames=length,
    )


def two() -> list[PromptSpan]:
    return [span(40, 140, 0, length=30), span(140, 296, 1, length=20)]


def circle(spans: Sequence[PromptSpan]) -> PromptTimeline:
    return circular_timeline(spans, first_frame=FIRST, num_frames=LENGTH)


def share_of(axis: int, timeline: PromptTimeline, first: int, num: int) -> NDArray[np.float64]:
    """Share of one prompt, whichever turn it comes from."""
    total = np.zeros(num)
    for index, share in timeline.shares(first, num).items():
        if timeline.spans[index].conditioning[axis] == 1.0:
            total += share
    return total


def test_the_last_prompt_fades_into_the_first_around_the_wrap() -> None:
    got = share_of(0, circle(two()), FIRST + LENGTH - 20, 40)

    centres = np.arange(-20, 20) + 0.5
    phase = np.clip(centres / 30 + 0.5, 0, 1)
    np.testing.assert_allclose(got, 0.5 - 0.5 * np.cos(np.pi * phase), atol=1e-12)


def test_inner_transitions_are_those_of_a_straight_track() -> None:
    straight = share_of(1, PromptTimeline(two()), 100, 80)

    np.testing.assert_allclose(share_of(1, circle(two()), 100, 80), straight, atol=1e-12)


@pytest.mark.parametrize("length", [None, 30, 200, 256, 10_000])
def test_every_turn_is_like_the_others_however_long_the_transitions_are(length: int | None) -> None:
    spans = [
        span(40, 100, 0, length=length),
        span(90, 200, 1, TransitionKind.MORPH, length),
        span(120, 150, 2, length=length),
        span(200, 296, 2, length=length),
    ]
    timeline = circle(spans)

    for axis in range(3):
        first = share_of(axis, timeline, FIRST, LENGTH)
        np.testing.assert_allclose(
            share_of(axis, timeline, FIRST + LENGTH, LENGTH), first, atol=1e-12
        )
    total = sum(timeline.shares(FIRST, 2 * LENGTH).values())
    np.testing.assert_allclose(total, np.ones(2 * LENGTH), atol=1e-12)


def test_a_cut_at_the_wrap_is_one_frame_long() -> None:
    spans = [span(40, 140, 0, TransitionKind.CUT), span(140, 296, 1)]

    got = share_of(0, circle(spans), FIRST + LENGTH - 2, 4)

    np.testing.assert_allclose(got, [0, 0, 1, 1], atol=1e-12)


def test_curves_come_again_with_their_prompts() -> None:
    first, second = two()
    guidance = Curve(latent_frames=(60, 100), values=(1.0, 5.0))
    weight = Curve(latent_frames=(180, 240), values=(1.0, 3.0))
    spans = [replace(first, guidance_curve=guidance), replace(second, weight_curve=weight)]
    timeline = circle(spans)

    heard = {}
    for turn in (0, 1):
        start = FIRST + turn * LENGTH
        shares = timeline.shares(start, LENGTH)
        heard[turn] = sum(
            share * timeline.spans[i].guidance(frame_centres(start, LENGTH))
            for i, share in shares.items()
        )

    np.testing.assert_allclose(heard[1], heard[0], atol=1e-12)
    assert np.ptp(heard[0]) > 3.9
    np.testing.assert_allclose(
        share_of(1, timeline, FIRST + LENGTH, LENGTH),
        share_of(1, timeline, FIRST, LENGTH),
        atol=1e-12,
    )


def test_a_prompt_alone_is_asked_for_once_in_every_window() -> None:
    grid = circular_window_grid(FIRST, LENGTH, window=64, stride=32, time_multiple=8, ramp=8)

    prompts = window_prompts(grid, circle([span(40, 296, 0, TransitionKind.AUTO)]))

    assert len(prompts.vectors) == 2
    assert all(len(prompts.rows(window)) == 2 for window in range(grid.num_windows))


def test_windows_at_the_wrap_ask_for_both_prompts() -> None:
    grid = circular_window_grid(FIRST, LENGTH, window=64, stride=32, time_multiple=8, ramp=8)

    prompts = window_prompts(grid, circle(two()))

    num_rows = [len(prompts.rows(window)) for window in range(grid.num_windows)]
    assert num_rows == [2, 2, 3, 2, 2, 2, 2, 3]


@pytest.mark.parametrize("spans", [[], [span(40, 200, 0)], [span(0, 296, 0)]])
def test_prompts_that_do_not_cover_the_circle_are_refused(spans: list[PromptSpan]) -> None:
    with pytest.raises(ValueError, match="span"):
        circle(spans)
