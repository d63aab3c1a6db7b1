"""The shape of an AudioLDM UNet, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UNetConfig:
    """Sizes of the noise predictor.

    Attributes:
        in_channels: Latent channels going in.
        out_channels: Latent channels coming out.
        block_channels: Width of each level; each level halves time and frequency.
        layers_per_block: Residual blocks per level on the way down; one more on the way up.
        attention_levels: For each level, whether its residual blocks are followed by transformers.
            The middle always has one.
        attention_head_width: Channels per attention head (32 in s and m, 64 in l), or None.
        attention_heads: A fixed number of heads at every level, or None. The published diffusers
            files claim 8, which is a different function of the same weights; use this only to
            match the output of that library.
        norm_groups: Groups of every group normalisation.
        conditioning_dim: Length of the conditioning vector (512 for CLAP).
    """

    in_channels: int
    out_channels: int
    block_channels: tuple[int, ...]
    layers_per_block: int
    attention_levels: tuple[bool, ...]
    attention_head_width: int | None
    attention_heads: int | None
    norm_groups: int
    conditioning_dim: int

    def __post_init__(self) -> None:
        if len(self.attention_levels) != len(self.block_channels):
            raise ValueError(
                f"attention_levels has {len(self.attention_levels)} entries for"
                f" {len(self.block_channels)} levels; give one per level"
            )
        if (self.attention_head_width is None) == (self.attention_heads is None):
            raise ValueError(
                "set exactly one of attention_head_width and attention_heads, got"
                f" {self.attention_head_width} and {self.attention_heads}"
            )
        for channels in self.block_channels:
            if channels % self.norm_groups:
                raise ValueError(
                    f"a level of {channels} channels cannot be split into {self.norm_groups}"
                    " norm_groups; change one of them"
                )
        for channels in {*self._attended_channels()}:
            self.num_heads(channels)

    def _attended_channels(self) -> list[int]:
        pairs = zip(self.block_channels, self.attention_levels, strict=True)
        return [channels for channels, attended in pairs if attended] + [self.block_channels[-1]]

    @property
    def time_embedding_width(self) -> int:
        """Width of the embedded timestep, and of the embedded conditioning."""
        return 4 * self.block_channels[0]

    @property
    def time_multiple(self) -> int:
        """Latent frames must be a multiple of this to survive all halvings."""
        return 1 << (len(self.block_channels) - 1)

    def num_heads(self, channels: int) -> int:
        """Number of attention heads of a transformer of this width.

        Raises:
            ValueError: If the heads would not divide the channels evenly.
        """
        if self.attention_heads is not None:
            divisor = heads = self.attention_heads
        else:
            divisor = self.attention_head_width or 0
            heads = channels // divisor
        if channels % divisor:
            raise ValueError(
                f"{channels} channels cannot be split evenly into attention heads with"
                f" attention_heads={self.attention_heads},"
                f" attention_head_width={self.attention_head_width}; choose a divisor"
            )
        return heads
