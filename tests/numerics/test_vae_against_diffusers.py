"""The VAE against the diffusers implementation, on random weights at full size."""

from __future__ import annotations

import pytest
import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn

from engine.models.vae.vae import VAE
from tests.support.networks import (
    PUBLISHED_VAE,
    norm_epsilons,
    randomise,
    relative_error,
    shapes,
)

_MEL_FRAMES = 64


def _reference() -> nn.Module:
    with torch.device("meta"):
        reference: nn.Module = AutoencoderKL(
            in_channels=1,
            out_channels=1,
            down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3,
            block_out_channels=PUBLISHED_VAE.block_channels,
            layers_per_block=2,
            latent_channels=8,
            norm_num_groups=32,
            sample_size=512,
        ).eval()
    return reference


def _ours() -> VAE:
    with torch.device("meta"):
        return VAE(PUBLISHED_VAE).eval()


@pytest.fixture(scope="module")
def pair() -> tuple[VAE, nn.Module]:
    vae = _ours().to_empty(device="cpu")
    randomise(vae, seed=1)
    reference = _reference()
    reference.load_state_dict(vae.state_dict(), strict=True, assign=True)
    return vae, reference


def _mel() -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return 2 * torch.randn(2, 1, _MEL_FRAMES, 64, generator=generator) - 5


def test_has_the_published_tensors_and_number_of_parameters() -> None:
    assert shapes(_ours()) == shapes(_reference())
    assert sum(p.numel() for p in _ours().parameters()) == 55_376_873
    assert norm_epsilons(_ours()) == norm_epsilons(_reference())


@torch.inference_mode()
def test_encodes_to_the_same_posterior_as_diffusers(pair: tuple[VAE, nn.Module]) -> None:
    vae, reference = pair

    posterior = vae.encode(_mel())

    assert isinstance(reference, AutoencoderKL)
    expected = reference.encode(_mel()).latent_dist
    assert relative_error(posterior.mean, expected.mean) <= 1e-5
    assert relative_error(posterior.log_variance, expected.logvar) <= 1e-5


@torch.inference_mode()
def test_samples_the_posterior_as_diffusers_does(pair: tuple[VAE, nn.Module]) -> None:
    vae, reference = pair

    got = vae.encode(_mel()).sample(torch.Generator().manual_seed(3))

    assert isinstance(reference, AutoencoderKL)
    expected = reference.encode(_mel()).latent_dist.sample(torch.Generator().manual_seed(3))
    assert relative_error(got, expected) <= 1e-5


@torch.inference_mode()
def test_decodes_to_the_same_mel_as_diffusers(pair: tuple[VAE, nn.Module]) -> None:
    vae, reference = pair
    latents = torch.randn(2, 8, _MEL_FRAMES // 4, 16, generator=torch.Generator().manual_seed(4))

    got = vae.decode(latents)

    assert isinstance(reference, AutoencoderKL)
    assert relative_error(got, reference.decode(latents).sample) <= 1e-5
