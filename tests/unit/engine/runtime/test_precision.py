"""Which network computes with how many bits, and what happens where they do not suffice."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.checkpoints.model import AudioLDM
from engine.models.hifigan.hifigan import HiFiGAN
from engine.runtime.precision import (
    Float32Twin,
    GuardedVocoder,
    bring_into_precision,
    fast_dtype,
)
from tests.support.networks import relative_error, small_hifigan
from tests.support.stored_models import small_model
from tests.support.tiny_model import tiny_config

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def model() -> AudioLDM:
    return small_model(tiny_config())


def dtypes(module: nn.Module) -> set[torch.dtype]:
    return {parameter.dtype for parameter in module.parameters()}


@pytest.mark.parametrize(
    ("capabilities", "dtype"),
    [
        ({"amx_bf16": True, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": False, "avx512_f": True}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_a_processor_computes_in_half_precision_only_if_it_can_multiply_it(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)

    assert fast_dtype(CPU) == dtype


@pytest.mark.parametrize(
    ("capability", "dtype"), [((9, 0), torch.bfloat16), ((7, 5), torch.float16)]
)
def test_an_old_graphics_processor_knows_float16_only(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: capability)

    assert fast_dtype(GPU) == dtype


def test_what_makes_samples_or_embeddings_stays_in_float32(model: AudioLDM) -> None:
    model.unet.to(torch.bfloat16)

    bring_into_precision(model)

    assert dtypes(model.vae.decoder) == dtypes(model.vae.post_quant_conv) == {torch.bfloat16}
    assert dtypes(model.vae.encoder) == dtypes(model.text_encoder) == {torch.float32}
    assert isinstance(model.vocoder, HiFiGAN)
    assert dtypes(model.vocoder.conv_pre) == {torch.bfloat16}
    assert dtypes(model.vocoder.conv_post) == {torch.float32}


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_with_another_noise_predictor_all_else_stays_in_float32(
    model: AudioLDM, dtype: torch.dtype
) -> None:
    model.unet.to(dtype)

    bring_into_precision(model)

    for network in (model.vae, model.vocoder, model.text_encoder):
        assert dtypes(network) == {torch.float32}


def test_a_twin_is_made_once_and_when_it_is_needed() -> None:
    network = nn.Linear(3, 2).to(torch.bfloat16)
    twin = Float32Twin(network)

    assert twin.get() is twin.get()
    assert dtypes(twin.get()) == {torch.float32}
    assert dtypes(network) == {torch.bfloat16}
    assert torch.equal(twin.get().weight, network.weight.float())


@torch.inference_mode()
def test_a_chunk_of_sound_that_overflows_is_made_again_in_float32() -> None:
    vocoder = HiFiGAN(small_hifigan()).eval()
    torch.manual_seed(0)
    mel = torch.randn(1, 32, 64)
    # Beyond float16 after the first convolution, small again after the next one.
    vocoder.conv_pre.weight.data *= 1e3
    first = vocoder.upsampler[0]
    assert isinstance(first, nn.ConvTranspose1d)
    first.weight.data *= 1e-6
    loud = 1e3 * mel
    expected = vocoder(loud)
    vocoder.conv_pre.half()

    assert not torch.isfinite(_in_half(vocoder, loud)).all()
    got = GuardedVocoder(vocoder)(loud, torch.arange(32))

    assert relative_error(got, expected) < 0.01


def _in_half(vocoder: HiFiGAN, mel: Tensor) -> Tensor:
    samples: Tensor = vocoder(mel)
    return samples
