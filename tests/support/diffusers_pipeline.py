"""The AudioLDM pipeline of diffusers, with the weights of one of our models."""

from __future__ import annotations

import torch
from diffusers import AudioLDMPipeline, AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import (
    ClapTextConfig,
    ClapTextModelWithProjection,
    SpeechT5HifiGan,
    SpeechT5HifiGanConfig,
)

from engine.checkpoints.model import AudioLDM
from engine.models.hifigan.config import HiFiGANConfig


def audioldm_pipeline(model: AudioLDM) -> AudioLDMPipeline:
    """Build the pipeline around copies of a model's tensors, in float32.

    It is given the heads that the model was trained with, so that both compute the same function,
    and no text tower to speak of: call it with ``prompt_embeds``.

    Args:
        model: A model with HiFi-GAN, in float32.
    """
    config = model.config
    unet = UNet2DConditionModel(
        sample_size=128,
        in_channels=config.unet.in_channels,
        out_channels=config.unet.out_channels,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * 3),
        up_block_types=(*["CrossAttnUpBlock2D"] * 3, "UpBlock2D"),
        block_out_channels=config.unet.block_channels,
        layers_per_block=config.unet.layers_per_block,
        cross_attention_dim=config.unet.block_channels,
        attention_head_dim=tuple(
            max(1, width // (config.unet.attention_head_width or width))
            for width in config.unet.block_channels
        ),
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=config.unet.conditioning_dim,
        class_embeddings_concat=True,
    )
    vae = AutoencoderKL(
        in_channels=1,
        out_channels=1,
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=config.vae.block_channels,
        layers_per_block=config.vae.layers_per_block,
        latent_channels=config.vae.latent_channels,
        norm_num_groups=config.vae.norm_groups,
        sample_size=512,
        scaling_factor=config.scaling_factor,
    )
    vocoder = _vocoder(config.vocoder) if isinstance(config.vocoder, HiFiGANConfig) else None
    if vocoder is None:
        raise ValueError(f"the vocoder of {config.name} must be HiFi-GAN")
    for theirs, ours in ((unet, model.unet), (vae, model.vae), (vocoder, model.vocoder)):
        # Only the vocoder's unused input normalisation may be missing.
        missing, unexpected = theirs.load_state_dict(ours.state_dict(), strict=False)
        if set(missing) - {"mean", "scale"} or unexpected:
            raise ValueError(f"tensors do not match: {missing}, {unexpected}")
    return AudioLDMPipeline(
        vae=vae.eval(),
        text_encoder=_small_text_encoder().eval(),
        tokenizer=None,
        unet=unet.eval(),
        scheduler=DDIMScheduler(
            num_train_timesteps=config.schedule.num_timesteps,
            beta_start=config.schedule.beta_start,
            beta_end=config.schedule.beta_end,
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        vocoder=vocoder.eval(),
    )


def _vocoder(config: HiFiGANConfig) -> SpeechT5HifiGan:
    return SpeechT5HifiGan(
        SpeechT5HifiGanConfig(
            model_in_dim=config.n_mels,
            sampling_rate=16000,
            upsample_initial_channel=config.initial_channels,
            upsample_rates=list(config.upsample_rates),
            upsample_kernel_sizes=list(config.upsample_kernel_sizes),
            resblock_kernel_sizes=list(config.resblock_kernel_sizes),
            resblock_dilation_sizes=[list(d) for d in config.resblock_dilations],
            normalize_before=False,
        )
    )


def _small_text_encoder() -> ClapTextModelWithProjection:
    """Only its precision is ever asked for."""
    torch.manual_seed(0)
    return ClapTextModelWithProjection(
        ClapTextConfig(
            vocab_size=10,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
            projection_dim=8,
        )
    )
