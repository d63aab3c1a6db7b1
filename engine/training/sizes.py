"""Sizes of a whole model to train: the starter's, and tiny ones for tests."""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.unet.config import UNetConfig
from engine.models.vae.config import VAEConfig
from engine.training.autoencoder import STARTER_VAE
from engine.training.noise_predictor import STARTER_UNET


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSizes:
    """The two networks that are trained here.

    Attributes:
        vae: The autoencoder.
        unet: The noise predictor.
    """

    vae: VAEConfig
    unet: UNetConfig


STARTER = NetworkSizes(vae=STARTER_VAE, unet=STARTER_UNET)

TINY = NetworkSizes(
    vae=VAEConfig(
        mel_channels=1,
        block_channels=(8, 8, 16),
        layers_per_block=1,
        latent_channels=8,
        norm_groups=4,
    ),
    unet=UNetConfig(
        in_channels=8,
        out_channels=8,
        block_channels=(16, 16, 32),
        layers_per_block=1,
        attention_levels=(False, False, True),
        attention_head_width=16,
        attention_heads=None,
        norm_groups=8,
        conditioning_dim=512,
    ),
)
