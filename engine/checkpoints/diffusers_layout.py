"""Folders as the diffusers library saves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from torch import Tensor

from engine.checkpoints.config import ModelConfig, published_config
from engine.checkpoints.errors import CheckpointError
from engine.checkpoints.json_files import read_json
from engine.checkpoints.key_maps import from_diffusers_vae, without_derived, without_normaliser
from engine.checkpoints.model import StoredModel, StoredTensors
from engine.checkpoints.plain import Dataclass, from_plain, to_plain
from engine.checkpoints.tensor_files import read_tensors
from engine.checkpoints.tokenizer import Tokenizer
from engine.diffusion.schedule import ScheduleConfig
from engine.models.clap.config import TextEncoderConfig
from engine.models.griffin_lim.config import GriffinLimConfig
from engine.models.hifigan.config import HiFiGANConfig
from engine.models.unet.config import UNetConfig

INDEX_FILE = "model_index.json"
_PIPELINE = "AudioLDMPipeline"
_NOT_OURS = "Only AudioLDM (1) models are supported."
_L_WIDTH = 256
_DOWN_BLOCKS = {"DownBlock2D": False, "CrossAttnDownBlock2D": True}
# The converter wrote 1e-12, the networks were trained with roberta-base's epsilon.
_TEXT_NORM_EPS = 1e-5

# Our name -> theirs.
_UNET_KEYS = {
    "in_channels": "in_channels",
    "out_channels": "out_channels",
    "block_channels": "block_out_channels",
    "layers_per_block": "layers_per_block",
    "norm_groups": "norm_num_groups",
    "conditioning_dim": "projection_class_embeddings_input_dim",
}
_VAE_KEYS = {
    "mel_channels": "in_channels",
    "block_channels": "block_out_channels",
    "layers_per_block": "layers_per_block",
    "latent_channels": "latent_channels",
    "norm_groups": "norm_num_groups",
}
_TEXT_KEYS = {
    "vocab_size": "vocab_size",
    "hidden_size": "hidden_size",
    "num_layers": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "intermediate_size": "intermediate_size",
    "max_positions": "max_position_embeddings",
    "type_vocab_size": "type_vocab_size",
    "pad_token_id": "pad_token_id",
    "projection_dim": "projection_dim",
}
_VOCODER_KEYS = {
    "n_mels": "model_in_dim",
    "initial_channels": "upsample_initial_channel",
    "upsample_rates": "upsample_rates",
    "upsample_kernel_sizes": "upsample_kernel_sizes",
    "resblock_kernel_sizes": "resblock_kernel_sizes",
    "resblock_dilations": "resblock_dilation_sizes",
}
_SCHEDULE_KEYS = {
    "num_timesteps": "num_train_timesteps",
    "beta_start": "beta_start",
    "beta_end": "beta_end",
}

_Config = TypeVar("_Config", bound=Dataclass)


def read_diffusers(folder: Path) -> StoredModel:
    """Read a folder that the diffusers library saved for its AudioLDM pipeline.

    Two values of such folders are known to be wrong and are replaced: the number of attention
    heads, which follows from the width of the UNet, and the epsilon of the text tower.

    Args:
        folder: Holds ``model_index.json`` and a folder per component.

    Returns:
        The model as stored, named after the folder; it has no audio tower.

    Raises:
        CheckpointError: The folder is of another pipeline, or a file is missing or damaged.
    """
    index = read_json(folder / INDEX_FILE)
    pipeline = index.get("_class_name") if isinstance(index, dict) else None
    if pipeline != _PIPELINE:
        raise CheckpointError(f"{folder} is a model for {pipeline}, not {_PIPELINE}.", _NOT_OURS)
    config = _model_config(folder)
    num_levels = len(config.vae.block_channels)
    return StoredModel(
        config=config,
        tokenizer=Tokenizer.from_folder(
            folder / "tokenizer",
            pad_token_id=config.text.pad_token_id,
            max_tokens=config.text.max_tokens,
        ),
        unet=_part(folder / "unet", "diffusion_pytorch_model", dict),
        vae=_part(
            folder / "vae",
            "diffusion_pytorch_model",
            lambda tensors: from_diffusers_vae(tensors, num_levels=num_levels),
        ),
        text_encoder=_part(folder / "text_encoder", "model", without_derived),
        vocoder=_part(folder / "vocoder", "model", without_normaliser),
        audio_encoder=None,
    )


def _part(
    folder: Path,
    stem: str,
    rename: Callable[[Mapping[str, Tensor]], dict[str, Tensor]],
) -> StoredTensors:
    names = [f"{stem}.safetensors", f"{stem}.bin", f"pytorch_{stem}.bin"]
    for name in names:
        if (path := folder / name).is_file():
            return StoredTensors(path=path, tensors=rename(read_tensors(path)))
    raise CheckpointError(f"There is neither {names[0]} nor a .bin in {folder}.", "Get it again.")


def _model_config(folder: Path) -> ModelConfig:
    # Common values, and what libraries leave out of their files because it is their default.
    common = published_config("s")
    vae_path = folder / "vae" / "config.json"
    scaling_factor = _settings(vae_path).get("scaling_factor")
    if not isinstance(scaling_factor, float):
        raise CheckpointError(f"{vae_path} lacks 'scaling_factor'.", "Get the model again.")
    try:
        return replace(
            common,
            name=folder.name,
            title=folder.name,
            unet=_unet_config(folder / "unet" / "config.json", common.unet),
            vae=_translated(vae_path, _VAE_KEYS, common.vae),
            text=_text_config(folder / "text_encoder" / "config.json", common.text),
            audio=None,
            vocoder=_vocoder_config(folder / "vocoder" / "config.json", common),
            schedule=_schedule_config(
                folder / "scheduler" / "scheduler_config.json", common.schedule
            ),
            scaling_factor=scaling_factor,
        )
    except ValueError as error:
        raise CheckpointError(f"The configuration in {folder} is wrong: {error}.") from error


def _settings(path: Path) -> dict[str, object]:
    data = read_json(path)
    if not isinstance(data, dict):
        raise CheckpointError(f"{path} must be an object.", "Get the model again.")
    return data


def _translated(
    path: Path,
    keys: Mapping[str, str],
    common: _Config,
    fixed: Mapping[str, object] | None = None,
) -> _Config:
    """A configuration of ours from one of theirs.

    Args:
        path: Their file.
        keys: Our name -> their name.
        common: Values for what the file leaves out.
        fixed: Our name -> value whatever the file says.
    """
    settings = _settings(path)
    found = {ours: settings[theirs] for ours, theirs in keys.items() if theirs in settings}
    return from_plain(type(common), {**to_plain(common), **found, **(fixed or {})}, str(path))


def _require(path: Path, **supported: object) -> None:
    """Refuse variants that would silently compute something else."""
    settings = _settings(path)
    for key, value in supported.items():
        if settings.get(key, value) != value:
            raise CheckpointError(
                f"{path}: {key} is {settings[key]!r}, only {value!r} is supported.", _NOT_OURS
            )


def _unet_config(path: Path, common: UNetConfig) -> UNetConfig:
    _require(
        path,
        class_embed_type="simple_projection",
        class_embeddings_concat=True,
        use_linear_projection=False,
    )
    block_types = _settings(path).get("down_block_types")
    if not isinstance(block_types, list) or not set(block_types) <= _DOWN_BLOCKS.keys():
        raise CheckpointError(f"{path}: down_block_types is {block_types!r}.", _NOT_OURS)
    unet = _translated(
        path, _UNET_KEYS, common, {"attention_levels": [_DOWN_BLOCKS[kind] for kind in block_types]}
    )
    return replace(unet, attention_head_width=64 if unet.block_channels[0] == _L_WIDTH else 32)


def _text_config(path: Path, common: TextEncoderConfig) -> TextEncoderConfig:
    _require(path, hidden_act="gelu", projection_hidden_act="relu")
    return _translated(path, _TEXT_KEYS, common, {"norm_eps": _TEXT_NORM_EPS})


def _vocoder_config(path: Path, common: ModelConfig) -> HiFiGANConfig | GriffinLimConfig:
    _require(path, normalize_before=False, leaky_relu_slope=0.1)
    return _translated(path, _VOCODER_KEYS, common.vocoder)


def _schedule_config(path: Path, common: ScheduleConfig) -> ScheduleConfig:
    _require(path, beta_schedule="scaled_linear", prediction_type="epsilon")
    return _translated(path, _SCHEDULE_KEYS, common)
