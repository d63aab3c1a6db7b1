import dataclasses
import math

import pytest
import torch
from torch import nn

from engine.models.vae.blocks import Attention, Downsample, ResBlock
from engine.models.vae.posterior import DiagonalGaussian
from engine.models.vae.vae import VAE
from tests.support.networks import PUBLISHED_VAE, randomise, small_vae


@pytest.fixture
def vae() -> VAE:
    vae = VAE(small_vae()).eval()
    randomise(vae, seed=0)
    return vae


@pytest.mark.parametrize("frames", [4, 20, 64])
@torch.inference_mode()
def test_four_frames_and_four_bands_become_one_latent(vae: VAE, frames: int) -> None:
    posterior = vae.encode(torch.randn(2, 1, frames, 64))

    assert posterior.mean.shape == posterior.log_variance.shape == (2, 8, frames // 4, 16)
    assert vae.decode(posterior.mode()).shape == (2, 1, frames, 64)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 1, 63, 64), "mel frames must be a multiple of 4, got 63; pad to 64"),
        ((1, 1, 0, 64), "mel frames must be a multiple of 4, got 0; pad to 4"),
        ((1, 1, 64, 30), "mel bands must be a multiple of 4, got 30; pad to 32"),
        ((1, 2, 64, 64), "mel must be (batch, 1, frames, bands), got (1, 2, 64, 64)"),
        ((1, 64, 64), "got (1, 64, 64)"),
    ],
)
def test_encoding_refuses_a_wrong_shape_and_names_the_remedy(
    vae: VAE, shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ValueError, match="must be") as failure:
        vae.encode(torch.zeros(shape))

    assert message in str(failure.value)


def test_decoding_refuses_a_wrong_number_of_channels(vae: VAE) -> None:
    with pytest.raises(ValueError, match=r"latents must be \(batch, 8, frames, bins\)"):
        vae.decode(torch.zeros(1, 4, 16, 16))


@torch.inference_mode()
def test_the_log_variance_is_kept_in_range(vae: VAE) -> None:
    nn.init.constant_(vae.quant_conv.weight, 0.0)
    assert vae.quant_conv.bias is not None
    vae.quant_conv.bias.copy_(torch.tensor([0.0] * 8 + [-99.0] * 4 + [99.0] * 4))

    log_variance = vae.encode(torch.randn(1, 1, 8, 64)).log_variance

    assert torch.all(log_variance[:, :4] == -30)
    assert torch.all(log_variance[:, 4:] == 20)


def test_a_sample_is_the_mean_plus_scaled_noise_of_the_generator() -> None:
    shape = (2, 8, 3, 16)
    posterior = DiagonalGaussian(
        mean=torch.full(shape, 5.0), log_variance=torch.full(shape, 2 * math.log(3))
    )

    sample = posterior.sample(torch.Generator().manual_seed(7))

    noise = torch.randn(shape, generator=torch.Generator().manual_seed(7))
    torch.testing.assert_close(sample, 5 + 3 * noise)
    assert posterior.mode() is posterior.mean


def test_a_sample_has_the_dtype_of_the_network() -> None:
    zeros = torch.zeros(1, 8, 2, 16, dtype=torch.bfloat16)

    sample = DiagonalGaussian(mean=zeros, log_variance=zeros).sample(torch.Generator())

    assert sample.dtype == torch.bfloat16


def test_every_parameter_takes_part(vae: VAE) -> None:
    posterior = vae.encode(torch.randn(1, 1, 16, 64))
    decoded = vae.decode(posterior.mode())
    torch.autograd.backward([decoded.square().sum(), posterior.log_variance.square().sum()])

    unused = [
        name
        for name, parameter in vae.named_parameters()
        if parameter.grad is None or torch.count_nonzero(parameter.grad) == 0
    ]
    # A shift of all keys alike does not change a softmax.
    assert [name for name in unused if not name.endswith("to_k.bias")] == []


def test_zero_weights_leave_only_the_skip_connections() -> None:
    x = torch.randn(2, 8, 5, 3, dtype=torch.float64)
    for module in (ResBlock(8, 8, 4).double(), Attention(8, 4).double()):
        for parameter in module.parameters():
            nn.init.zeros_(parameter)

        torch.testing.assert_close(module(x), x, rtol=0, atol=0)


def test_downsampling_is_padded_at_the_end_only() -> None:
    """An output sees its own pair of inputs and the next one, never an earlier one."""
    downsample = Downsample(1).double()
    nn.init.ones_(downsample.conv.weight)
    assert downsample.conv.bias is not None
    nn.init.zeros_(downsample.conv.bias)
    x = torch.zeros(1, 1, 6, 6, dtype=torch.float64)
    x[0, 0, 2, 2] = 1

    assert downsample(x)[0, 0].tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_the_reduction_follows_from_the_number_of_levels() -> None:
    assert PUBLISHED_VAE.reduction == 4
    assert dataclasses.replace(PUBLISHED_VAE, block_channels=(32, 64)).reduction == 2


def test_the_configuration_refuses_groups_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="16 channels cannot be split into 12 norm_groups"):
        dataclasses.replace(small_vae(), norm_groups=12)
