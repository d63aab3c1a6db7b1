"""Convolutional parts of the UNet: residual blocks and the changes of resolution.

Shape letters in this file:
    B  batch
    C  channels
    T  latent frames at the block's own resolution
    F  frequency bins at the block's own resolution
    E  width of the embedding
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_NORM_EPS = 1e-5


class ResBlock(nn.Module):
    """Two normalised convolutions inside a skip connection, with the embedding added between.

    The residual block of "Denoising Diffusion Probabilistic Models" (Ho et al., 2020, appendix B)
    with SiLU; the embedding only shifts, it does not scale.

    Args:
        in_channels: Channels going in.
        out_channels: Channels coming out.
        embedding_width: ``E``.
        norm_groups: Groups of both normalisations.
    """

    def __init__(
        self, in_channels: int, out_channels: int, embedding_width: int, norm_groups: int
    ) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(norm_groups, in_channels, eps=_NORM_EPS)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.time_emb_proj = nn.Linear(embedding_width, out_channels)
        self.norm2 = nn.GroupNorm(norm_groups, out_channels, eps=_NORM_EPS)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.conv_shortcut = (
            nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else None
        )

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """Filter a batch of feature maps.

        Args:
            x: (B, in_channels, T, F) features.
            embedding: (B, E) timestep and conditioning, after its SiLU.

        Returns:
            (B, out_channels, T, F) features.
        """
        # Sums and activations go into tensors that were just made: less memory is moved.
        hidden: Tensor = self.conv1(F.silu(self.norm1(x), inplace=not torch.is_grad_enabled()))
        hidden += self.time_emb_proj(embedding)[:, :, None, None]
        hidden = self.conv2(F.silu(self.norm2(hidden), inplace=not torch.is_grad_enabled()))
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        hidden += x
        return hidden


class Downsample(nn.Module):
    """Halves time and frequency by a strided convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, T / 2, F / 2)."""
        halved: Tensor = self.conv(x)
        return halved


class Upsample(nn.Module):
    """Doubles time and frequency by repetition, then smooths with a convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, 2 T, 2 F)."""
        doubled: Tensor = self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return doubled
