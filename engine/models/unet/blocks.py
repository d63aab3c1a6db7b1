"""The levels of the UNet: down, middle, up.

Shape letters in this file:
    B  batch
    C  channels
    T  latent frames at the level's own resolution
    F  frequency bins at the level's own resolution
    E  width of the embedding
"""

from __future__ import annotations

from torch import Tensor, cat, nn

from engine.models.unet.attention import SpatialTransformer
from engine.models.unet.config import UNetConfig
from engine.models.unet.resnet import Downsample, ResBlock, Upsample


def _res_block(config: UNetConfig, in_channels: int, out_channels: int) -> ResBlock:
    # Timestep and conditioning are concatenated, so the embedding is twice as wide.
    return ResBlock(in_channels, out_channels, 2 * config.time_embedding_width, config.norm_groups)


def _transformer(config: UNetConfig, channels: int) -> SpatialTransformer:
    return SpatialTransformer(channels, config.num_heads(channels), config.norm_groups)


class DownBlock(nn.Module):
    """One level on the way down.

    Args:
        config: Sizes of the whole network.
        level: Which level this is, 0 at full resolution.
    """

    def __init__(self, config: UNetConfig, level: int) -> None:
        super().__init__()
        out_channels = config.block_channels[level]
        in_channels = config.block_channels[max(level - 1, 0)]
        self.resnets = nn.ModuleList(
            _res_block(config, in_channels if layer == 0 else out_channels, out_channels)
            for layer in range(config.layers_per_block)
        )
        self.attentions = nn.ModuleList(
            _transformer(config, out_channels)
            for _ in range(config.layers_per_block if config.attention_levels[level] else 0)
        )
        is_last = level == len(config.block_channels) - 1
        self.downsamplers = nn.ModuleList([] if is_last else [Downsample(out_channels)])

    def forward(self, x: Tensor, embedding: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Filter one level and go one down.

        Args:
            x: (B, C_in, T, F) features.
            embedding: (B, E).

        Returns:
            The features for the next level, (B, C, T / 2, F / 2) or (B, C, T, F) from the last
            level, and the outputs of every layer, for the way up.
        """
        outputs = []
        for index, resnet in enumerate(self.resnets):
            x = resnet(x, embedding)
            if self.attentions:
                x = self.attentions[index](x)
            outputs.append(x)
        for downsampler in self.downsamplers:
            x = downsampler(x)
            outputs.append(x)
        return x, outputs


class MidBlock(nn.Module):
    """The lowest resolution: residual block, transformer, residual block."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        channels = config.block_channels[-1]
        self.resnets = nn.ModuleList(_res_block(config, channels, channels) for _ in range(2))
        self.attentions = nn.ModuleList([_transformer(config, channels)])

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """Map (B, C, T, F) features to (B, C, T, F), given the (B, E) embedding."""
        x = self.resnets[0](x, embedding)
        x = self.attentions[0](x)
        filtered: Tensor = self.resnets[1](x, embedding)
        return filtered


class UpBlock(nn.Module):
    """One level on the way up, one residual block longer than its partner on the way down.

    Args:
        config: Sizes of the whole network.
        level: Which level this is, 0 at full resolution.
    """

    def __init__(self, config: UNetConfig, level: int) -> None:
        super().__init__()
        widths = config.block_channels
        num_layers = config.layers_per_block + 1
        channels = widths[level]
        below = widths[min(level + 1, len(widths) - 1)]
        # The last layer's skip comes from the downsampler of the level above (or from conv_in).
        above = widths[max(level - 1, 0)]
        self.resnets = nn.ModuleList(
            _res_block(
                config,
                (below if layer == 0 else channels)
                + (above if layer == num_layers - 1 else channels),
                channels,
            )
            for layer in range(num_layers)
        )
        self.attentions = nn.ModuleList(
            _transformer(config, channels)
            for _ in range(num_layers if config.attention_levels[level] else 0)
        )
        self.upsamplers = nn.ModuleList([] if level == 0 else [Upsample(channels)])

    def forward(self, x: Tensor, skips: list[Tensor], embedding: Tensor) -> Tensor:
        """Filter one level and go one up.

        Args:
            x: (B, C_below, T, F) features.
            skips: Outputs of the way down, the newest last; those used are removed.
            embedding: (B, E).

        Returns:
            (B, C, 2 T, 2 F) features, or (B, C, T, F) from level 0.
        """
        for index, resnet in enumerate(self.resnets):
            x = resnet(cat([x, skips.pop()], dim=1), embedding)
            if self.attentions:
                x = self.attentions[index](x)
        for upsampler in self.upsamplers:
            x = upsampler(x)
        return x
