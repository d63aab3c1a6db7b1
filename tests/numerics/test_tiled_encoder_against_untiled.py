"""The tiled encode against the encoder run at once, in float64."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.longform.tiled_vae.encoder import encoded_mean
from engine.longform.tiled_vae.encoder_chain import encoder_chain
from engine.longform.tiled_vae.encoder_parts import encoder_parts
from engine.longform.tiled_vae.statistics import NormStatistics
from engine.models.vae.blocks import Attention, Downsample
from engine.models.vae.vae import VAE
from tests.numerics.test_circular_vae_against_untiled import (
    CircularBandedAttention,
    CircularConvolution,
)
from tests.numerics.test_tiled_vae_against_untiled import BandedAttention, settings
from tests.support.small_vae import largest_error, published_layout_vae, tiny_vae

TOLERANCE = 1e-11
BANDS = 16


def stepped_mel(num_latent_frames: int) -> Tensor:
    """A silent beginning, a quiet middle and a loud end, at the levels of a log-mel."""
    generator = torch.Generator().manual_seed(21)
    frames = 4 * num_latent_frames
    mel = torch.randn(1, 1, frames, BANDS, dtype=torch.float64, generator=generator)
    mel[:, :, : frames // 4] = -11.5
    mel[:, :, frames // 4 : frames // 2] -= 7.0
    mel[:, :, frames // 2 :] = 2.0 * mel[:, :, frames // 2 :] - 1.0
    return mel


def untiled(vae: VAE, mel: Tensor, reach: int | None = None) -> Tensor:
    attention = vae.encoder.mid_block.attentions[0]
    assert isinstance(attention, Attention)
    if reach is not None:
        vae.encoder.mid_block.attentions[0] = BandedAttention(attention, reach)
    mean = vae.encode(mel).mode()
    vae.encoder.mid_block.attentions[0] = attention
    return mean


@pytest.mark.parametrize(
    ("num_frames", "tile"), [(1, 16), (2, 1), (37, 7), (37, 37), (60, 16), (60, 500)]
)
@torch.inference_mode()
def test_tiles_of_any_size_give_the_untiled_latents(num_frames: int, tile: int) -> None:
    vae, mel = tiny_vae(), stepped_mel(num_frames)

    got = encoded_mean(vae, mel, settings(tile))

    expected = untiled(vae, mel)
    assert got.shape == expected.shape
    assert largest_error(got, expected) < TOLERANCE


@pytest.mark.parametrize("budget", [0, 250_000, 1_000_000, 1 << 40])
@torch.inference_mode()
def test_any_memory_budget_gives_the_untiled_latents(budget: int) -> None:
    vae, mel = tiny_vae(), stepped_mel(50)

    got = encoded_mean(vae, mel, settings(16, budget))

    assert largest_error(got, untiled(vae, mel)) < TOLERANCE


@torch.inference_mode()
def test_parking_in_files_gives_the_untiled_latents_and_leaves_no_file(tmp_path: Path) -> None:
    vae, mel = tiny_vae(), stepped_mel(50)

    got = encoded_mean(vae, mel, settings(16, 0, scratch=tmp_path))

    assert largest_error(got, untiled(vae, mel)) < TOLERANCE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tile", [5, 16, 100])
@pytest.mark.parametrize("reach", [0, 3, 9])
@torch.inference_mode()
def test_banded_attention_equals_one_dense_mask(tile: int, reach: int) -> None:
    vae, mel = tiny_vae(), stepped_mel(75)

    got = encoded_mean(vae, mel, settings(tile, reach=reach))

    assert largest_error(got, untiled(vae, mel, reach)) < TOLERANCE


class CircularDownsample(nn.Module):
    """Stride 2 over a track whose start follows its end; zeros beyond the bands."""

    def __init__(self, downsample: Downsample) -> None:
        super().__init__()
        self.conv = downsample.conv

    def forward(self, x: Tensor) -> Tensor:
        around = functional.pad(torch.cat((x, x[:, :, :1]), dim=2), (0, 1, 0, 0))
        halved: Tensor = self.conv(around)
        return halved


def untiled_loop(mel: Tensor, reach: int | None) -> Tensor:
    """The whole loop at once, with every layer that sees the ends exchanged."""
    vae = tiny_vae()
    for name, module in dict(vae.named_modules()).items():
        parent, _, child = name.rpartition(".")
        if isinstance(module, Downsample):
            setattr(vae.get_submodule(parent), child, CircularDownsample(module))
        elif isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3) and child != "conv":
            setattr(vae.get_submodule(parent), child, CircularConvolution(module))
    attention = vae.encoder.mid_block.attentions[0]
    assert isinstance(attention, Attention)
    vae.encoder.mid_block.attentions[0] = CircularBandedAttention(attention, reach)
    return vae.encode(mel).mode()


@pytest.mark.parametrize("reach", [None, 6])
@pytest.mark.parametrize("tile", [7, 16, 100])
@torch.inference_mode()
def test_a_loop_is_encoded_around_its_wrap(tile: int, reach: int | None) -> None:
    mel = stepped_mel(40)

    got = encoded_mean(tiny_vae(), mel, replace(settings(tile, reach=reach), is_circular=True))

    assert largest_error(got, untiled_loop(mel, reach)) < TOLERANCE
    assert largest_error(untiled(tiny_vae(), mel, reach), untiled_loop(mel, reach)) > 1e-3


@torch.inference_mode()
def test_float32_stays_within_rounding_of_the_untiled_latents() -> None:
    vae, mel = tiny_vae().float(), stepped_mel(96).float()

    got = encoded_mean(vae, mel, settings(16))

    assert largest_error(got, untiled(vae, mel)) < 1e-4


@torch.inference_mode()
def test_encoding_parts_alone_would_be_seen() -> None:
    """Guards the oracle: parts with statistics of their own must fail it clearly."""
    vae, mel = tiny_vae(), stepped_mel(96)

    alone = torch.cat([untiled(vae, part) for part in mel.chunk(6, dim=2)], dim=2)

    assert largest_error(alone, untiled(vae, mel)) > 0.1


def test_the_convolutions_see_as_far_as_the_design_says() -> None:
    """Latent frame i of the published depth depends on the mel frames 4 i - 49 to 4 i + 55."""
    vae = VAE(replace(tiny_vae().config, layers_per_block=2)).double().eval()
    mel = stepped_mel(60).requires_grad_()
    chain = encoder_chain(encoder_parts(vae), mel, attention_reach=0, device=torch.device("cpu"))
    for normaliser in chain.normalisers:
        # Statistics that are known already carry nothing from frame to frame.
        normaliser.statistics = NormStatistics(
            mean=torch.zeros(vae.config.norm_groups, dtype=torch.float64),
            variance=torch.ones(vae.config.norm_groups, dtype=torch.float64),
        )
    (gradient,) = torch.autograd.grad(chain.mean(30, 31).sum(), mel)

    seen = torch.nonzero(gradient[0, 0].abs().sum(dim=1)).flatten()
    assert (int(seen.min()), int(seen.max())) == (4 * 30 - 49, 4 * 30 + 55)


@torch.inference_mode()
def test_the_published_layout_of_diffusers_is_understood() -> None:
    vae = published_layout_vae()
    mel = stepped_mel(50)

    got = encoded_mean(vae, mel, settings(16))

    assert largest_error(got, vae.encode(mel).latent_dist.mode()) < TOLERANCE
