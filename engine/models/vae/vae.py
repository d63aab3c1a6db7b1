"""The autoencoder between mel spectrograms and latents.

Shape letters in this file:
    B  batch
    T  mel frames
    M  mel bands
    C  latent channels
    r  reduction, 4 in AudioLDM
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.vae.blocks import NORM_EPS, DownBlock, MidBlock, UpBlock
from engine.models.vae.config import VAEConfig
from engine.models.vae.posterior import DiagonalGaussian

_LOG_VARIANCE_RANGE = (-30.0, 20.0)


class Encoder(nn.Module):
    """Mel spectrogram to the parameters of the posterior, before ``quant_conv``."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = config.block_channels
        self.conv_in = nn.Conv2d(config.mel_channels, widths[0], 3, padding=1)
        self.down_blocks = nn.ModuleList(
            DownBlock(
                widths[max(level - 1, 0)],
                width,
                num_layers=config.layers_per_block,
                norm_groups=config.norm_groups,
                is_last=level == len(widths) - 1,
            )
            for level, width in enumerate(widths)
        )
        self.mid_block = MidBlock(widths[-1], config.norm_groups)
        self.conv_norm_out = nn.GroupNorm(config.norm_groups, widths[-1], eps=NORM_EPS)
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.latent_channels, 3, padding=1)

    def forward(self, mel: Tensor) -> Tensor:
        """Map (B, 1, T, M) to (B, 2 C, T / r, M / r)."""
        x = self.conv_in(mel)
        for block in (*self.down_blocks, self.mid_block):
            x = block(x)
        moments: Tensor = self.conv_out(F.silu(self.conv_norm_out(x)))
        return moments


class Decoder(nn.Module):
    """Latents, after ``post_quant_conv``, to a mel spectrogram."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = config.block_channels[::-1]
        self.conv_in = nn.Conv2d(config.latent_channels, widths[0], 3, padding=1)
        self.up_blocks = nn.ModuleList(
            UpBlock(
                widths[max(level - 1, 0)],
                width,
                num_layers=config.layers_per_block + 1,
                norm_groups=config.norm_groups,
                is_last=level == len(widths) - 1,
            )
            for level, width in enumerate(widths)
        )
        self.mid_block = MidBlock(widths[0], config.norm_groups)
        self.conv_norm_out = nn.GroupNorm(config.norm_groups, widths[-1], eps=NORM_EPS)
        self.conv_out = nn.Conv2d(widths[-1], config.mel_channels, 3, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        """Map (B, C, T / r, M / r) to (B, 1, T, M)."""
        x = self.mid_block(self.conv_in(latents))
        for block in self.up_blocks:
            x = block(x)
        mel: Tensor = self.conv_out(F.silu(self.conv_norm_out(x)))
        return mel


class VAE(nn.Module):
    """The mel autoencoder of AudioLDM (Liu et al., 2023, section 3.3).

    Latents here are as the network makes them: whoever diffuses multiplies by the checkpoint's
    ``scaling_factor`` after encoding and divides by it before decoding. Tensor names are those of
    current diffusers.
    """

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.latent_channels
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.post_quant_conv = nn.Conv2d(channels, channels, 1)

    def encode(self, mel: Tensor) -> DiagonalGaussian:
        """Return the posterior over latents of a mel spectrogram.

        Args:
            mel: (B, 1, T, M) natural-log mel; ``T`` and ``M`` multiples of ``r``.

        Returns:
            Gaussian over (B, C, T / r, M / r).

        Raises:
            ValueError: If the shape is wrong; the message names the value and what is needed.
        """
        reduction = self.config.reduction
        if mel.ndim != 4 or mel.shape[1] != self.config.mel_channels:
            raise ValueError(
                f"mel must be (batch, {self.config.mel_channels}, frames, bands),"
                f" got {tuple(mel.shape)}"
            )
        for name, size in (("frames", mel.shape[2]), ("bands", mel.shape[3])):
            if size == 0 or size % reduction:
                raise ValueError(
                    f"the number of mel {name} must be a multiple of {reduction}, got {size};"
                    f" pad to {max(1, -(-size // reduction)) * reduction}"
                )
        mean, log_variance = self.quant_conv(self.encoder(mel)).chunk(2, dim=1)
        return DiagonalGaussian(mean=mean, log_variance=log_variance.clamp(*_LOG_VARIANCE_RANGE))

    def decode(self, latents: Tensor) -> Tensor:
        """Return the mel spectrogram of latents.

        Args:
            latents: (B, C, T / r, M / r), not scaled.

        Returns:
            (B, 1, T, M) natural-log mel in the dtype of the latents.

        Raises:
            ValueError: If the shape is wrong.
        """
        if latents.ndim != 4 or latents.shape[1] != self.config.latent_channels:
            raise ValueError(
                f"latents must be (batch, {self.config.latent_channels}, frames, bins),"
                f" got {tuple(latents.shape)}"
            )
        # The decoder may be in another precision than its input and the encoder.
        dtype = self.post_quant_conv.weight.dtype
        mel: Tensor = self.decoder(self.post_quant_conv(latents.to(dtype)))
        return mel.to(latents.dtype)
