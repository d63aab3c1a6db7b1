import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.models.hifigan.config import HiFiGANConfig
from engine.models.hifigan.hifigan import HiFiGAN
from tests.support.networks import randomise, relative_error, small_hifigan


def _vocoder(config: HiFiGANConfig) -> HiFiGAN:
    vocoder = HiFiGAN(config).double()
    randomise(vocoder, seed=0)
    return vocoder


@pytest.fixture
def vocoder() -> HiFiGAN:
    return _vocoder(small_hifigan())


@pytest.mark.parametrize("num_frames", [1, 2, 50])
def test_gives_a_hop_per_frame_and_a_tail_of_32_samples(vocoder: HiFiGAN, num_frames: int) -> None:
    mel = torch.randn(2, num_frames, 64, dtype=torch.float64)

    rendered = vocoder(mel, torch.arange(3, 3 + num_frames))

    assert vocoder.hop_length == 160
    assert rendered.shape == (2, 160 * num_frames + 32)
    assert rendered.abs().max() <= 1


@torch.inference_mode()
def test_a_mel_frame_touches_the_samples_that_theory_says(vocoder: HiFiGAN) -> None:
    """From 3526 samples before to 3717 after the beginning of its hop."""
    mel = torch.randn(1, 60, 64, dtype=torch.float64)
    changed = mel.clone()
    changed[:, 30] += 10

    touched = (vocoder(changed) - vocoder(mel))[0].nonzero().flatten() - 30 * 160

    assert vocoder.halo_frames == 23
    # The outermost reach passes through single products of many small weights and may round away.
    assert -3526 <= int(touched.min()) <= -3400
    assert 3600 <= int(touched.max()) <= 3717


def _chunk(vocoder: HiFiGAN, mel: Tensor, first: int, last: int, halo: int) -> Tensor:
    start = max(0, first - halo)
    rendered: Tensor = vocoder(mel[:, start : last + halo])
    end = None if last == mel.shape[1] else (last - start) * vocoder.hop_length
    return rendered[:, (first - start) * vocoder.hop_length : end]


@pytest.mark.parametrize("halo_change", [0, -19])
@torch.inference_mode()
def test_chunks_with_the_halo_equal_the_whole_and_without_do_not(
    vocoder: HiFiGAN, halo_change: int
) -> None:
    mel = torch.randn(1, 120, 64, dtype=torch.float64)
    halo = vocoder.halo_frames + halo_change
    bounds = ((0, 31), (31, 32), (32, 77), (77, 120))

    chunked = torch.cat([_chunk(vocoder, mel, *bound, halo) for bound in bounds], dim=1)

    worst = float((chunked - vocoder(mel)).abs().max())
    if halo_change == 0:
        assert worst <= 1e-12
    else:
        assert worst > 1e-6


def _frames_felt(vocoder: HiFiGAN) -> int:
    """Greatest distance of a mel frame that the samples of the middle frame depend on."""
    middle, hop = 12, vocoder.hop_length
    mel = torch.randn(1, 2 * middle + 1, 64, dtype=torch.float64, requires_grad=True)
    vocoder(mel)[0, middle * hop : (middle + 1) * hop].square().sum().backward()
    assert mel.grad is not None
    felt = mel.grad[0].abs().amax(dim=1).nonzero().flatten() - middle
    return int(felt.abs().max())


@pytest.mark.parametrize(
    ("rates", "kernels", "sizes", "dilations"),
    [
        ((2,), (4,), (3,), ((1,),)),
        ((3, 2), (7, 5), (3, 5), ((1, 2), (1,))),
        ((4, 4), (4, 16), (3,), ((3,),)),
        ((5, 4), (16, 16), (7,), ((1, 3),)),
    ],
)
def test_the_halo_is_exactly_what_the_layers_see(
    rates: tuple[int, ...],
    kernels: tuple[int, ...],
    sizes: tuple[int, ...],
    dilations: tuple[tuple[int, ...], ...],
) -> None:
    vocoder = _vocoder(
        HiFiGANConfig(
            n_mels=64,
            initial_channels=16,
            upsample_rates=rates,
            upsample_kernel_sizes=kernels,
            resblock_kernel_sizes=sizes,
            resblock_dilations=dilations,
        )
    )

    assert vocoder.halo_frames == _frames_felt(vocoder)


@pytest.mark.parametrize("shape", [(20, 64), (1, 0, 64), (1, 64, 20)])
def test_refuses_a_wrong_shape_and_names_it(vocoder: HiFiGAN, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="frames >= 1, 64") as failure:
        vocoder(torch.zeros(shape, dtype=torch.float64))

    assert str(shape) in str(failure.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"upsample_rates": (5, 4)}, "one upsample kernel size per rate"),
        ({"upsample_kernel_sizes": (16, 3, 8, 4, 4)}, "upsampling by 4 with a kernel of 3"),
        ({"resblock_dilations": ((1, 3, 5),)}, "one tuple of dilations per residual block"),
        ({"initial_channels": 24}, "divisible by 32"),
    ],
)
def test_the_configuration_refuses_what_cannot_work(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(small_hifigan(), **change)


def test_the_stages_up_to_a_rate_are_whole_stages_from_the_first_on() -> None:
    vocoder = HiFiGAN(small_hifigan())

    names = {
        name
        for stage in vocoder.stages_up_to(20)
        for name, module in vocoder.named_modules()
        if module is stage
    }

    # Rates 5 and 20; three residual blocks each.
    blocks = {f"resblocks.{index}" for index in range(6)}
    assert names == {"conv_pre", "upsampler.0", "upsampler.1"} | blocks


@torch.inference_mode()
def test_stages_of_another_precision_still_make_sound_in_that_of_the_last() -> None:
    vocoder = HiFiGAN(small_hifigan()).eval()
    randomise(vocoder, 3)
    mel = torch.randn(1, 40, 64, generator=torch.Generator().manual_seed(1))
    expected = vocoder(mel)

    for stage in vocoder.stages_up_to(20):
        stage.to(torch.bfloat16)
    got = vocoder(mel)

    assert got.dtype == torch.float32
    assert 0.0 < relative_error(got, expected) < 0.1
