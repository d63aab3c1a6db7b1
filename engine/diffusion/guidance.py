"""Classifier-free guidance (Ho and Salimans 2022, equation 6), always in float32 or wider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedPrediction:
    """What the network said about one prompt, and how much it counts.

    Attributes:
        conditional: (..., T, F) noise predicted with the prompt.
        unconditional: (..., T, F) noise predicted without it; unused at scale 1.
        guidance_scale: 1 follows the prompt plainly, more exaggerates it: a number, or (T, 1) one
            for each frame.
        share: Weight of this prompt: a number, or (T, 1) one for each frame. Shares sum to 1.
    """

    conditional: Tensor
    unconditional: Tensor | None
    guidance_scale: Tensor | float
    share: Tensor | float


def is_guided(timestep: int, interval: tuple[int, int] | None) -> bool:
    """Whether guidance is to be applied at a noise level.

    At high noise guidance narrows what can still become of the sound, at low noise it does hardly
    anything; limiting it to the levels between keeps variety and saves the unconditional pass
    (Kynkäänniemi et al. 2024, section 3).

    Args:
        timestep: The noise level.
        interval: Timesteps ``[low, high)`` with guidance; ``None`` for all.
    """
    return interval is None or interval[0] <= timestep < interval[1]


def guided_noise_pred(predictions: Sequence[GuidedPrediction]) -> Tensor:
    """``sum_i share_i * (u_i + g_i * (c_i - u_i))``.

    With one shared unconditional prediction and shares that sum to 1 this is
    ``u + sum_i share_i * g_i * (c_i - u)``: several prompts blended frame by frame at the price of
    one more network evaluation each.

    Args:
        predictions: At least one; all of the same shape.

    Returns:
        (..., T, F) in float32, or in float64 if the predictions are.

    Raises:
        ValueError: There is nothing to combine, or an unconditional prediction is missing.
    """
    if not predictions:
        raise ValueError("guidance needs at least one prediction")
    terms = [_guided(prediction) * prediction.share for prediction in predictions]
    return sum(terms[1:], start=terms[0])


def _guided(prediction: GuidedPrediction) -> Tensor:
    conditional = _at_least_float32(prediction.conditional)
    scale = prediction.guidance_scale
    if isinstance(scale, float | int) and scale == 1.0:
        return conditional
    if prediction.unconditional is None:
        raise ValueError(f"guidance_scale {scale} needs an unconditional prediction")
    unconditional = _at_least_float32(prediction.unconditional)
    return unconditional + scale * (conditional - unconditional)


def _at_least_float32(values: Tensor) -> Tensor:
    return values if values.dtype == torch.float64 else values.float()
