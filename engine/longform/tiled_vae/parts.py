"""The layers of a VAE decoder, found by their diffusers names.

Shapes come from the modules, so any width, depth and number of levels works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn

ModuleT = TypeVar("ModuleT", bound=nn.Module)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResidualPart:
    """``shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))``."""

    norm1: nn.GroupNorm
    conv1: nn.Conv2d
    norm2: nn.GroupNorm
    conv2: nn.Conv2d
    shortcut: nn.Conv2d | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttentionPart:
    """``x + to_out(attention(norm(x)))`` with one head over all positions."""

    norm: nn.GroupNorm
    to_q: nn.Linear
    to_k: nn.Linear
    to_v: nn.Linear
    to_out: nn.Linear


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UpsamplePart:
    """Doubling by repetition in time and frequency, then a convolution."""

    conv: nn.Conv2d


Part = ResidualPart | AttentionPart | UpsamplePart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecoderParts:
    """A whole decoder, in the order of its work."""

    post_quant_conv: nn.Conv2d
    conv_in: nn.Conv2d
    parts: tuple[Part, ...]
    norm_out: nn.GroupNorm
    conv_out: nn.Conv2d

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the features between the layers."""
        return self.conv_in.weight.dtype


def decoder_parts(vae: nn.Module) -> DecoderParts:
    """Find the decoder's layers.

    Args:
        vae: A module with ``post_quant_conv`` and ``decoder``, named as in diffusers.

    Returns:
        Its layers; no copies.

    Raises:
        TypeError: A layer is missing or of another kind; the message names it.
    """
    middle = "decoder.mid_block"
    parts: list[Part] = [
        residual_part(vae, f"{middle}.resnets.0"),
        attention_part(vae, f"{middle}.attentions.0"),
        residual_part(vae, f"{middle}.resnets.1"),
    ]
    for level in list_indices(vae, "decoder.up_blocks"):
        block = f"decoder.up_blocks.{level}"
        parts += [
            residual_part(vae, f"{block}.resnets.{i}")
            for i in list_indices(vae, f"{block}.resnets")
        ]
        if has_module(vae, f"{block}.upsamplers.0"):
            parts.append(UpsamplePart(conv=plain_conv(vae, f"{block}.upsamplers.0.conv", 3)))
    return DecoderParts(
        post_quant_conv=plain_conv(vae, "post_quant_conv", 1),
        conv_in=plain_conv(vae, "decoder.conv_in", 3),
        parts=tuple(parts),
        norm_out=found_module(vae, "decoder.conv_norm_out", nn.GroupNorm),
        conv_out=plain_conv(vae, "decoder.conv_out", 3),
    )


def residual_part(vae: nn.Module, path: str) -> ResidualPart:
    """The residual block at a path, such as ``decoder.mid_block.resnets.0``."""
    shortcut = f"{path}.conv_shortcut"
    return ResidualPart(
        norm1=found_module(vae, f"{path}.norm1", nn.GroupNorm),
        conv1=plain_conv(vae, f"{path}.conv1", 3),
        norm2=found_module(vae, f"{path}.norm2", nn.GroupNorm),
        conv2=plain_conv(vae, f"{path}.conv2", 3),
        shortcut=plain_conv(vae, shortcut, 1) if has_module(vae, shortcut) else None,
    )


def attention_part(vae: nn.Module, path: str) -> AttentionPart:
    """The attention at a path, such as ``decoder.mid_block.attentions.0``."""
    return AttentionPart(
        norm=found_module(vae, f"{path}.group_norm", nn.GroupNorm),
        to_q=found_module(vae, f"{path}.to_q", nn.Linear),
        to_k=found_module(vae, f"{path}.to_k", nn.Linear),
        to_v=found_module(vae, f"{path}.to_v", nn.Linear),
        to_out=found_module(vae, f"{path}.to_out.0", nn.Linear),
    )


def plain_conv(vae: nn.Module, path: str, size: int) -> nn.Conv2d:
    """The ``size`` by ``size`` convolution at a path, without stride or dilation."""
    conv = found_module(vae, path, nn.Conv2d)
    if conv.kernel_size != (size, size) or conv.stride != (1, 1) or conv.dilation != (1, 1):
        raise TypeError(f"{path} must be a plain {size} by {size} convolution, got {conv}")
    return conv


def found_module(vae: nn.Module, path: str, kind: type[ModuleT]) -> ModuleT:
    """The module at a path; ``TypeError`` if there is none, or one of another kind."""
    try:
        found = vae.get_submodule(path)
    except AttributeError as error:
        raise TypeError(f"the VAE has no {path}") from error
    if not isinstance(found, kind):
        raise TypeError(f"{path} must be a {kind.__name__}, got {type(found).__name__}")
    return found


def has_module(vae: nn.Module, path: str) -> bool:
    """Whether there is a module at a path."""
    return any(name == path for name, _ in vae.named_modules())


def list_indices(vae: nn.Module, path: str) -> Iterator[int]:
    """Numbers of the modules in the list at a path."""
    return iter(range(len(found_module(vae, path, nn.ModuleList))))
