"""The noise predictor of AudioLDM.

Shape letters in this file:
    B  batch
    T  latent frames
    F  latent frequency bins
    E  width of the embedded timestep
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.unet.blocks import DownBlock, MidBlock, UpBlock
from engine.models.unet.config import UNetConfig
from engine.models.unet.embedding import TimestepEmbedding, sinusoidal_embedding

_NORM_EPS = 1e-5


class UNet(nn.Module):
    """Predicts the noise in latents, given the timestep and one conditioning vector.

    The UNet of "AudioLDM" (Liu et al., 2023, section 3.2 and appendix B): convolutional levels
    with self-attention; the CLAP embedding reaches every residual block, concatenated to the
    embedded timestep. Tensor names are those of the published diffusers files.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.block_channels
        num_levels = len(widths)
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = TimestepEmbedding(widths[0], config.time_embedding_width)
        self.class_embedding = nn.Linear(config.conditioning_dim, config.time_embedding_width)
        self.down_blocks = nn.ModuleList(DownBlock(config, level) for level in range(num_levels))
        self.mid_block = MidBlock(config)
        self.up_blocks = nn.ModuleList(
            UpBlock(config, level) for level in reversed(range(num_levels))
        )
        self.conv_norm_out = nn.GroupNorm(config.norm_groups, widths[0], eps=_NORM_EPS)
        self.conv_out = nn.Conv2d(widths[0], config.out_channels, 3, padding=1)

    @property
    def time_multiple(self) -> int:
        """The number of latent frames must be a multiple of this."""
        return self.config.time_multiple

    def _check(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> None:
        multiple = self.time_multiple
        if latents.ndim != 4 or latents.shape[1] != self.config.in_channels:
            raise ValueError(
                f"latents must be (batch, {self.config.in_channels}, frames, bins),"
                f" got {tuple(latents.shape)}"
            )
        for name, size in (("frames", latents.shape[2]), ("bins", latents.shape[3])):
            if size == 0 or size % multiple:
                raise ValueError(
                    f"the number of latent {name} must be a multiple of {multiple}, got {size};"
                    f" pad to {max(1, -(-size // multiple)) * multiple}"
                )
        batch = latents.shape[0]
        if timesteps.shape != (batch,):
            raise ValueError(f"timesteps must be ({batch},), got {tuple(timesteps.shape)}")
        if conditioning.shape != (batch, self.config.conditioning_dim):
            raise ValueError(
                f"conditioning must be ({batch}, {self.config.conditioning_dim}),"
                f" got {tuple(conditioning.shape)}"
            )

    def _embed(self, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        # The sinusoid needs more than half precision: it is computed in float32 and then cast.
        sinusoid = sinusoidal_embedding(timesteps, self.config.block_channels[0])
        time = self.time_embedding(sinusoid.to(conditioning))
        return torch.cat([time, self.class_embedding(conditioning)], dim=1)

    def forward(self, latents: Tensor, timesteps: Tensor, conditioning: Tensor) -> Tensor:
        """Predict the noise.

        Args:
            latents: (B, in_channels, T, F) noisy latents; ``T`` and ``F`` multiples of
                :attr:`time_multiple`.
            timesteps: (B,) training timesteps 0 .. 999, integers or floats.
            conditioning: (B, conditioning_dim) unit vectors, in the dtype of the weights.

        Returns:
            (B, out_channels, T, F) noise.

        Raises:
            ValueError: If a shape is wrong; the message names the value and what is needed.
        """
        self._check(latents, timesteps, conditioning)
        # Every residual block begins with this same SiLU, so it is taken once.
        embedding = F.silu(self._embed(timesteps, conditioning))
        x = self.conv_in(latents)
        skips = [x]
        for down_block in self.down_blocks:
            x, outputs = down_block(x, embedding)
            skips.extend(outputs)
        x = self.mid_block(x, embedding)
        for up_block in self.up_blocks:
            x = up_block(x, skips, embedding)
        noise: Tensor = self.conv_out(
            F.silu(self.conv_norm_out(x), inplace=not torch.is_grad_enabled())
        )
        return noise
