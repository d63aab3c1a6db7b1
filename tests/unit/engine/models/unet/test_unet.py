import dataclasses

import pytest
import torch
from torch import Tensor

from engine.models.unet.unet import UNet
from tests.support.networks import randomise, small_unet


@pytest.fixture
def unet() -> UNet:
    unet = UNet(small_unet()).eval()
    randomise(unet, seed=0)
    return unet


def _inputs(frames: int, *, bins: int = 16, batch: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn(batch, 8, frames, bins, generator=generator)
    return latents, torch.arange(batch) * 300, torch.randn(batch, 24, generator=generator)


@pytest.mark.parametrize("frames", [4, 8, 20, 64])
@torch.inference_mode()
def test_the_noise_has_the_shape_of_the_latents(unet: UNet, frames: int) -> None:
    noise = unet(*_inputs(frames))

    assert noise.shape == (2, 8, frames, 16)
    assert noise.isfinite().all()


@torch.inference_mode()
def test_the_output_may_have_another_number_of_channels() -> None:
    unet = UNet(dataclasses.replace(small_unet(), out_channels=3))

    assert unet(*_inputs(8)).shape == (2, 3, 8, 16)


@pytest.mark.parametrize(("frames", "remedy"), [(0, 4), (1, 4), (6, 8), (63, 64)])
def test_refuses_frames_that_cannot_be_halved_and_says_what_to_pad_to(
    unet: UNet, frames: int, remedy: int
) -> None:
    assert unet.time_multiple == 4
    with pytest.raises(ValueError, match=rf"multiple of 4, got {frames}; pad to {remedy}$"):
        unet(*_inputs(frames))


def test_refuses_bins_that_cannot_be_halved(unet: UNet) -> None:
    with pytest.raises(ValueError, match="latent bins must be a multiple of 4, got 15"):
        unet(*_inputs(8, bins=15))


def test_refuses_inputs_that_do_not_belong_together(unet: UNet) -> None:
    latents, timesteps, conditioning = _inputs(8)

    with pytest.raises(ValueError, match=r"latents must be \(batch, 8, frames, bins\)"):
        unet(latents[:, :4], timesteps, conditioning)
    with pytest.raises(ValueError, match=r"timesteps must be \(2,\), got \(1,\)"):
        unet(latents, timesteps[:1], conditioning)
    with pytest.raises(ValueError, match=r"conditioning must be \(2, 24\), got \(2, 23\)"):
        unet(latents, timesteps, conditioning[:, 1:])


@torch.inference_mode()
def test_timestep_and_conditioning_both_matter(unet: UNet) -> None:
    latents, timesteps, conditioning = _inputs(8)

    noise = unet(latents, timesteps, conditioning)

    assert not torch.allclose(unet(latents, timesteps + 1, conditioning), noise, atol=1e-4)
    assert not torch.allclose(unet(latents, timesteps, -conditioning), noise, atol=1e-4)


@torch.inference_mode()
def test_rows_of_a_batch_do_not_see_each_other(unet: UNet) -> None:
    latents, timesteps, conditioning = _inputs(8)

    alone = unet(latents[1:], timesteps[1:], conditioning[1:])

    torch.testing.assert_close(
        unet(latents, timesteps, conditioning)[1:], alone, rtol=1e-4, atol=1e-5
    )


@torch.inference_mode()
def test_fractional_timesteps_lie_between_their_neighbours(unet: UNet) -> None:
    latents, _, conditioning = _inputs(8, batch=1)

    low, middle, high = (
        unet(latents, torch.tensor([timestep]), conditioning) for timestep in (40.0, 40.5, 41.0)
    )

    assert (middle - low).norm() < (high - low).norm()
    assert (middle - high).norm() < (high - low).norm()


@torch.inference_mode()
def test_half_precision_stays_near_single_precision(unet: UNet) -> None:
    latents, timesteps, conditioning = _inputs(16)
    expected = unet(latents, timesteps, conditioning)

    half = unet.to(torch.bfloat16)(latents.bfloat16(), timesteps, conditioning.bfloat16())

    assert half.dtype == torch.bfloat16
    assert (half.float() - expected).norm() / expected.norm() < 0.05


def test_every_parameter_takes_part(unet: UNet) -> None:
    unet(*_inputs(8)).square().sum().backward()

    unused = [
        name
        for name, parameter in unet.named_parameters()
        if parameter.grad is None or torch.count_nonzero(parameter.grad) == 0
    ]
    assert unused == []
