"""The single-file checkpoints of the AudioLDM authors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from engine.checkpoints.config import ModelConfig, published_config
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.key_maps import CLAP_PREFIX, UNET_PREFIX, split_original
from engine.checkpoints.model import StoredModel, StoredTensors
from engine.checkpoints.tensor_files import read_tensors
from engine.checkpoints.tokenizer import Tokenizer
from engine.models.clap.config import AudioEncoderConfig

logger = logging.getLogger(__name__)

_FIRST_CONV = f"{UNET_PREFIX}input_blocks.0.0.weight"
_PATCH_CONV = f"{CLAP_PREFIX}audio_branch.patch_embed.proj.weight"
_SIZES = {128: "s", 192: "m", 256: "l"}
_NOT_OURS = "Choose one of the AudioLDM checkpoints (s, m or l); AudioLDM 2 is another model."


def read_original(path: Path, template: ModelConfig | None = None) -> StoredModel:
    """Read a checkpoint as the authors published it.

    The averaged weights of the UNet are used where the file has them, as the authors do. The file
    carries no tokenizer; its files are looked for beside it.

    Args:
        path: The checkpoint.
        template: Sizes to expect; by default those of the published model whose width the file
            has.

    Returns:
        The model as stored, named after the file.

    Raises:
        CheckpointError: The file is damaged, not an AudioLDM checkpoint, or has no tokenizer
            beside it.
    """
    tensors = read_tensors(path)
    if template is None:
        template = config_of_original(tensors, path)
    parts = split_original(
        tensors,
        layers_per_block=template.unet.layers_per_block,
        num_vae_levels=len(template.vae.block_channels),
    )
    if parts.unknown:
        raise CheckpointError(
            f"{path} has the unknown tensor {sorted(parts.unknown)[0]!r}.", _NOT_OURS
        )
    if parts.scale_factor is None:
        raise CheckpointError(f"{path} lacks the tensor 'scale_factor'.", _NOT_OURS)
    if not parts.has_averages:
        logger.warning("%s has no averaged weights; the raw ones are used", path)
    config = replace(
        template,
        name=path.stem,
        title=path.stem,
        scaling_factor=parts.scale_factor,
        audio=template.audio if parts.audio else None,
    )
    return StoredModel(
        config=config,
        tokenizer=Tokenizer.from_folder(
            path.parent, pad_token_id=config.text.pad_token_id, max_tokens=config.text.max_tokens
        ),
        unet=StoredTensors(path=path, tensors=parts.unet),
        vae=StoredTensors(path=path, tensors=parts.vae),
        text_encoder=StoredTensors(path=path, tensors=parts.text),
        vocoder=StoredTensors(path=path, tensors=parts.vocoder),
        audio_encoder=StoredTensors(path=path, tensors=parts.audio) if parts.audio else None,
    )


def config_of_original(tensors: Mapping[str, Tensor], path: Path) -> ModelConfig:
    """Configuration of the published model that a file must be, judged by two of its tensors.

    Args:
        tensors: The ``state_dict`` of the file.
        path: Of the file, for messages.

    Returns:
        The configuration; name and ``scaling_factor`` are those of another checkpoint.

    Raises:
        CheckpointError: No published model has these sizes.
    """
    width = tensors[_FIRST_CONV].shape[0] if _FIRST_CONV in tensors else None
    if width not in _SIZES:
        found = f"a UNet of width {width}" if width else "no UNet"
        raise CheckpointError(f"{path} is not an AudioLDM checkpoint: it has {found}.", _NOT_OURS)
    return replace(published_config(_SIZES[width]), audio=_audio_config(tensors, path))


def _audio_config(tensors: Mapping[str, Tensor], path: Path) -> AudioEncoderConfig | None:
    """The audio tower, whose size is its own: it does not follow from the UNet's."""
    if _PATCH_CONV not in tensors:
        return None
    width = tensors[_PATCH_CONV].shape[0]
    towers = [tower for size in _SIZES.values() if (tower := published_config(size).audio)]
    for tower in towers:
        if tower.patch_channels == width:
            return tower
    raise CheckpointError(f"{path} has an audio tower of width {width}.", _NOT_OURS)
