"""Tensor names of others, translated to those of our modules.

Our modules carry the names of current diffusers and transformers. The original AudioLDM
checkpoint holds everything in one file under its own names; the published diffusers folders hold
an older naming of the autoencoder's attention and a few buffers that nobody needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

UNET_PREFIX = "model.diffusion_model."
EMA_PREFIX = "model_ema."
VAE_PREFIX = "first_stage_model."
VOCODER_PREFIX = "first_stage_model.vocoder."
CLAP_PREFIX = "cond_stage_model.model."

# The noise schedule, which is computed, and the state of the averaging.
_UNUSED_ROOT = re.compile(
    r"betas|logvar|alphas_cumprod|alphas_cumprod_prev"
    r"|sqrt_alphas_cumprod|sqrt_one_minus_alphas_cumprod|log_one_minus_alphas_cumprod"
    r"|sqrt_recip_alphas_cumprod|sqrt_recipm1_alphas_cumprod"
    r"|posterior_variance|posterior_log_variance_clipped|posterior_mean_coef[12]"
    r"|model_ema\.decay|model_ema\.num_updates"
)
# Training heads, feature extractors that we compute, and buffers that follow from the sizes.
_UNUSED_CLAP = re.compile(
    r"text_branch\.embeddings\.(position_ids|token_type_ids)"
    r"|(text|audio)_transform\.sequential\.\d+\.(weight|bias)"
    r"|logit_scale_[at]"
    r"|audio_branch\.(spectrogram_extractor|logmel_extractor|tscam_conv|head)\..+"
    r"|audio_branch\.layers\.\d+\.blocks\.\d+\.(attn_mask|attn\.relative_position_index)"
)
_DERIVED = re.compile(r"(.+\.)?(position_ids|token_type_ids|relative_position_index)")

_RES_BLOCK = {
    "in_layers.0": "norm1",
    "in_layers.2": "conv1",
    "emb_layers.1": "time_emb_proj",
    "out_layers.0": "norm2",
    "out_layers.3": "conv2",
    "skip_connection": "conv_shortcut",
}
_UNET_OUTER = {
    "time_embed.0": "time_embedding.linear_1",
    "time_embed.2": "time_embedding.linear_2",
    "film_emb": "class_embedding",
    "input_blocks.0.0": "conv_in",
    "out.0": "conv_norm_out",
    "out.2": "conv_out",
}
_MIDDLE = {"0": "resnets.0", "1": "attentions.0", "2": "resnets.1"}
_VAE_ATTENTION = {
    "norm": "group_norm",
    "q": "to_q",
    "k": "to_k",
    "v": "to_v",
    "proj_out": "to_out.0",
    "query": "to_q",
    "key": "to_k",
    "value": "to_v",
    "proj_attn": "to_out.0",
}
_SWIN = {
    "norm1": "layernorm_before",
    "norm2": "layernorm_after",
    "attn.proj": "attention.output.dense",
    "attn.relative_position_bias_table": "attention.self.relative_position_bias_table",
    "mlp.fc1": "intermediate.dense",
    "mlp.fc2": "output.dense",
}


@dataclass(slots=True)
class OriginalTensors:
    """The parts of an original checkpoint under our names.

    Attributes:
        unet: Averaged weights where the file has them, else the raw ones.
        vae: Autoencoder.
        vocoder: HiFi-GAN.
        text: Text tower.
        audio: Audio tower; empty if the file has none.
        scale_factor: The latent's scaling factor, or ``None``.
        unknown: Names that no AudioLDM checkpoint has.
        has_averages: Whether ``unet`` holds the averaged weights.
    """

    unet: dict[str, Tensor] = field(default_factory=dict)
    vae: dict[str, Tensor] = field(default_factory=dict)
    vocoder: dict[str, Tensor] = field(default_factory=dict)
    text: dict[str, Tensor] = field(default_factory=dict)
    audio: dict[str, Tensor] = field(default_factory=dict)
    scale_factor: float | None = None
    unknown: list[str] = field(default_factory=list)
    has_averages: bool = False


def averaged_key(raw_key: str) -> str:
    """Name of the moving average of a raw UNet tensor.

    Args:
        raw_key: Such as ``model.diffusion_model.out.2.weight``.

    Returns:
        Such as ``model_ema.diffusion_modelout2weight``.
    """
    return EMA_PREFIX + raw_key.removeprefix("model.").replace(".", "")


def split_original(
    tensors: Mapping[str, Tensor], *, layers_per_block: int, num_vae_levels: int
) -> OriginalTensors:
    """Sort the tensors of an original checkpoint into networks, under our names.

    Args:
        tensors: The ``state_dict`` of the file.
        layers_per_block: Residual blocks per level of the UNet on the way down.
        num_vae_levels: Levels of the autoencoder.

    Returns:
        The parts; values are the same tensors, split or reshaped as views.
    """
    parts = OriginalTensors()
    remaining = _split_unet(parts, tensors, layers_per_block)
    for key in remaining:
        tensor = tensors[key]
        if key == "scale_factor":
            parts.scale_factor = float(tensor)
        elif key.startswith(VOCODER_PREFIX):
            name = vocoder_name(key.removeprefix(VOCODER_PREFIX))
            _put(parts.vocoder, name, key, tensor, parts.unknown)
        elif key.startswith(VAE_PREFIX):
            name = vae_name(key.removeprefix(VAE_PREFIX), num_levels=num_vae_levels)
            _put(parts.vae, name, key, _as_linear(name, tensor), parts.unknown)
        elif key.startswith(CLAP_PREFIX):
            _put_clap(parts, key, tensor)
        elif not _UNUSED_ROOT.fullmatch(key):
            parts.unknown.append(key)
    return parts


def _split_unet(
    parts: OriginalTensors, tensors: Mapping[str, Tensor], layers_per_block: int
) -> list[str]:
    """Take the UNet, averaged if the file has any averages; the names of all other tensors."""
    averages = {averaged_key(key): key for key in tensors if key.startswith(UNET_PREFIX)}
    parts.has_averages = any(key in tensors for key in averages)
    remaining = []
    for key, tensor in tensors.items():
        is_raw = key.startswith(UNET_PREFIX)
        if key in averages or (is_raw and not parts.has_averages):
            raw_key = averages.get(key, key)
            name = unet_name(raw_key.removeprefix(UNET_PREFIX), layers_per_block=layers_per_block)
            _put(parts.unet, name, raw_key, tensor, parts.unknown)
        elif not is_raw:
            remaining.append(key)
    return remaining


def _put(
    part: dict[str, Tensor], name: str | None, key: str, tensor: Tensor, unknown: list[str]
) -> None:
    if name is None:
        unknown.append(key)
    else:
        part[name] = tensor


def _put_clap(parts: OriginalTensors, key: str, tensor: Tensor) -> None:
    original = key.removeprefix(CLAP_PREFIX)
    if _UNUSED_CLAP.fullmatch(original):
        return
    if original.startswith(("text_branch.", "text_projection.")):
        _put(parts.text, text_name(original), key, tensor, parts.unknown)
    elif match := re.fullmatch(r"(audio_branch\..+)\.attn\.qkv\.(weight|bias)", original):
        prefix, kind = match.groups()
        block = audio_name(f"{prefix}.attn.proj.{kind}")
        if block is None or tensor.shape[0] % 3:
            parts.unknown.append(key)
            return
        for role, rows in zip(("query", "key", "value"), tensor.chunk(3), strict=True):
            parts.audio[block.replace("output.dense", f"self.{role}")] = rows
    else:
        _put(parts.audio, audio_name(original), key, tensor, parts.unknown)


def unet_name(original: str, *, layers_per_block: int) -> str | None:
    """Our name of an original UNet tensor without its prefix, or ``None`` if there is none."""
    stem, _, kind = original.rpartition(".")
    if stem in _UNET_OUTER:
        return f"{_UNET_OUTER[stem]}.{kind}"
    if match := re.fullmatch(r"middle_block\.([012])\.(.+)", original):
        return f"mid_block.{_MIDDLE[match[1]]}.{_inner(match[2])}"
    match = re.fullmatch(r"(input|output)_blocks\.(\d+)\.([012])\.(.+)", original)
    if match is None:
        return None
    is_down = match[1] == "input"
    # The input's blocks are counted from one: the first is the plain convolution.
    level, slot = divmod(int(match[2]) - is_down, layers_per_block + 1)
    side = "down" if is_down else "up"
    if match[4].startswith(("op.", "conv.")):
        return f"{side}_blocks.{level}.{side}samplers.0.conv.{kind}"
    role = "resnets" if match[3] == "0" else "attentions"
    return f"{side}_blocks.{level}.{role}.{slot}.{_inner(match[4])}"


def _inner(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{_RES_BLOCK[stem]}.{kind}" if stem in _RES_BLOCK else name


def vae_name(original: str, *, num_levels: int) -> str | None:
    """Our name of an autoencoder tensor in any of the three namings, or ``None``."""
    name = re.sub(
        r"^encoder\.down\.(\d+)\.block\.(\d+)\.", r"encoder.down_blocks.\1.resnets.\2.", original
    )
    name = re.sub(
        r"^encoder\.down\.(\d+)\.downsample\.", r"encoder.down_blocks.\1.downsamplers.0.", name
    )
    if match := re.match(r"decoder\.up\.(\d+)\.(block\.(\d+)|upsample)\.", name):
        # The original counts the decoder's levels from the output.
        level = num_levels - 1 - int(match[1])
        inner = f"resnets.{match[3]}" if match[3] else "upsamplers.0"
        name = f"decoder.up_blocks.{level}.{inner}.{name[match.end() :]}"
    name = re.sub(r"\.mid\.block_([12])\.", lambda m: f".mid_block.resnets.{int(m[1]) - 1}.", name)
    name = name.replace(".mid.attn_1.", ".mid_block.attentions.0.")
    name = name.replace(".norm_out.", ".conv_norm_out.").replace(
        ".nin_shortcut.", ".conv_shortcut."
    )
    if match := re.fullmatch(r"(.+\.attentions\.0)\.(\w+)\.(weight|bias)", name):
        name = f"{match[1]}.{_VAE_ATTENTION.get(match[2], match[2])}.{match[3]}"
    if not name.startswith(("encoder.", "decoder.", "quant_conv.", "post_quant_conv.")):
        return None
    return name


def _as_linear(name: str | None, tensor: Tensor) -> Tensor:
    """The original's 1 x 1 convolutions of the attention, (C, C, 1, 1), as (C, C) matrices."""
    is_attention = name is not None and ".attentions." in name
    if is_attention and tensor.ndim == 4 and tensor.shape[2:] == (1, 1):
        return tensor[:, :, 0, 0]
    return tensor


def vocoder_name(original: str) -> str | None:
    """Our name of an original vocoder tensor without its prefix, or ``None``."""
    name = re.sub(r"^ups\.", "upsampler.", original)
    known = ("upsampler.", "conv_pre.", "conv_post.", "resblocks.")
    return name if name.startswith(known) else None


def text_name(original: str) -> str | None:
    """Our name of an original text tower tensor without its prefix, or ``None``."""
    if original.startswith("text_branch."):
        return "text_model." + original.removeprefix("text_branch.")
    return _projection_name(original)


def audio_name(original: str) -> str | None:
    """Our name of an original audio tower tensor, other than the joint ``qkv``, or ``None``."""
    if not original.startswith("audio_branch."):
        return _projection_name(original)
    name = original.removeprefix("audio_branch.")
    name = re.sub(r"^bn0\.", "batch_norm.", name)
    if match := re.fullmatch(r"(layers\.\d+\.blocks\.\d+)\.(.+?)(\.weight|\.bias)?", name):
        if match[2] not in _SWIN:
            return None
        name = f"{match[1]}.{_SWIN[match[2]]}{match[3] or ''}"
    return f"audio_model.audio_encoder.{name}"


def _projection_name(original: str) -> str | None:
    match = re.fullmatch(r"((?:text|audio)_projection)\.([02])\.(weight|bias)", original)
    if match is None:
        return None
    return f"{match[1]}.linear{1 if match[2] == '0' else 2}.{match[3]}"


def from_diffusers_vae(tensors: Mapping[str, Tensor], *, num_levels: int) -> dict[str, Tensor]:
    """The autoencoder of a diffusers folder, in either naming, under our names."""
    renamed: dict[str, Tensor] = {}
    for key, tensor in tensors.items():
        name = vae_name(key, num_levels=num_levels) or key
        renamed[name] = _as_linear(name, tensor)
    return renamed


def without_derived(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A tower from transformers, less the buffers that follow from its sizes."""
    return _kept(tensors, lambda key: not _DERIVED.fullmatch(key))


def without_normaliser(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A vocoder from transformers, less the mean and scale that ``normalize_before`` would use."""
    return _kept(tensors, lambda key: key not in ("mean", "scale"))


def _kept(tensors: Mapping[str, Tensor], wanted: Callable[[str], bool]) -> dict[str, Tensor]:
    names: Iterable[str] = filter(wanted, tensors)
    return {name: tensors[name] for name in names}
