"""Sizes are judged by the tensors themselves; the weights are checked in tests/numerics."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.checkpoints.config import published_config
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.original_layout import config_of_original

_FIRST = "model.diffusion_model.input_blocks.0.0.weight"
_PATCH = "cond_stage_model.model.audio_branch.patch_embed.proj.weight"
_PATH = Path("x.ckpt")


def _tensors(width: int, patch: int | None) -> dict[str, Tensor]:
    tensors = {_FIRST: torch.empty(width, 8, 3, 3)}
    if patch is not None:
        tensors[_PATCH] = torch.empty(patch, 1, 4, 4)
    return tensors


@pytest.mark.parametrize(
    ("width", "patch", "head_width", "depth"),
    [(128, 96, 32, 6), (192, 128, 32, 12), (256, 96, 64, 6), (128, 128, 32, 12)],
)
def test_the_sizes_follow_from_two_tensors(
    width: int, patch: int, head_width: int, depth: int
) -> None:
    config = config_of_original(_tensors(width, patch), _PATH)

    assert config.unet.block_channels == (width, 2 * width, 3 * width, 5 * width)
    assert config.unet.attention_head_width == head_width
    assert config.audio is not None
    assert (config.audio.patch_channels, config.audio.depths[2]) == (patch, depth)


def test_a_file_without_an_audio_tower_has_none() -> None:
    config = config_of_original(_tensors(192, None), _PATH)

    assert config.audio is None
    assert config.text == published_config("m").text


def test_an_audio_tower_of_another_size_is_refused() -> None:
    with pytest.raises(CheckpointError, match="audio tower of width 64"):
        config_of_original(_tensors(128, 64), _PATH)
