"""The UNet against the diffusers implementation, on random weights at full size."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from engine.models.unet.unet import UNet
from tests.support.networks import (
    UNET_SIZES,
    norm_epsilons,
    published_unet,
    randomise,
    relative_error,
    shapes,
    small_unet,
)

_PARAMETERS = {"s": 185_036_552, "m": 415_954_568, "l": 739_139_080}
_FRAMES = 64


def _reference(size: str, heads: int | tuple[int, ...]) -> nn.Module:
    """Build what diffusers makes of the published ``unet/config.json``.

    It calls the number of heads ``attention_head_dim``.
    """
    widths, _ = UNET_SIZES[size]
    settings: dict[str, Any] = {
        "sample_size": 128,
        "in_channels": 8,
        "out_channels": 8,
        "down_block_types": ("DownBlock2D", *["CrossAttnDownBlock2D"] * 3),
        "up_block_types": (*["CrossAttnUpBlock2D"] * 3, "UpBlock2D"),
        "block_out_channels": widths,
        "layers_per_block": 2,
        "cross_attention_dim": widths,
        "attention_head_dim": heads,
        "class_embed_type": "simple_projection",
        "projection_class_embeddings_input_dim": 512,
        "class_embeddings_concat": True,
    }
    with torch.device("meta"):
        reference: nn.Module = UNet2DConditionModel(**settings).eval()
    return reference


def _ours(size: str, *, attention_heads: int | None) -> UNet:
    with torch.device("meta"):
        return UNet(published_unet(size, attention_heads=attention_heads)).eval()


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    unet = _ours("s", attention_heads=None).to_empty(device="cpu")
    randomise(unet, seed=1)
    return unet.state_dict()


def _inputs() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    latents = torch.randn(2, 8, _FRAMES, 16, generator=generator)
    conditioning = nn.functional.normalize(torch.randn(2, 512, generator=generator), dim=1)
    return latents, torch.tensor([981, 37]), conditioning


@pytest.mark.parametrize("size", ["s", "m", "l"])
def test_has_the_published_tensors_and_number_of_parameters(size: str) -> None:
    unet = _ours(size, attention_heads=None)

    assert shapes(unet) == shapes(_reference(size, 8))
    assert sum(p.numel() for p in unet.parameters()) == _PARAMETERS[size]
    assert norm_epsilons(unet) == norm_epsilons(_reference(size, 8))


@pytest.mark.parametrize(
    ("ours_heads", "reference_heads"),
    [(8, 8), (None, (4, 8, 12, 20))],
    ids=["eight heads everywhere", "the heads of the training"],
)
@torch.inference_mode()
def test_predicts_the_same_noise_as_diffusers(
    weights: dict[str, Tensor], ours_heads: int | None, reference_heads: int | tuple[int, ...]
) -> None:
    unet = _ours("s", attention_heads=ours_heads)
    unet.load_state_dict(weights, strict=True, assign=True)
    reference = _reference("s", reference_heads)
    reference.load_state_dict(weights, strict=True, assign=True)
    latents, timesteps, conditioning = _inputs()

    got = unet(latents, timesteps, conditioning)

    expected = reference(
        latents, timesteps, encoder_hidden_states=None, class_labels=conditioning
    ).sample
    assert relative_error(got, expected) <= 1e-5


@torch.inference_mode()
def test_the_number_of_heads_matters(weights: dict[str, Tensor]) -> None:
    """Otherwise the comparison above could not tell the two apart."""
    outputs = []
    for heads in (None, 8):
        unet = _ours("s", attention_heads=heads)
        unet.load_state_dict(weights, strict=True, assign=True)
        outputs.append(unet(*_inputs()))

    assert relative_error(outputs[1], outputs[0]) > 0.02


@torch.inference_mode()
def test_a_small_unlike_configuration_also_agrees_with_diffusers() -> None:
    config = small_unet()
    unet = UNet(config).double()
    randomise(unet, seed=3)
    reference = UNet2DConditionModel(
        in_channels=8,
        out_channels=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=config.block_channels,
        layers_per_block=1,
        cross_attention_dim=config.block_channels,
        attention_head_dim=(1, 2, 4),
        norm_num_groups=8,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=config.conditioning_dim,
        class_embeddings_concat=True,
    ).double()
    reference.load_state_dict(unet.state_dict(), strict=True)
    generator = torch.Generator().manual_seed(4)
    latents = torch.randn(3, 8, 12, 16, generator=generator, dtype=torch.float64)
    conditioning = torch.randn(3, 24, generator=generator, dtype=torch.float64)
    timesteps = torch.tensor([0, 500, 999])

    got = unet(latents, timesteps, conditioning)

    expected = reference(
        latents, timesteps, encoder_hidden_states=None, class_labels=conditioning
    ).sample
    assert relative_error(got, expected) <= 1e-12
