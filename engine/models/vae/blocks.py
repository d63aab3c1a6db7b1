"""Building blocks of the mel VAE.

Shape letters in this file:
    B  batch
    C  channels
    T  frames at the block's own resolution
    F  frequency bins at the block's own resolution
    L  tokens, T * F in row-major order (time outer, frequency inner)
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

NORM_EPS = 1e-6


class ResBlock(nn.Module):
    """Two normalised convolutions inside a skip connection.

    Args:
        in_channels: Channels going in.
        out_channels: Channels coming out.
        norm_groups: Groups of both normalisations.
    """

    def __init__(self, in_channels: int, out_channels: int, norm_groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(norm_groups, in_channels, eps=NORM_EPS)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(norm_groups, out_channels, eps=NORM_EPS)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.conv_shortcut = (
            nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else None
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in_channels, T, F) to (B, out_channels, T, F)."""
        hidden: Tensor = self.conv1(F.silu(self.norm1(x)))
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        return x + hidden


class Attention(nn.Module):
    """Self-attention with one head over all positions, inside a skip connection.

    Args:
        channels: ``C``, which is also the width of the head.
        norm_groups: Groups of the normalisation in front.
    """

    def __init__(self, channels: int, norm_groups: int) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(norm_groups, channels, eps=NORM_EPS)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.Sequential(nn.Linear(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, T, F)."""
        # (B, C, T, F) -> (B, L, C) and back
        tokens = self.group_norm(x).flatten(2).transpose(1, 2)
        # Scaled before the product: 512 terms of a half-precision product would overflow.
        attended = F.scaled_dot_product_attention(
            self.to_q(tokens).unsqueeze(1),
            self.to_k(tokens).unsqueeze(1),
            self.to_v(tokens).unsqueeze(1),
        ).squeeze(1)
        residual: Tensor = self.to_out(attended)
        return x + residual.transpose(1, 2).reshape(x.shape)


class Downsample(nn.Module):
    """Halves time and frequency by a strided convolution, padded at the end only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, T / 2, F / 2)."""
        halved: Tensor = self.conv(F.pad(x, (0, 1, 0, 1)))
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


class MidBlock(nn.Module):
    """Residual block, attention, residual block at the latent's resolution."""

    def __init__(self, channels: int, norm_groups: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(ResBlock(channels, channels, norm_groups) for _ in range(2))
        self.attentions = nn.ModuleList([Attention(channels, norm_groups)])

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, T, F) to (B, C, T, F)."""
        x = self.resnets[0](x)
        x = self.attentions[0](x)
        filtered: Tensor = self.resnets[1](x)
        return filtered


class DownBlock(nn.Module):
    """One level of the encoder."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        num_layers: int,
        norm_groups: int,
        is_last: bool,
    ) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(
            ResBlock(in_channels if layer == 0 else out_channels, out_channels, norm_groups)
            for layer in range(num_layers)
        )
        self.downsamplers = nn.ModuleList([] if is_last else [Downsample(out_channels)])

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in_channels, T, F) to (B, out_channels, T / 2, F / 2), unhalved if last."""
        for layer in (*self.resnets, *self.downsamplers):
            x = layer(x)
        return x


class UpBlock(nn.Module):
    """One level of the decoder."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        num_layers: int,
        norm_groups: int,
        is_last: bool,
    ) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(
            ResBlock(in_channels if layer == 0 else out_channels, out_channels, norm_groups)
            for layer in range(num_layers)
        )
        self.upsamplers = nn.ModuleList([] if is_last else [Upsample(out_channels)])

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, in_channels, T, F) to (B, out_channels, 2 T, 2 F), undoubled if last."""
        for layer in (*self.resnets, *self.upsamplers):
            x = layer(x)
        return x
