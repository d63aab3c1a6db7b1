"""Classifier-free guidance of one prompt and of several."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.diffusion.guidance import GuidedPrediction, guided_noise_pred


def values(seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(seed)).to(dtype)


def test_one_prompt_is_extrapolated_from_the_unconditional_prediction() -> None:
    c, u = values(1), values(2)

    got = guided_noise_pred(
        [GuidedPrediction(conditional=c, unconditional=u, guidance_scale=2.5, share=1.0)]
    )

    torch.testing.assert_close(got, u + 2.5 * (c - u), rtol=0, atol=0)


def test_scale_one_needs_no_unconditional_prediction() -> None:
    c = values(1)

    got = guided_noise_pred(
        [GuidedPrediction(conditional=c, unconditional=None, guidance_scale=1.0, share=1.0)]
    )

    assert torch.equal(got, c)


def test_several_prompts_share_the_unconditional_prediction_frame_by_frame() -> None:
    a, b, u = values(1), values(2), values(3)
    share = torch.linspace(0, 1, 6, dtype=torch.float64).view(6, 1)

    got = guided_noise_pred(
        [
            GuidedPrediction(conditional=a, unconditional=u, guidance_scale=2.0, share=share),
            GuidedPrediction(conditional=b, unconditional=u, guidance_scale=4.0, share=1 - share),
        ]
    )

    for frame in range(6):
        m = float(share[frame])
        expected = u + m * 2.0 * (a - u) + (1 - m) * 4.0 * (b - u)
        torch.testing.assert_close(got[:, frame], expected[:, frame], rtol=0, atol=1e-12)


def test_half_precision_predictions_are_combined_in_float32() -> None:
    c, u = values(1, torch.bfloat16), values(2, torch.bfloat16)

    got = guided_noise_pred(
        [GuidedPrediction(conditional=c, unconditional=u, guidance_scale=3.0, share=1.0)]
    )

    assert got.dtype == torch.float32
    assert torch.equal(got, u.float() + 3.0 * (c.float() - u.float()))


def test_a_missing_unconditional_prediction_is_named() -> None:
    with pytest.raises(ValueError, match=r"2\.5 needs an unconditional"):
        guided_noise_pred(
            [
                GuidedPrediction(
                    conditional=values(1), unconditional=None, guidance_scale=2.5, share=1.0
                )
            ]
        )


def test_nothing_to_combine_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        guided_noise_pred([])
