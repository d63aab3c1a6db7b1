"""What each window is asked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.prompts import Curve, TransitionKind
from engine.longform.conditioning import PromptSpan, PromptTimeline
from engine.longform.sphere import morphed
from engine.longform.window_prompts import WindowPrompts, window_prompts
from engine.longform.windows import WindowGrid, window_grid

A, B, C = (torch.eye(4)[i] for i in range(3))
EMPTY = torch.eye(4)[3]


def span(
    start: int,
    end: int,
    vector: torch.Tensor,
    kind: TransitionKind = TransitionKind.BLEND,
    *,
    scale: float = 2.5,
    scale_curve: Curve | None = None,
    negative: torch.Tensor = EMPTY,
) -> PromptSpan:
    return PromptSpan(
        start=start,
        end=end,
        conditioning=vector,
        unconditional=negative,
        guidance_scale=scale,
        guidance_curve=scale_curve,
        transition=kind,
    )


def grid(num_frames: int = 1000) -> WindowGrid:
    return window_grid(0, num_frames, window=256, stride=128, time_multiple=8)


def planned(*spans: PromptSpan) -> WindowPrompts:
    return window_prompts(grid(), PromptTimeline(spans))


def evaluations(prompts: WindowPrompts) -> list[int]:
    return [len(prompts.rows(window)) for window in range(len(prompts.terms))]


def test_one_prompt_costs_two_evaluations_per_window() -> None:
    prompts = planned(span(0, 1000, A))

    assert evaluations(prompts) == [2] * 7
    assert prompts.num_evaluations == 14
    assert all(terms[0].share is None for terms in prompts.terms)
    assert torch.equal(prompts.vectors, torch.stack((A, EMPTY)))


def test_without_guidance_one_evaluation_is_enough() -> None:
    prompts = planned(span(0, 1000, A, scale=1.0))

    assert evaluations(prompts) == [1] * 7


def test_guidance_that_changes_costs_nothing_more_and_is_a_number_where_it_does_not() -> None:
    rising = Curve(latent_frames=(400, 600), values=(1.0, 5.0))
    prompts = planned(span(0, 1000, A, scale_curve=rising))

    # Windows count from 48 frames after their start to 48 before their end, but for the ends.
    assert evaluations(prompts) == [1, 1, 2, 2, 2, 2, 2]
    scales = [terms[0].guidance_scale for terms in prompts.terms]
    assert [isinstance(scale, torch.Tensor) for scale in scales] == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip
    assert (scales[0], scales[6]) == (1.0, 5.0)
    assert isinstance(scales[3], torch.Tensor)
    assert scales[3].shape == (256, 1)
    assert float(scales[3][500 - 384]) == pytest.approx(1.0 + 4.0 * 100.5 / 200, abs=1e-12)


def test_guidance_of_one_in_a_blend_spares_only_its_own_unconditional_pass() -> None:
    prompts = planned(span(0, 512, A, scale=1.0), span(512, 1000, B, negative=C))

    assert evaluations(prompts) == [1, 1, 1, 3, 2, 2, 2]
    assert [len(prompts.rows(w, is_guided=False)) for w in range(7)] == [1, 1, 1, 2, 1, 1, 1]


def test_a_blend_shares_the_unconditional_pass_and_costs_only_at_the_border() -> None:
    prompts = planned(span(0, 512, A), span(512, 1000, B))

    assert evaluations(prompts) == [2, 2, 2, 3, 2, 2, 2]


def test_a_blend_has_the_frame_shares_of_the_timeline() -> None:
    spans = (span(0, 512, A), span(512, 1000, B))
    prompts = planned(*spans)

    expected = PromptTimeline(spans).shares(384, 256)
    for term, index in zip(prompts.terms[3], (0, 1), strict=True):
        assert term.share is not None
        np.testing.assert_allclose(term.share[:, 0].numpy(), expected[index], rtol=0, atol=1e-12)


def test_different_negative_prompts_are_evaluated_each() -> None:
    prompts = planned(span(0, 512, A), span(512, 1000, B, negative=C))

    assert evaluations(prompts) == [2, 2, 2, 4, 2, 2, 2]


def test_a_morph_costs_nothing_and_turns_with_the_core() -> None:
    spans = (span(0, 512, A), span(512, 1000, B, TransitionKind.MORPH))
    prompts = planned(*spans)

    assert evaluations(prompts) == [2] * 7
    g = grid()
    share = PromptTimeline(spans).shares(384, 256)[1]
    weights = g.weights(3).numpy()
    mean = sum(float(w) * float(s) for w, s in zip(weights, share, strict=True)) / weights.sum()
    (term,) = prompts.terms[3]
    torch.testing.assert_close(
        prompts.vectors[term.conditional], morphed([A, B], [1 - mean, mean]), rtol=0, atol=1e-6
    )


def test_a_morph_mixes_guidance_and_negative_prompts_too() -> None:
    # The window [384, 640) is centred on the border, so both prompts have half of it.
    spans = (
        span(0, 512, A, scale=2.0),
        span(512, 1000, B, TransitionKind.MORPH, scale=4.0, negative=C),
    )
    prompts = planned(*spans)

    (term,) = prompts.terms[3]
    share = torch.from_numpy(PromptTimeline(spans).shares(384, 256)[1]).unsqueeze(1)
    assert isinstance(term.guidance_scale, torch.Tensor)
    counted = slice(48, 208)  # the frames in which the window counts
    torch.testing.assert_close(
        term.guidance_scale[counted], (2.0 + 2.0 * share)[counted], rtol=0, atol=1e-12
    )
    assert term.unconditional is not None
    torch.testing.assert_close(
        prompts.vectors[term.unconditional], morphed([EMPTY, C], [0.5, 0.5]), rtol=0, atol=1e-6
    )


def test_a_morphing_pair_is_blended_with_a_third_prompt() -> None:
    prompts = planned(span(0, 490, A), span(490, 530, B, TransitionKind.MORPH), span(530, 1000, C))

    terms = prompts.terms[3]
    assert len(terms) == 2
    assert len(prompts.rows(3)) == 3


def test_a_prompt_with_hardly_any_core_weight_is_not_evaluated() -> None:
    # [384, 640) counts in [432, 592); a cut at 434 leaves the first prompt a few ramp frames.
    prompts = planned(span(0, 434, A), span(434, 1000, B, TransitionKind.CUT))

    assert evaluations(prompts)[3] == 2
    assert torch.equal(prompts.vectors[prompts.terms[3][0].conditional], B)


@settings(deadline=None, max_examples=60)
@given(
    cuts=st.lists(st.integers(1, 999), unique=True, max_size=5),
    kinds=st.lists(st.sampled_from(TransitionKind), min_size=6, max_size=6),
    overlap=st.integers(0, 60),
)
def test_shares_of_every_window_sum_to_one(
    cuts: list[int], kinds: list[TransitionKind], overlap: int
) -> None:
    borders = [0, *sorted(cuts), 1000]
    vectors = (A, B, C, A, B, C)
    prompts = planned(
        *(
            span(start, end + overlap, vectors[i], kinds[i])
            for i, (start, end) in enumerate(pairwise(borders))
        )
    )

    for terms in prompts.terms:
        if len(terms) == 1:
            assert terms[0].share is None
        else:
            total = sum(term.share for term in terms if term.share is not None)
            ones = torch.ones(256, 1, dtype=torch.float64)
            torch.testing.assert_close(total, ones, rtol=0, atol=1e-12)
