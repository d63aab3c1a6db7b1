"""Layers into activations that read each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import nn

from engine.longform.tiled_vae.activations import Activation, Attended, Hidden, ResidualOutput
from engine.longform.tiled_vae.local_ops import Normaliser
from engine.longform.tiled_vae.parts import AttentionPart, ResidualPart

Resampling = TypeVar("Resampling")


def connected(
    stem: Activation,
    parts: Sequence[ResidualPart | AttentionPart | Resampling],
    norm_out: nn.GroupNorm,
    *,
    resampled: Callable[[Resampling, Activation], Activation],
    attention_reach: int | None,
    device: torch.device,
    is_circular: bool,
) -> tuple[tuple[Activation, ...], tuple[Normaliser, ...]]:
    """Connect the layers of an encoder or a decoder, behind its first one.

    Args:
        stem: What the first layer gives.
        parts: The layers between the first one and the last normalisation.
        norm_out: The last normalisation.
        resampled: What a part that is neither residual nor attention makes of an activation.
        attention_reach: Latent frames that attention sees on each side, or ``None`` for all.
        device: Where the work is done.
        is_circular: Whether the end of the track goes over into its start.

    Returns:
        All activations, the last one to be read by the output layer, and all normalisations, both
        in the order of the work, with nothing computed.
    """
    activations = [stem]
    normalisers: list[Normaliser] = []

    def fed_by(source: Activation, norm: nn.GroupNorm) -> Normaliser:
        normalisers.append(Normaliser(norm))
        source.feeds = normalisers[-1]
        return normalisers[-1]

    for part in parts:
        source = activations[-1]
        match part:
            case ResidualPart():
                hidden = Hidden(part, source, fed_by(source, part.norm1))
                norm2 = fed_by(hidden, part.norm2)
                activations += [hidden, ResidualOutput(part, source, hidden, norm2)]
            case AttentionPart():
                normaliser = fed_by(source, part.norm)
                activations.append(Attended(part, source, normaliser, attention_reach))
            case _:
                activations.append(resampled(part, source))
    fed_by(activations[-1], norm_out)
    for activation in activations:
        activation.device = device
        activation.is_circular = is_circular
    return tuple(activations), tuple(normalisers)
