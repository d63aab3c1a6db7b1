"""The decoder in half precision: as good as in float32, and in float32 where it must be."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.longform.tiled_vae.local_ops import HeldFrames
from engine.longform.tiled_vae.statistics import DecoderStatistics
from engine.models.vae.vae import VAE
from engine.runtime.sound.mel_decoder import MelDecoder
from tests.support.networks import randomise, relative_error, small_vae

NUM_LATENT_FRAMES = 600
LOUD = slice(300, 310)


def decoder(vae: VAE, folder: Path) -> MelDecoder:
    return MelDecoder(
        vae,
        1.0,
        reach=16,
        scratch_dir=folder,
        on_progress=lambda _done, _total: None,
        check_cancelled=lambda: None,
    )


def new_vae() -> VAE:
    vae = VAE(small_vae()).eval().requires_grad_(requires_grad=False)
    randomise(vae, 5)
    return vae


def half(vae: VAE, dtype: torch.dtype) -> VAE:
    vae.post_quant_conv.to(dtype)
    vae.decoder.to(dtype)
    return vae


def latents(*, loud: float = 1.0) -> Tensor:
    values = torch.randn(1, 8, NUM_LATENT_FRAMES, 16, generator=torch.Generator().manual_seed(1))
    values[:, :, 200:] += 2.0  # a level step
    values[:, :, LOUD] *= loud
    return values


def held(values: Tensor) -> HeldFrames:
    return HeldFrames(values, 0, values.shape[2])


def whole(vae: VAE, values: Tensor, folder: Path) -> tuple[Tensor, DecoderStatistics]:
    with decoder(vae, folder).whole(values) as (statistics, tiles):
        return torch.cat([tile.mel for tile in tiles], dim=2), statistics


@torch.inference_mode()
def test_in_bfloat16_the_spectrogram_is_the_same_up_to_rounding_and_without_seams(
    tmp_path: Path,
) -> None:
    expected, _ = whole(new_vae(), latents(), tmp_path)

    got, _ = whole(half(new_vae(), torch.bfloat16), latents(), tmp_path)

    error = (got - expected).abs().mean(dim=(0, 1, 3))
    assert got.dtype == torch.float32
    assert error.mean() < 0.02 * expected.std()
    # Tiles end at multiples of 1024 mel frames: no more error there than elsewhere.
    assert error[1016:1032].mean() < 1.5 * error.mean()


@torch.inference_mode()
def test_in_half_precision_a_range_is_decoded_as_in_the_whole(tmp_path: Path) -> None:
    vae = half(new_vae(), torch.bfloat16)
    expected, statistics = whole(vae, latents(), tmp_path)

    [tile] = decoder(vae, tmp_path).parts(held(latents()), statistics, [(1300, 1500)])

    assert relative_error(tile.mel, expected[:, :, 1300:1500]) < 0.02


@torch.inference_mode()
def test_statistics_that_overflow_are_gathered_again_in_float32(tmp_path: Path) -> None:
    values = latents(loud=30_000.0)
    expected, _ = whole(new_vae(), values, tmp_path)

    got, statistics = whole(half(new_vae(), torch.float16), values, tmp_path)

    assert torch.isfinite(statistics.values).all()
    assert relative_error(got, expected) < 0.01


@torch.inference_mode()
def test_only_the_tile_that_overflows_is_decoded_again_in_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = latents(loud=30_000.0)
    expected, statistics = whole(new_vae(), values, tmp_path)
    work = decoder(half(new_vae(), torch.float16), tmp_path)
    get, calls = work._twin.get, []

    def counted() -> VAE:
        calls.append(1)
        return get()

    monkeypatch.setattr(work._twin, "get", counted)

    # The loud frames are mel frames 1200 to 1240; pinned statistics let the rest be.
    quiet, loud = work.parts(held(values), statistics, [(0, 100), (1100, 1300)])

    assert calls == [1]
    assert relative_error(quiet.mel, expected[:, :, :100]) < 0.01
    assert relative_error(loud.mel, expected[:, :, 1100:1300]) < 0.01


@torch.inference_mode()
def test_what_float32_cannot_hold_is_an_error(tmp_path: Path) -> None:
    broken = latents()
    broken[0, 0, 5, 5] = torch.inf

    with pytest.raises(FloatingPointError):
        whole(new_vae(), broken, tmp_path)
    with pytest.raises(FloatingPointError):
        whole(half(new_vae(), torch.bfloat16), broken, tmp_path)
