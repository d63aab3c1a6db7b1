"""How far one changed frame is felt, at the published geometry, with few channels and in float64.

These numbers are what makes an edit local: which frames are written again, and which are read. The
outermost effects are far below rounding, so derivatives are looked at: they vanish nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from engine.longform.tiled_vae.chain import mel_range_reached
from engine.longform.tiled_vae.decoder import (
    BANDED_REACH_LATENT_FRAMES,
    DecodeSettings,
    TiledDecode,
    decoded_mel,
)
from engine.longform.tiled_vae.parts import decoder_parts
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.longform.vocoder import vocoded_range
from engine.models.vae.config import VAEConfig
from engine.models.vae.vae import VAE
from tests.numerics.test_longform_vocoder_chunks import stepped_mel, thin_hifigan

MEL_BEFORE, MEL_AFTER = 66, 70
"""One latent frame i is felt in mel frames [4 i - 66, 4 i + 70)."""
SAMPLES_BEFORE, SAMPLES_AFTER = 3526, 3718
"""One mel frame f is felt in samples [160 f - 3526, 160 f + 3718) of the vocoder."""
SURPLUS = 16
"""The vocoder makes that many samples before its first frame."""


def thin_vae() -> VAE:
    config = VAEConfig(
        mel_channels=1,
        block_channels=(4, 8, 8),
        layers_per_block=2,
        latent_channels=3,
        norm_groups=4,
    )
    vae = VAE(config).double().eval()
    generator = torch.Generator().manual_seed(4)
    for parameter in vae.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.5, generator=generator)
    return vae


def latents(num_frames: int) -> Tensor:
    """Quiet, then loud."""
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(1, 3, num_frames, 2, dtype=torch.float64, generator=generator)
    x[:, :, num_frames // 2 :] = 3.0 * x[:, :, num_frames // 2 :] + 1.0
    return x


def settings(reach: int) -> DecodeSettings:
    return DecodeSettings(tile_latent_frames=64, attention_reach=reach)


def pinned(vae: VAE, x: Tensor, reach: int) -> DecoderStatistics:
    decode = TiledDecode(vae, x, settings(reach))
    decode.gather()
    return decode.statistics


def changed_frames(a: Tensor, b: Tensor) -> list[int]:
    """Mel frames in which two spectrograms differ at all."""
    frames: list[int] = (a != b).any(dim=3).flatten().nonzero().flatten().tolist()
    return frames


def felt(of: Callable[[Tensor], Tensor], x: Tensor, frame: int, axis: int) -> tuple[int, int]:
    """First and last + 1 place along ``axis`` of the result that a frame of ``x`` changes."""
    direction = torch.zeros_like(x)
    direction.select(axis, frame).fill_(1.0)
    with sdpa_kernel(SDPBackend.MATH):
        slope: Tensor = torch.func.jvp(of, (x,), (direction,))[1]
    places = slope.movedim(axis, 0).flatten(1).abs().amax(dim=1).nonzero().flatten()
    return int(places[0]), int(places[-1]) + 1


@pytest.mark.parametrize("edited", [45, 46, 60])
def test_one_latent_frame_is_felt_in_136_mel_frames(edited: int) -> None:
    vae, x = thin_vae().requires_grad_(False), latents(120)
    statistics = pinned(vae, x, reach=0)

    def decoded(latents: Tensor) -> Tensor:
        return decoded_mel(TiledDecode(vae, latents, settings(0), statistics=statistics))

    expected = (4 * edited - MEL_BEFORE, 4 * edited + MEL_AFTER)
    assert felt(decoded, x, edited, axis=2) == expected
    assert mel_range_reached(decoder_parts(vae), edited, edited + 1) == expected


@torch.inference_mode()
def test_with_the_band_an_edit_is_felt_within_145_latent_frames_and_not_beyond() -> None:
    """Statistics are pinned, as after the first decode of a long piece."""
    vae, x, reach = thin_vae(), latents(400), BANDED_REACH_LATENT_FRAMES
    statistics = pinned(vae, x, reach)
    other = x.clone()
    other[:, :, 200:205] += 2.0

    before, after = (
        decoded_mel(TiledDecode(vae, each, settings(reach), statistics=statistics))
        for each in (x, other)
    )

    changed = changed_frames(before, after)
    assert reach == 128
    assert changed[0] >= 4 * (200 - 145)
    assert changed[-1] < 4 * (205 + 145)
    # The band is felt as far as it reaches, so that this test sees it.
    assert changed[0] <= 4 * (200 - 128)
    assert changed[-1] >= 4 * (205 + 128) - 1


@pytest.mark.parametrize("edited", [40, 41, 51])
def test_one_mel_frame_is_felt_in_7244_samples(edited: int) -> None:
    vocoder = thin_hifigan().requires_grad_(False)

    def vocoded(mel: Tensor) -> Tensor:
        sound: Tensor = vocoder(mel, torch.arange(90))
        return sound

    span = felt(vocoded, stepped_mel(90), edited, axis=1)

    assert span == (160 * edited - SAMPLES_BEFORE, 160 * edited + SAMPLES_AFTER)


@torch.inference_mode()
def test_what_is_read_around_a_range_is_enough_for_what_is_written_again() -> None:
    """Mel [44, 60) is new: only the samples of the dirty range differ, and all fit the whole."""
    vocoder, mel = thin_hifigan(), stepped_mel(120)
    other = mel.clone()
    other[:, 44:60] -= 0.7
    first, last = 44 - 23, 60 + 23

    old, new = (vocoded_range(vocoder, each, 0, 120) for each in (mel, other))
    part = vocoded_range(vocoder, other, first, last)

    changed = (old != new)[0].nonzero().flatten()
    assert int(changed[0]) >= 160 * 44 - SAMPLES_BEFORE - SURPLUS
    assert int(changed[-1]) < 160 * 59 + SAMPLES_AFTER - SURPLUS
    assert 160 * first <= int(changed[0])
    assert int(changed[-1]) < 160 * last
    error = (part - new[:, 160 * first : 160 * last]).abs().max() / new.square().mean().sqrt()
    assert float(error) < 1e-12
