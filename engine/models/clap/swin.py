"""Swin transformer stages with windowed attention (Liu et al., 2021, section 3.2).

Shape letters in this file:
    B  batch
    G  side of the token grid
    W  side of an attention window
    N  windows in the batch
    H  heads
    C  channels
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.clap.config import AudioEncoderConfig


class SwinStage(nn.Module):
    """Blocks at one resolution, then, except in the last stage, a merge of 2 x 2 tokens.

    Args:
        channels: Width ``C``.
        side: Side ``G`` of the token grid.
        depth: Number of blocks; every second one shifts its windows by half.
        num_heads: Attention heads.
        has_downsample: Whether the stage ends in a merge.
        config: Sizes common to all stages.
    """

    def __init__(
        self,
        *,
        channels: int,
        side: int,
        depth: int,
        num_heads: int,
        has_downsample: bool,
        config: AudioEncoderConfig,
    ) -> None:
        super().__init__()
        window = min(config.window_size, side)
        # One window covers the whole grid of the last stage: nothing to shift.
        shift = 0 if side <= config.window_size else config.window_size // 2
        self.blocks = nn.ModuleList(
            _SwinBlock(
                channels,
                num_heads=num_heads,
                window=window,
                shift=shift if index % 2 else 0,
                side=side,
                config=config,
            )
            for index in range(depth)
        )
        self.downsample = _PatchMerging(channels, eps=config.norm_eps) if has_downsample else None

    def forward(self, x: Tensor) -> Tensor:
        """Apply the stage.

        Args:
            x: (B, G, G, C) tokens.

        Returns:
            (B, G / 2, G / 2, 2 C) tokens, or (B, G, G, C) from the last stage.
        """
        for block in self.blocks:
            x = block(x)
        return x if self.downsample is None else self.downsample(x)


class _SwinBlock(nn.Module):
    shift_mask: Tensor

    def __init__(
        self,
        channels: int,
        *,
        num_heads: int,
        window: int,
        shift: int,
        side: int,
        config: AudioEncoderConfig,
    ) -> None:
        super().__init__()
        self.window = window
        self.shift = shift
        hidden = channels * config.mlp_ratio
        self.layernorm_before = nn.LayerNorm(channels, eps=config.norm_eps)
        self.attention = _WindowAttention(channels, num_heads, window)
        self.layernorm_after = nn.LayerNorm(channels, eps=config.norm_eps)
        self.intermediate = _Dense(channels, hidden)
        self.output = _Dense(hidden, channels)
        self.register_buffer("shift_mask", _shift_mask(side, window, shift), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self._attend(self.layernorm_before(x))
        output: Tensor = x + self.output(F.gelu(self.intermediate(self.layernorm_after(x))))
        return output

    def _attend(self, x: Tensor) -> Tensor:
        side = x.shape[1]
        shifted = x.roll((-self.shift, -self.shift), dims=(1, 2)) if self.shift else x
        windows = self.attention(_into_windows(shifted, self.window), self.shift_mask)
        merged = _from_windows(windows, self.window, side)
        return merged.roll((self.shift, self.shift), dims=(1, 2)) if self.shift else merged


class _WindowAttention(nn.Module):
    def __init__(self, channels: int, num_heads: int, window: int) -> None:
        super().__init__()
        self.self = _BiasedSelfAttention(channels, num_heads, window)
        self.output = _Dense(channels, channels)

    def forward(self, windows: Tensor, shift_mask: Tensor) -> Tensor:
        output: Tensor = self.output(self.self(windows, shift_mask))
        return output


class _BiasedSelfAttention(nn.Module):
    """Attention inside windows with a learned bias per relative position."""

    relative_position_index: Tensor

    def __init__(self, channels: int, num_heads: int, window: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.relative_position_bias_table = nn.Parameter(
            torch.zeros((2 * window - 1) ** 2, num_heads)
        )
        # Follows from the window; files that store it are right only if they agree with it.
        self.register_buffer(
            "relative_position_index", relative_position_index(window), persistent=False
        )

    def forward(self, windows: Tensor, shift_mask: Tensor) -> Tensor:
        """Mix the tokens of each window.

        Args:
            windows: (N, W * W, C) tokens, the windows of one clip next to each other.
            shift_mask: (windows per clip, 1, W * W, W * W) additive mask.

        Returns:
            (N, W * W, C) tokens.
        """
        # (W*W, W*W, H) -> (1, H, W*W, W*W)
        bias = self.relative_position_bias_table[self.relative_position_index]
        bias = bias.permute(2, 0, 1)[None] + shift_mask
        if bias.shape[0] > 1:
            bias = bias.repeat(windows.shape[0] // bias.shape[0], 1, 1, 1)
        attended = F.scaled_dot_product_attention(
            self._split_heads(self.query(windows)),
            self._split_heads(self.key(windows)),
            self._split_heads(self.value(windows)),
            attn_mask=bias,
        )
        return attended.transpose(1, 2).flatten(2)

    def _split_heads(self, x: Tensor) -> Tensor:
        return rearrange(x, "n t (h d) -> n h t d", h=self.num_heads)


class _PatchMerging(nn.Module):
    def __init__(self, channels: int, *, eps: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * channels, eps=eps)
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        # Rows alternate fastest: (even, even), (odd, even), (even, odd), (odd, odd).
        quarters = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        merged: Tensor = self.reduction(self.norm(torch.cat(quarters, dim=-1)))
        return merged


class _Dense(nn.Module):
    """A linear layer under the name ``dense``."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.dense = nn.Linear(in_features, out_features)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.dense(x)
        return output


def relative_position_index(window: int) -> Tensor:
    """Row of the bias table for every pair of tokens in a window.

    Args:
        window: Side ``W``.

    Returns:
        (W * W, W * W) int64; row is the query, column the key.
    """
    position = torch.arange(window * window)
    row, column = position // window, position % window
    down = row[:, None] - row[None, :] + window - 1
    right = column[:, None] - column[None, :] + window - 1
    return down * (2 * window - 1) + right


def _shift_mask(side: int, window: int, shift: int) -> Tensor:
    """Additive mask that separates tokens which only the cyclic shift made neighbours.

    Returns:
        (windows per clip, 1, W*W, W*W), or one zero (1, 1, 1, 1) without a shift.
    """
    if shift == 0:
        return torch.zeros(1, 1, 1, 1)
    index = torch.arange(side)
    band = (index >= side - window).long() + (index >= side - shift).long()
    area = (3 * band[:, None] + band[None, :])[None, :, :, None]
    area = _into_windows(area, window).squeeze(-1)
    is_apart = area[:, None, :] != area[:, :, None]
    # -100 and not -inf, because the published models were trained with it.
    return torch.where(is_apart, -100.0, 0.0)[:, None]


def _into_windows(x: Tensor, window: int) -> Tensor:
    """(B, G, G, C) -> (N, W*W, C)."""
    return rearrange(x, "b (gh h) (gw w) c -> (b gh gw) (h w) c", h=window, w=window)


def _from_windows(windows: Tensor, window: int, side: int) -> Tensor:
    """(N, W*W, C) -> (B, G, G, C)."""
    per_side = side // window
    return rearrange(
        windows, "(b gh gw) (h w) c -> b (gh h) (gw w) c", gh=per_side, gw=per_side, h=window
    )
