"""The application's own layout: a folder of safetensors files and one configuration."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from engine.checkpoints.config import MODEL_FORMAT, config_from_json, config_to_json
from engine.checkpoints.json_files import read_json
from engine.checkpoints.model import AudioLDM, StoredModel, StoredTensors
from engine.checkpoints.tensor_files import read_tensors
from engine.checkpoints.tokenizer import Tokenizer
from engine.models.hifigan.config import HiFiGANConfig

CONFIG_FILE = "config.json"


def read_own(folder: Path) -> StoredModel:
    """Read a model folder of our own layout.

    Args:
        folder: Holds ``config.json``, ``tokenizer.json`` and one safetensors file per network.

    Returns:
        The model as stored.

    Raises:
        CheckpointError: A file is missing, damaged, or of another version.
    """
    path = folder / CONFIG_FILE
    config = config_from_json(read_json(path), str(path))
    return StoredModel(
        config=config,
        tokenizer=Tokenizer.from_folder(
            folder, pad_token_id=config.text.pad_token_id, max_tokens=config.text.max_tokens
        ),
        unet=_part(folder, "unet"),
        vae=_part(folder, "vae"),
        text_encoder=_part(folder, "text_encoder"),
        vocoder=_part(folder, "vocoder") if isinstance(config.vocoder, HiFiGANConfig) else None,
        audio_encoder=None if config.audio is None else _part(folder, "audio_encoder"),
    )


def save_checkpoint(model: AudioLDM, folder: Path, *, dtype: torch.dtype = torch.float32) -> None:
    """Write a model in our own layout.

    Each file appears whole or not at all, and the configuration comes last, so that a folder
    written only in part is not taken for a model.

    Args:
        model: The model; a fixed number of attention heads is saved with it.
        folder: Made if it does not exist; files of the same names are replaced.
        dtype: Precision of the floating-point tensors on disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, nn.Module | None] = {
        "unet": model.unet,
        "vae": model.vae,
        "text_encoder": model.text_encoder,
        "vocoder": model.vocoder if isinstance(model.config.vocoder, HiFiGANConfig) else None,
        "audio_encoder": model.audio_encoder,
    }
    for name, network in parts.items():
        if network is not None:
            _save(network, folder / f"{name}.safetensors", dtype)
    model.tokenizer.save(folder)
    text = json.dumps(config_to_json(model.config), indent=2, allow_nan=False)
    partial = folder / f"{CONFIG_FILE}.part"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / CONFIG_FILE)


def is_own(folder: Path) -> bool:
    """Whether a folder claims to be of this layout."""
    path = folder / CONFIG_FILE
    if not path.is_file():
        return False
    data = read_json(path)
    return isinstance(data, dict) and data.get("format") == MODEL_FORMAT


def _part(folder: Path, name: str) -> StoredTensors:
    path = folder / f"{name}.safetensors"
    return StoredTensors(path=path, tensors=read_tensors(path))


def _save(network: nn.Module, path: Path, dtype: torch.dtype) -> None:
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    partial = path.with_name(path.name + ".part")
    save_file(tensors, partial)
    partial.replace(path)
