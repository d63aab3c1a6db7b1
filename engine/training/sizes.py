"""Sizes of a whole model to train: the starter's, and tiny ones for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.models.clap.config import AudioEncoderConfig
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.unet.config import UNetConfig
from engine.models.vae.config import VAEConfig
from engine.training.autoencoder import STARTER_VAE
from engine.training.noise_predictor import STARTER_UNET
from engine.training.tower import STARTER_AUDIO
from engine.training.vocoder import STARTER_HIFIGAN


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSizes:
    """The networks that are trained here.

    Attributes:
        vae: The autoencoder.
        unet: The noise predictor.
        vocoder: HiFi-GAN, for a GPU.
        audio: The audio tower, for a GPU.
    """

    vae: VAEConfig
    unet: UNetConfig
    vocoder: HiFiGANConfig
    audio: AudioEncoderConfig


STARTER = NetworkSizes(
    vae=STARTER_VAE, unet=STARTER_UNET, vocoder=STARTER_HIFIGAN, audio=STARTER_AUDIO
)

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
    vocoder=HiFiGANConfig(
        n_mels=64,
        initial_channels=32,
        upsample_rates=(5, 4, 2, 2, 2),
        upsample_kernel_sizes=(16, 16, 8, 4, 4),
        resblock_kernel_sizes=(3,),
        resblock_dilations=((1, 3),),
    ),
    audio=replace(STARTER_AUDIO, patch_channels=8, depths=(1, 1), num_heads=(1, 2), patch_size=16),
)
