"""The transformer of the UNet: self-attention over all positions of a feature map.

There is no cross-attention in AudioLDM. Each layer attends to itself twice; the second attention
stands where text-to-image models look at the text, and sees the features because there is no
context to see.

Shape letters in this file:
    B  batch
    C  channels
    T  latent frames at the block's own resolution
    F  frequency bins at the block's own resolution
    L  tokens, T * F in row-major order (time outer, frequency inner)
    H  heads
    D  head width, C / H
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

_GROUP_NORM_EPS = 1e-6
_LAYER_NORM_EPS = 1e-5
_FEED_FORWARD_EXPANSION = 4


class SelfAttention(nn.Module):
    """Multi-head scaled dot-product self-attention (Vaswani et al., 2017, section 3.2).

    Args:
        channels: ``C``.
        heads: ``H``; must divide ``C``.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(channels, channels, bias=False)
        self.to_v = nn.Linear(channels, channels, bias=False)
        self.to_out = nn.Sequential(nn.Linear(channels, channels))

    def _split_heads(self, x: Tensor) -> Tensor:
        # (B, L, C) -> (B, H, L, D)
        batch, length, channels = x.shape
        return x.view(batch, length, self.heads, channels // self.heads).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, C) tokens to (B, L, C) tokens."""
        attended = F.scaled_dot_product_attention(
            self._split_heads(self.to_q(x)),
            self._split_heads(self.to_k(x)),
            self._split_heads(self.to_v(x)),
        )
        # (B, H, L, D) -> (B, L, C)
        mixed: Tensor = self.to_out(attended.transpose(1, 2).flatten(2))
        return mixed


class GatedProjection(nn.Module):
    """A linear layer gated by the GELU of another ("GLU variants", Shazeer, 2020: GEGLU)."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.proj = nn.Linear(channels, 2 * hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, hidden); the first half of the projection is the value."""
        projected: Tensor = self.proj(x)
        value, gate = projected.chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """The position-wise network of a transformer layer, four times as wide inside."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        hidden = _FEED_FORWARD_EXPANSION * channels
        # The middle entry keeps the published tensor names: dropout was there in training.
        self.net = nn.Sequential(
            GatedProjection(channels, hidden), nn.Identity(), nn.Linear(hidden, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, C)."""
        transformed: Tensor = self.net(x)
        return transformed


class TransformerLayer(nn.Module):
    """Two self-attentions and a feed-forward network, each normalised first and added."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=_LAYER_NORM_EPS)
        self.attn1 = SelfAttention(channels, heads)
        self.norm2 = nn.LayerNorm(channels, eps=_LAYER_NORM_EPS)
        self.attn2 = SelfAttention(channels, heads)
        self.norm3 = nn.LayerNorm(channels, eps=_LAYER_NORM_EPS)
        self.ff = FeedForward(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, C) to (B, L, C)."""
        x = self.attn1(self.norm1(x)).add_(x)
        x = self.attn2(self.norm2(x)).add_(x)
        transformed: Tensor = self.ff(self.norm3(x)).add_(x)
        return transformed


class SpatialTransformer(nn.Module):
    """A transformer layer over all positions of a feature map, inside a skip connection.

    Latent diffusion (Rombach et al., 2022, appendix E.2.1), with depth one and no context.

    Args:
        channels: ``C``.
        heads: ``H``; must divide ``C``.
        norm_groups: Groups of the normalisation in front.
    """

    def __init__(self, channels: int, heads: int, norm_groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(norm_groups, channels, eps=_GROUP_NORM_EPS)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([TransformerLayer(channels, heads)])
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, T, F)."""
        # (B, C, T, F) -> (B, L, C) and back
        tokens: Tensor = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        for layer in self.transformer_blocks:
            tokens = layer(tokens)
        residual: Tensor = self.proj_out(tokens.transpose(1, 2).reshape(x.shape))
        residual += x
        return residual
