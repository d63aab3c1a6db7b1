"""Prompts over time."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.api.prompts import Curve, TransitionKind
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.curves import frame_centres


def direction(degrees: float) -> Tensor:
    """A unit vector in the plane."""
    angle = math.radians(degrees)
    return torch.tensor([math.cos(angle), math.sin(angle), 0.0])


def span(
    start: int,
    end: int,
    degrees: float = 0.0,
    transition: TransitionKind = TransitionKind.AUTO,
    *,
    length: int | None = None,
    weight: float = 1.0,
    weight_curve: Curve | None = None,
    guidance_curve: Curve | None = None,
) -> PromptSpan:
    return PromptSpan(
        start=start,
        end=end,
        conditioning=direction(degrees),
        unconditional=torch.tensor([0.0, 0.0, 1.0]),
        guidance_scale=2.5,
        guidance_curve=guidance_curve,
        weight=weight,
        weight_curve=weight_curve,
        transition=transition,
        transition_latent_frames=length,
    )


def curve(*points: tuple[int, float]) -> Curve:
    return Curve(
        latent_frames=tuple(frame for frame, _ in points), values=tuple(v for _, v in points)
    )


def test_one_prompt_holds_everywhere() -> None:
    shares = PromptTimeline([span(100, 200)]).shares(-50, 400)

    assert list(shares) == [0]
    assert shares[0].min() == 1.0


def test_touching_unlike_prompts_blend_over_two_seconds() -> None:
    timeline = PromptTimeline([span(0, 500), span(500, 1000, 90)])

    share = timeline.shares(0, 1000)[1]

    assert share[:475].max() == 0.0
    assert share[525:].min() == 1.0
    assert share[499] + share[500] == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(share[475:525]) > 0)
    assert not timeline.morphs(0, 1)


def test_touching_like_prompts_morph_over_eight_seconds() -> None:
    timeline = PromptTimeline([span(0, 500), span(500, 1000, 39)])

    share = timeline.shares(0, 1000)[1]

    assert timeline.morphs(0, 1)
    assert timeline.morphs(1, 0)
    assert share[399] == 0.0
    assert 0.0 < share[400] < 1e-3
    assert share[600] == 1.0


def test_an_overlap_is_the_transition() -> None:
    share = PromptTimeline([span(0, 600), span(400, 1000, 90)]).shares(0, 1000)[1]

    assert (share[399], share[600]) == (0.0, 1.0)
    assert 0.0 < share[400] < share[599] < 1.0
    for i in (0, 37, 199):
        expected = 0.5 - 0.5 * math.cos(math.pi * (i + 0.5) / 200)
        assert share[400 + i] == pytest.approx(expected, abs=1e-12)


def test_an_explicit_length_is_centred_on_the_border() -> None:
    share = PromptTimeline([span(0, 600), span(400, 1000, 90, length=20)]).shares(0, 1000)[1]

    assert (share[489], share[510]) == (0.0, 1.0)
    assert 0.0 < share[490] < share[509] < 1.0


@pytest.mark.parametrize("length", [None, 100])
def test_a_cut_changes_within_one_frame(length: int | None) -> None:
    cut = TransitionKind.CUT
    share = PromptTimeline([span(0, 500), span(500, 1000, 5, cut, length=length)]).shares(0, 1000)[
        1
    ]

    assert share[:500].max() == 0.0
    assert share[500:].min() == 1.0


def test_a_short_prompt_between_two_keeps_its_transitions() -> None:
    shares = PromptTimeline([span(0, 500), span(500, 520, 90), span(520, 900, 180)]).shares(0, 900)

    assert shares[1].max() < 1.0
    np.testing.assert_allclose(sum(shares.values()), 1.0, rtol=0, atol=1e-12)


def test_a_prompt_inside_another_is_mixed_in_by_weight() -> None:
    timeline = PromptTimeline([span(0, 1000), span(400, 600, 90, weight=3.0)])

    share = timeline.shares(0, 1000)[1]

    assert (share[374], share[625]) == (0.0, 0.0)
    assert share[500] == pytest.approx(0.75, abs=1e-12)
    assert share[400] == pytest.approx(share[599], abs=1e-12)


def test_a_prompt_inside_another_never_fades_for_longer_than_half_of_itself() -> None:
    share = PromptTimeline([span(0, 1000), span(500, 520, 90)]).shares(0, 1000)[1]

    assert (share[494], share[525]) == (0.0, 0.0)
    assert share[509] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("start", [0, 300])
def test_a_prompt_on_all_of_another_is_mixed_in_up_to_the_ends(start: int) -> None:
    spans = [span(0, 1000), span(start, 1000, 90), span(1000, 1200, 170)]
    is_last = PromptTimeline(spans[:2]).shares(-50, 1100)
    is_followed = PromptTimeline(spans).shares(0, 1200)

    # Nothing comes before the track or after it, so nothing fades there ...
    assert is_last[1][1049:].min() == pytest.approx(0.5, abs=1e-12)
    assert is_last[1][0] == pytest.approx(0.5 if start == 0 else 0.0, abs=1e-12)
    # ... but it does where another prompt follows.
    assert is_followed[1][1025:].max() == 0.0


def test_weights_change_over_time_where_prompts_overlap() -> None:
    rising = curve((450, 1.0), (550, 3.0))
    share = PromptTimeline([span(0, 1000), span(300, 700, 90, weight_curve=rising)]).shares(0, 1000)

    for frame in (400, 449, 500, 549, 600):
        weight = 1.0 + 2.0 * min(1.0, max(0.0, (frame + 0.5 - 450) / 100))
        assert share[1][frame] == pytest.approx(weight / (1 + weight), abs=1e-12)
    assert share[1][200] == 0.0


def test_guidance_follows_its_curve_at_the_middles_of_frames() -> None:
    changing = span(0, 100, guidance_curve=curve((10, 1.0), (20, 6.0)))

    values = changing.guidance(frame_centres(5, 20))

    assert values[:5].tolist() == [1.0] * 5
    assert values[5:15].tolist() == pytest.approx([1.25 + 0.5 * i for i in range(10)])
    assert values[15:].tolist() == [6.0] * 5
    assert span(0, 100).guidance(frame_centres(5, 3)).tolist() == [2.5] * 3


@settings(deadline=None, max_examples=150)
@given(
    spans=st.lists(
        st.tuples(
            st.integers(0, 900),
            st.integers(1, 400),
            st.floats(0.1, 10.0),
            st.sampled_from(TransitionKind),
            st.none() | st.integers(1, 500),
            st.floats(0, 180),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_shares_always_sum_to_one(
    spans: list[tuple[int, int, float, TransitionKind, int | None, float]],
) -> None:
    timeline = PromptTimeline(
        [
            span(start, start + n, deg, kind, length=ln, weight=w)
            for start, n, w, kind, ln, deg in spans
        ]
    )

    shares = timeline.shares(-20, 1400)

    total = np.sum(list(shares.values()), axis=0)
    np.testing.assert_allclose(total, 1.0, rtol=0, atol=1e-9)
    assert min(share.min() for share in shares.values()) >= 0.0


@settings(deadline=None, max_examples=40)
@given(first=st.integers(-100, 900), length=st.integers(1, 300))
def test_shares_of_a_range_are_those_of_the_whole(first: int, length: int) -> None:
    timeline = PromptTimeline([span(0, 300), span(250, 700, 90), span(400, 450, 20)])
    whole = timeline.shares(-100, 1400)

    for index, share in timeline.shares(first, length).items():
        np.testing.assert_array_equal(share, whole[index][first + 100 : first + 100 + length])


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: span(5, 5), "empty"),
        (lambda: span(0, 5, weight=0.0), "weight"),
        (lambda: span(0, 5, length=0), "transition_latent_frames"),
        (lambda: span(0, 5, weight_curve=curve((0, 1.0), (4, 0.0))), "weight must be"),
        (lambda: span(0, 5, weight_curve=curve((4, 1.0), (4, 2.0))), "weight_curve.*ascending"),
        (lambda: span(0, 5, guidance_curve=curve()), "guidance_curve needs"),
        (lambda: PromptTimeline([]), "at least one"),
    ],
    ids=["empty", "weight", "length", "curve weight", "curve order", "no points", "none"],
)
def test_impossible_spans_are_refused(build: object, named: str) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=named):
        build()
