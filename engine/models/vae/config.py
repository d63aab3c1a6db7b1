"""The shape of the AudioLDM mel VAE, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VAEConfig:
    """Sizes of the autoencoder.

    Attributes:
        mel_channels: Channels of the mel spectrogram (1).
        block_channels: Width of each level, from full resolution to the latent's.
        layers_per_block: Residual blocks per level in the encoder; the decoder has one more.
        latent_channels: Channels of the latent.
        norm_groups: Groups of every group normalisation.
    """

    mel_channels: int
    block_channels: tuple[int, ...]
    layers_per_block: int
    latent_channels: int
    norm_groups: int

    def __post_init__(self) -> None:
        for channels in self.block_channels:
            if channels % self.norm_groups:
                raise ValueError(
                    f"a level of {channels} channels cannot be split into {self.norm_groups}"
                    " norm_groups; change one of them"
                )

    @property
    def reduction(self) -> int:
        """Mel frames per latent frame, and mel bands per latent bin."""
        return 1 << (len(self.block_channels) - 1)
