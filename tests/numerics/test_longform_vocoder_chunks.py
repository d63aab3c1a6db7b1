"""Chunked vocoding with the real vocoders, in float64, against one call over everything."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.longform.vocoder import vocoded_chunks, vocoded_range
from engine.models.griffin_lim.griffin_lim import GriffinLim
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN
from tests.support.networks import griffin_lim_config


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


def stepped_mel(num_frames: int) -> Tensor:
    """Quiet, then loud: a level step in the middle."""
    generator = torch.Generator().manual_seed(2)
    mel = torch.randn(1, num_frames, 8, dtype=torch.float64, generator=generator)
    mel[:, num_frames // 2 :] = 2.0 * mel[:, num_frames // 2 :] + 3.0
    return mel


class ShortSighted:
    """The same vocoder, claiming to need less context than it does."""

    def __init__(self, vocoder: HiFiGAN, context: int) -> None:
        self.vocoder = vocoder
        self.hop_length = vocoder.hop_length
        self.halo_frames = 0
        self.context = context

    def __call__(self, mel: Tensor, addresses: Tensor, /) -> Tensor:
        hidden = 32 - self.context
        # Both sides of an inner chunk have a halo of 32 frames; blank what is beyond the context.
        blanked = mel.clone()
        blanked[:, :hidden] = 0.0
        blanked[:, mel.shape[1] - hidden :] = 0.0
        sound: Tensor = self.vocoder(blanked, addresses)
        return sound


@pytest.mark.parametrize("num_frames", [7, 32, 150])
@pytest.mark.parametrize("chunk", [32, 64, 1024])
@torch.inference_mode()
def test_chunks_of_hifigan_join_to_the_whole(num_frames: int, chunk: int) -> None:
    vocoder = thin_hifigan()
    whole = vocoder(stepped_mel(num_frames))

    chunks = list(vocoded_chunks(vocoder, stepped_mel(num_frames), chunk_mel_frames=chunk))

    got = torch.cat([part.samples for part in chunks], dim=1)
    expected = whole[:, 16 : 16 + 160 * num_frames]
    assert whole.shape[1] == 160 * num_frames + 32
    assert got.shape == expected.shape
    assert float((got - expected).abs().max() / expected.square().mean().sqrt()) < 1e-12


def error_with_context(context: int) -> float:
    """Of 64 frames that are computed from so many frames on each side, in float64."""
    vocoder = thin_hifigan()
    whole = vocoder(stepped_mel(200))[:, 16 : 16 + 160 * 200]

    got = vocoded_range(ShortSighted(vocoder, context), stepped_mel(200), 64, 128)

    error = (got - whole[:, 64 * 160 : 128 * 160]).abs().max()
    return float(error / whole.square().mean().sqrt())


@torch.inference_mode()
def test_twenty_three_frames_of_context_are_enough() -> None:
    assert error_with_context(23) < 1e-12


@torch.inference_mode()
def test_eight_frames_of_context_would_not_be_enough() -> None:
    assert error_with_context(8) > 1e-6


@pytest.mark.parametrize("chunk", [32, 96])
@torch.inference_mode()
def test_float32_stays_within_rounding_of_the_whole(chunk: int) -> None:
    vocoder, mel = thin_hifigan().float(), stepped_mel(150).float()
    whole = vocoder(mel)[:, 16 : 16 + 160 * 150]

    chunks = list(vocoded_chunks(vocoder, mel, chunk_mel_frames=chunk))

    got = torch.cat([part.samples for part in chunks], dim=1)
    assert float((got - whole).square().mean().sqrt() / whole.square().mean().sqrt()) < 1e-6
    assert float((got - whole).abs().max()) < 1e-6


@pytest.mark.parametrize("num_frames", [40, 150])
@pytest.mark.parametrize("chunk", [32, 64, 1024])
@torch.inference_mode()
def test_a_loop_of_hifigan_is_the_middle_one_of_three_turns(num_frames: int, chunk: int) -> None:
    vocoder = thin_hifigan()
    turns = vocoder(stepped_mel(num_frames).repeat(1, 3, 1))

    chunks = list(
        vocoded_chunks(vocoder, stepped_mel(num_frames), is_circular=True, chunk_mel_frames=chunk)
    )

    got = torch.cat([part.samples for part in chunks], dim=1)
    expected = turns[:, 16 + 160 * num_frames : 16 + 2 * 160 * num_frames]
    assert got.shape == expected.shape == (1, 160 * num_frames)
    assert float((got - expected).abs().max() / expected.square().mean().sqrt()) < 1e-12


@pytest.mark.parametrize("chunk", [32, 1024])
@torch.inference_mode()
def test_a_loop_of_griffin_lim_is_the_middle_one_of_three_turns(chunk: int) -> None:
    vocoder = GriffinLim(griffin_lim_config(num_iterations=8)).double()
    num_frames = 70
    generator = torch.Generator().manual_seed(4)
    loop = torch.randn(1, num_frames, 64, dtype=torch.float64, generator=generator) - 4
    addresses = torch.arange(900, 900 + num_frames)
    turns = vocoder(loop.repeat(1, 3, 1), addresses.repeat(3))

    chunks = list(
        vocoded_chunks(vocoder, loop, addresses=addresses, is_circular=True, chunk_mel_frames=chunk)
    )

    got = torch.cat([part.samples for part in chunks], dim=1)
    expected = turns[:, 160 * num_frames : 2 * 160 * num_frames]
    assert got.shape == expected.shape
    assert float((got - expected).abs().max() / expected.square().mean().sqrt()) < 1e-9


@torch.inference_mode()
def test_a_straight_sound_would_be_heard_at_the_wrap() -> None:
    """Guards the oracle: chunks without context around the wrap must fail it clearly."""
    vocoder = thin_hifigan()

    straight = vocoded_range(vocoder, stepped_mel(150), 0, 150)
    loop = vocoded_range(vocoder, stepped_mel(150), 0, 150, is_circular=True)

    error = (straight - loop).abs() / loop.square().mean().sqrt()
    assert float(error[:, : 5 * 160].max()) > 1e-3
    assert float(error[:, -5 * 160 :].max()) > 1e-3
    assert float(error[:, 40 * 160 : 110 * 160].max()) < 1e-12


def test_the_published_geometry_sees_23_frames() -> None:
    assert thin_hifigan().halo_frames == 23
