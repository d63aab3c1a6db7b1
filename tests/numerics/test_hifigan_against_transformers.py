"""HiFi-GAN against the transformers implementation, on random weights at full size."""

from __future__ import annotations

import torch
from torch import nn
from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

from engine.models.hifigan.hifigan import HiFiGAN
from tests.support.networks import PUBLISHED_HIFIGAN, randomise, relative_error, shapes

# Vectors of an input normalisation that the published configuration turns off.
_UNUSED = {"mean", "scale"}


def _reference() -> nn.Module:
    config = PUBLISHED_HIFIGAN
    with torch.device("meta"):
        reference: nn.Module = SpeechT5HifiGan(
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
        ).eval()
    return reference


def _ours() -> HiFiGAN:
    with torch.device("meta"):
        return HiFiGAN(PUBLISHED_HIFIGAN).eval()


def test_has_the_published_tensors_and_number_of_parameters() -> None:
    expected = {k: v for k, v in shapes(_reference()).items() if k not in _UNUSED}

    assert shapes(_ours()) == expected
    assert sum(p.numel() for p in _ours().parameters()) == 55_264_897


@torch.inference_mode()
def test_renders_the_same_waveform_as_transformers() -> None:
    vocoder = _ours().to_empty(device="cpu")
    randomise(vocoder, seed=1)
    reference = _reference()
    unused = {name: torch.zeros(64) for name in _UNUSED}
    reference.load_state_dict({**vocoder.state_dict(), **unused}, strict=True, assign=True)
    mel = 2 * torch.randn(2, 40, 64, generator=torch.Generator().manual_seed(2)) - 5

    got = vocoder(mel)

    assert got.shape == (2, 40 * 160 + 32)
    expected = reference(mel)
    assert 0.01 < expected.abs().mean() < 0.9, "the tanh must neither vanish nor saturate"
    assert relative_error(got, expected) <= 1e-5
