"""A model with random weights that makes a second of sound in a blink, and requests for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.api import GenerateRequest, Region, Sampler, SamplingSettings
from engine.checkpoints.config import ModelConfig
from engine.checkpoints.own_layout import save_checkpoint
from engine.models.clap.config import AudioEncoderConfig
from engine.models.unet.config import UNetConfig
from tests.support.networks import griffin_lim_config
from tests.support.stored_models import small_config, small_model

WINDOW_LATENT_FRAMES = 16
STRIDE_LATENT_FRAMES = 128
"""Half a window: strides are counted for a window of 256 frames."""


def tiny_config(
    *, name: str = "tiny", has_hifigan: bool = True, listens: bool = False
) -> ModelConfig:
    """Two levels, windows of 16 latent frames."""
    config = small_config()
    return replace(
        config,
        name=name,
        unet=UNetConfig(
            in_channels=8,
            out_channels=8,
            block_channels=(8, 16),
            layers_per_block=1,
            attention_levels=(False, True),
            attention_head_width=8,
            attention_heads=None,
            norm_groups=4,
            conditioning_dim=config.unet.conditioning_dim,
        ),
        vae=replace(config.vae, block_channels=(8, 8, 8), layers_per_block=1, norm_groups=4),
        audio=tiny_audio_config(config.text.projection_dim) if listens else None,
        vocoder=config.vocoder if has_hifigan else griffin_lim_config(num_iterations=2),
        window_latent_frames=WINDOW_LATENT_FRAMES,
        default_steps=2,
    )


def tiny_audio_config(projection_dim: int) -> AudioEncoderConfig:
    """Four stages, for the features that CLAP was trained on."""
    return AudioEncoderConfig(
        num_mel_bins=64,
        image_size=256,
        patch_size=4,
        patch_channels=8,
        depths=(1, 1, 1, 1),
        num_heads=(1, 2, 2, 2),
        window_size=8,
        mlp_ratio=1,
        norm_eps=1e-5,
        projection_dim=projection_dim,
    )


def save_tiny_model(folder: Path, config: ModelConfig | None = None) -> Path:
    """Write a tiny model in our own layout and return its folder."""
    save_checkpoint(small_model(config or tiny_config()), folder)
    return folder


def region(start: int, num: int, prompt: str = "rain", *, guidance_scale: float = 3.0) -> Region:
    """A prompt on the latent grid."""
    return Region(
        start_latent_frame=start,
        num_latent_frames=num,
        prompt=prompt,
        guidance_scale=guidance_scale,
    )


def tiny_request(
    model: Path,
    output_dir: Path,
    *regions: Region,
    num_steps: int = 2,
    seed: int = 7,
    job_id: str = "job",
) -> GenerateRequest:
    """A request for the tiny model; 40 latent frames of rain if no region is given."""
    output_dir.mkdir(parents=True, exist_ok=True)
    return GenerateRequest(
        job_id=job_id,
        model=str(model),
        regions=regions or (region(0, 40),),
        sampling=SamplingSettings(
            sampler=Sampler.DDIM,
            num_steps=num_steps,
            stride_latent_frames=STRIDE_LATENT_FRAMES,
        ),
        seed=seed,
        output_dir=str(output_dir),
        wants_previews=False,
        wants_early_audio=False,
    )
