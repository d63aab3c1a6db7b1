"""Chunked vocoding with the real vocoders, in float64, against one call over everything."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.longform.vocoder import vocoded_chunks, vocoded_range
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN


def thin_hifigan() -> HiFiGAN:
    """The published geometry with few channels."""
    config = HiFiGANConfig(
        n_mels=8,
        initial_channels=64,
        upsample_rates=(5, 4, 2, 2, 2),
        upsample_kernel_sizes=(16, 16, 8, 4, 4),
        resblock_kernel_sizes=(3, 7, 11),
        resblock_dilations=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
    )
    vocoder = HiFiGAN(config).double().eval()
    generator = torch.Generator().manual_seed(1)
    for parameter in vocoder.parameters():
        nn.init.normal_(parameter, 0.0, 0.1, generator=generator)
    return vocoder


def mel(num_frames: int) -> Tensor:
    return torch.randn(
        1, num_frames, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(2)
    )


class ShortSighted:
    """The same vocoder, claiming to need less context than it does."""

    def __init__(self, vocoder: HiFiGAN, context: int) -> None:
        self.vocoder = vocoder
        self.hop_length = vocoder.hop_length
        self.halo_frames = 0
        self.context = context

    def __call__(self, mel: Tensor, first_frame: int) -> Tensor:
        hidden = 32 - self.context
        # Both sides of an inner chunk have a halo of 32 frames; blank what is beyond the context.
        blanked = mel.clone()
        blanked[:, :hidden] = 0.0
        blanked[:, mel.shape[1] - hidden :] = 0.0
        sound: Tensor = self.vocoder(blanked, first_frame)
        return sound


@pytest.mark.parametrize("num_frames", [7, 32, 150])
@pytest.mark.parametrize("chunk", [32, 64, 1024])
@torch.inference_mode()
def test_chunks_of_hifigan_join_to_the_whole(num_frames: int, chunk: int) -> None:
    vocoder = thin_hifigan()
    whole = vocoder(mel(num_frames))

    chunks = list(vocoded_chunks(vocoder, mel(num_frames), chunk_mel_frames=chunk))

    got = torch.cat([part.samples for part in chunks], dim=1)
    expected = whole[:, 16 : 16 + 160 * num_frames]
    assert whole.shape[1] == 160 * num_frames + 32
    assert got.shape == expected.shape
    assert float((got - expected).abs().max() / expected.square().mean().sqrt()) < 1e-12


@torch.inference_mode()
def test_eight_frames_of_context_would_not_be_enough() -> None:
    vocoder = thin_hifigan()
    whole = vocoder(mel(200))[:, 16 : 16 + 160 * 200]

    got = vocoded_range(ShortSighted(vocoder, context=8), mel(200), 64, 128)

    error = (got - whole[:, 64 * 160 : 128 * 160]).abs().max()
    assert float(error / whole.square().mean().sqrt()) > 1e-6


def test_the_published_geometry_sees_23_frames() -> None:
    assert thin_hifigan().halo_frames == 23
