"""Sizes of the published networks, as far as they are common to all AudioLDM checkpoints."""

from __future__ import annotations

from engine.models.clap.config import AudioEncoderConfig, TextEncoderConfig

ROBERTA_BASE = TextEncoderConfig(
    vocab_size=50265,
    hidden_size=768,
    num_layers=12,
    num_heads=12,
    intermediate_size=3072,
    max_positions=514,
    type_vocab_size=1,
    pad_token_id=1,
    norm_eps=1e-5,
    projection_dim=512,
)

HTSAT_TINY = AudioEncoderConfig(
    num_mel_bins=64,
    image_size=256,
    patch_size=4,
    patch_channels=96,
    depths=(2, 2, 6, 2),
    num_heads=(4, 8, 16, 32),
    window_size=8,
    mlp_ratio=4,
    norm_eps=1e-5,
    projection_dim=512,
)

HTSAT_BASE = AudioEncoderConfig(
    num_mel_bins=64,
    image_size=256,
    patch_size=4,
    patch_channels=128,
    depths=(2, 2, 12, 2),
    num_heads=(4, 8, 16, 32),
    window_size=8,
    mlp_ratio=4,
    norm_eps=1e-5,
    projection_dim=512,
)
