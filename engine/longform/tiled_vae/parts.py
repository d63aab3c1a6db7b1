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
        _residual(vae, f"{middle}.resnets.0"),
        _attention(vae, f"{middle}.attentions.0"),
        _residual(vae, f"{middle}.resnets.1"),
    ]
    for level in _indices(vae, "decoder.up_blocks"):
        block = f"decoder.up_blocks.{level}"
        parts += [_residual(vae, f"{block}.resnets.{i}") for i in _indices(vae, f"{block}.resnets")]
        if _has(vae, f"{block}.upsamplers.0"):
            parts.append(UpsamplePart(conv=_conv(vae, f"{block}.upsamplers.0.conv", 3)))
    return DecoderParts(
        post_quant_conv=_conv(vae, "post_quant_conv", 1),
        conv_in=_conv(vae, "decoder.conv_in", 3),
        parts=tuple(parts),
        norm_out=_module(vae, "decoder.conv_norm_out", nn.GroupNorm),
        conv_out=_conv(vae, "decoder.conv_out", 3),
    )


def _residual(vae: nn.Module, path: str) -> ResidualPart:
    shortcut = f"{path}.conv_shortcut"
    return ResidualPart(
        norm1=_module(vae, f"{path}.norm1", nn.GroupNorm),
        conv1=_conv(vae, f"{path}.conv1", 3),
        norm2=_module(vae, f"{path}.norm2", nn.GroupNorm),
        conv2=_conv(vae, f"{path}.conv2", 3),
        shortcut=_conv(vae, shortcut, 1) if _has(vae, shortcut) else None,
    )


def _attention(vae: nn.Module, path: str) -> AttentionPart:
    return AttentionPart(
        norm=_module(vae, f"{path}.group_norm", nn.GroupNorm),
        to_q=_module(vae, f"{path}.to_q", nn.Linear),
        to_k=_module(vae, f"{path}.to_k", nn.Linear),
        to_v=_module(vae, f"{path}.to_v", nn.Linear),
        to_out=_module(vae, f"{path}.to_out.0", nn.Linear),
    )


def _conv(vae: nn.Module, path: str, size: int) -> nn.Conv2d:
    conv = _module(vae, path, nn.Conv2d)
    if conv.kernel_size != (size, size) or conv.stride != (1, 1) or conv.dilation != (1, 1):
        raise TypeError(f"{path} must be a plain {size} by {size} convolution, got {conv}")
    return conv


def _module(vae: nn.Module, path: str, kind: type[ModuleT]) -> ModuleT:
    try:
        found = vae.get_submodule(path)
    except AttributeError as error:
        raise TypeError(f"the VAE has no {path}") from error
    if not isinstance(found, kind):
        raise TypeError(f"{path} must be a {kind.__name__}, got {type(found).__name__}")
    return found


def _has(vae: nn.Module, path: str) -> bool:
    return any(name == path for name, _ in vae.named_modules())


def _indices(vae: nn.Module, path: str) -> Iterator[int]:
    return iter(range(len(_module(vae, path, nn.ModuleList))))
