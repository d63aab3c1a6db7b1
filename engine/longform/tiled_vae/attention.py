"""The decoder's attention on a range of frames.

*Full* attention lets every position see the whole track, as in training; its cost grows with the
square of the length. *Banded* attention lets a position see the frames within a fixed distance; the
band is strict for every position, so that the result does not depend on the tiles. On a circle the
distance is the shorter way around, and every frame within it is seen once.

Shape letters in this file:
    C  channels, the width of the one head
    T  latent frames
    F  frequency bins
    L  tokens, T * F (time outer, frequency inner)
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.longform.tiled_vae.local_ops import Frames, Normaliser, readable
from engine.longform.tiled_vae.parts import AttentionPart

# Bounds the score matrix where a backend stores it: 128 MiB in float32.
_MAX_SCORES = 1 << 25
_BANDED_QUERY_FRAMES = 32


def keys_and_values(
    part: AttentionPart, normaliser: Normaliser, x: Tensor
) -> tuple[Tensor, Tensor]:
    """Keys and values of frames (1, C, T, F), both as tokens (1, L, C)."""
    tokens = _tokens(normaliser.normalised(x))
    return part.to_k(tokens), part.to_v(tokens)


def fully_attended(
    part: AttentionPart, normaliser: Normaliser, x: Tensor, keys: Tensor, values: Tensor
) -> Tensor:
    """Attention of some frames to all frames, added to them.

    Args:
        part: The layer.
        normaliser: Its normalisation.
        x: (1, C, T', F) the frames that ask.
        keys: (1, L, C) keys of the whole track.
        values: (1, L, C) values of the whole track.

    Returns:
        (1, C, T', F).
    """
    queries = part.to_q(_tokens(normaliser.normalised(x)))
    block = max(64, _MAX_SCORES // keys.shape[1])
    attended = [
        _attend(queries[:, first : first + block], keys, values, mask=None)
        for first in range(0, queries.shape[1], block)
    ]
    return _added(part, x, attended)


def band_attended(
    part: AttentionPart, normaliser: Normaliser, frames: Frames, start: int, end: int, reach: int
) -> Tensor:
    """Attention of the frames ``[start, end)`` to those within ``reach`` frames, added to them.

    Args:
        part: The layer.
        normaliser: Its normalisation.
        frames: Input of the layer.
        start: First frame that asks.
        end: First frame after them.
        reach: Greatest distance in frames that is seen.

    Returns:
        (1, C, end - start, F).
    """
    behind, ahead = _reaches(frames, reach)
    low, high = readable(frames, start - behind, end + ahead)
    context = frames.read(low, high)
    bins = context.shape[3]
    tokens = _tokens(normaliser.normalised(context))
    keys, values = part.to_k(tokens), part.to_v(tokens)
    attended = []
    for first in range(start, end, _BANDED_QUERY_FRAMES):
        last = min(first + _BANDED_QUERY_FRAMES, end)
        queries = part.to_q(tokens[:, (first - low) * bins : (last - low) * bins])
        near, far = readable(frames, first - behind, last + ahead)
        seen = slice((near - low) * bins, (far - low) * bins)
        mask = _band_mask((first, last), (near, far), bins, (behind, ahead)).to(context.device)
        attended.append(_attend(queries, keys[:, seen], values[:, seen], mask=mask))
    return _added(part, context[:, :, start - low : end - low], attended)


def _reaches(frames: Frames, reach: int) -> tuple[int, int]:
    """How many frames are seen behind and ahead: on a circle together no more than there are."""
    if not frames.is_circular:
        return reach, reach
    others = frames.num_frames - 1
    return min(reach, others // 2), min(reach, others - others // 2)


def _band_mask(
    asking: tuple[int, int], seen: tuple[int, int], bins: int, reaches: tuple[int, int]
) -> Tensor:
    query_frames = torch.arange(*asking).repeat_interleave(bins)
    key_frames = torch.arange(*seen).repeat_interleave(bins)
    distances = key_frames[None, :] - query_frames[:, None]
    behind, ahead = reaches
    return (-behind <= distances) & (distances <= ahead)


def _attend(queries: Tensor, keys: Tensor, values: Tensor, *, mask: Tensor | None) -> Tensor:
    return F.scaled_dot_product_attention(
        queries.unsqueeze(1), keys.unsqueeze(1), values.unsqueeze(1), attn_mask=mask
    ).squeeze(1)


def _added(part: AttentionPart, x: Tensor, attended: list[Tensor]) -> Tensor:
    tokens: Tensor = part.to_out(torch.cat(attended, dim=1))
    return x + tokens.transpose(1, 2).reshape(x.shape)


def _tokens(x: Tensor) -> Tensor:
    return x.flatten(2).transpose(1, 2)
