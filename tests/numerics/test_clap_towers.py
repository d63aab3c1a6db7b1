"""The CLAP towers against the transformers implementation, on random weights at full size."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import (
    ClapAudioConfig,
    ClapAudioModelWithProjection,
    ClapTextConfig,
    ClapTextModelWithProjection,
)

from engine.checkpoints.config import published_config
from engine.models.clap.audio import AudioEncoder
from engine.models.clap.config import AudioEncoderConfig
from engine.models.clap.text import TextEncoder

_DERIVED = ("position_ids", "token_type_ids", "relative_position_index")


def _randomise(module: nn.Module, seed: int) -> None:
    """Give every tensor values that make mistakes visible (no zero biases, no unit norms)."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in module.state_dict().items():
        if not tensor.is_floating_point():
            continue
        spread = 0.02 if tensor.ndim < 2 else min(0.2, tensor[0].numel() ** -0.5)
        values = torch.randn(tensor.shape, generator=generator) * spread
        if name.endswith(("norm.weight", "LayerNorm.weight", "layernorm_before.weight")):
            values += 1
        tensor.copy_(values.abs() + 0.5 if name.endswith("running_var") else values)


def _without_derived(module: nn.Module) -> dict[str, Tensor]:
    return {k: v for k, v in module.state_dict().items() if not k.endswith(_DERIVED)}


def _relative_error(got: Tensor, expected: Tensor) -> float:
    return float((got - expected).norm() / expected.norm())


def _text_reference() -> nn.Module:
    config = ClapTextConfig(layer_norm_eps=1e-5, attn_implementation="eager")
    reference: nn.Module = ClapTextModelWithProjection(config).eval()
    return reference


def _audio_reference(config: AudioEncoderConfig) -> nn.Module:
    settings: dict[str, Any] = {
        "patch_embeds_hidden_size": config.patch_channels,
        "depths": list(config.depths),
        "hidden_size": config.stage_channels[-1],
    }
    reference: nn.Module = ClapAudioModelWithProjection(ClapAudioConfig(**settings)).eval()
    return reference


@torch.inference_mode()
def test_the_text_tower_matches_transformers_with_and_without_padding() -> None:
    reference = _text_reference()
    _randomise(reference, seed=1)
    encoder = TextEncoder(published_config("s").text).eval()
    encoder.load_state_dict(_without_derived(reference))
    ids = torch.randint(4, 50000, (3, 23), generator=torch.Generator().manual_seed(2))
    ids[:, 0] = 0
    mask = torch.ones_like(ids)
    for row, length in enumerate((23, 9, 2)):
        ids[row, length - 1] = 2
        ids[row, length:] = 1
        mask[row, length:] = 0

    expected = reference(input_ids=ids, attention_mask=mask).text_embeds
    expected = nn.functional.normalize(expected, dim=-1)

    assert _relative_error(encoder(ids, mask), expected) <= 1e-5
    for row, length in enumerate((23, 9, 2)):
        alone = encoder(ids[row : row + 1, :length], mask[row : row + 1, :length])
        assert _relative_error(alone[0], expected[row]) <= 1e-5


@pytest.mark.parametrize("size", ["s", "m"])
@torch.inference_mode()
def test_the_audio_tower_matches_transformers(size: str) -> None:
    config = published_config(size).audio
    assert config is not None
    reference = _audio_reference(config)
    _randomise(reference, seed=3)
    encoder = AudioEncoder(config).eval()
    encoder.load_state_dict(_without_derived(reference))
    features = torch.randn(2, 1, 1001, 64, generator=torch.Generator().manual_seed(4)) * 20 - 40

    expected = reference(input_features=features).audio_embeds
    expected = nn.functional.normalize(expected, dim=-1)

    assert _relative_error(encoder(features), expected) <= 1e-5
    assert _relative_error(expected[:1], expected[1:]) > 1e-2
