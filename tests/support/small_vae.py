"""A small VAE in float64 and latents that are hard for tiles."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE

BINS = 4


def tiny_vae() -> VAE:
    config = VAEConfig(
        mel_channels=1,
        block_channels=(8, 16, 24),
        layers_per_block=1,
        latent_channels=3,
        norm_groups=4,
    )
    vae = VAE(config).double().eval()
    generator = torch.Generator().manual_seed(11)
    for name, parameter in vae.named_parameters():
        is_norm_gain = parameter.ndim == 1 and name.endswith("weight")
        nn.init.normal_(parameter, 1.0 if is_norm_gain else 0.0, 0.3, generator=generator)
    return vae


def published_layout_vae() -> AutoencoderKL:
    """A small autoencoder of diffusers, whose layers are named and nested as published ones are."""
    torch.manual_seed(0)
    vae = AutoencoderKL(
        in_channels=1,
        out_channels=1,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(8, 16),
        layers_per_block=2,
        latent_channels=3,
        norm_num_groups=4,
    )
    return vae.double().eval()


def stepped_latents(num_frames: int) -> Tensor:
    """A quiet beginning and a loud end: means and levels differ between tiles."""
    generator = torch.Generator().manual_seed(12)
    latents = torch.randn(1, 3, num_frames, BINS, dtype=torch.float64, generator=generator)
    latents[:, :, : num_frames // 2] *= 0.1
    latents[:, :, num_frames // 2 :] = 3.0 * latents[:, :, num_frames // 2 :] + 2.0
    return latents


def largest_error(got: Tensor, expected: Tensor) -> float:
    """Relative to the level of the expected values."""
    return float((got - expected).abs().max() / expected.square().mean().sqrt())
