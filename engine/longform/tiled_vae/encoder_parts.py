"""The layers of a VAE encoder, found by their diffusers names."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from engine.longform.tiled_vae.parts import (
    AttentionPart,
    ResidualPart,
    attention_part,
    found_module,
    has_module,
    list_indices,
    plain_conv,
    residual_part,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DownsamplePart:
    """A convolution with stride 2, after one row and one column of zeros at the end only."""

    conv: nn.Conv2d


EncoderPart = ResidualPart | AttentionPart | DownsamplePart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncoderParts:
    """A whole encoder, in the order of its work."""

    conv_in: nn.Conv2d
    parts: tuple[EncoderPart, ...]
    norm_out: nn.GroupNorm
    conv_out: nn.Conv2d
    quant_conv: nn.Conv2d

    @property
    def reduction(self) -> int:
        """Mel frames per latent frame."""
        return 1 << sum(isinstance(part, DownsamplePart) for part in self.parts)


def encoder_parts(vae: nn.Module) -> EncoderParts:
    """Find the encoder's layers.

    Args:
        vae: A module with ``encoder`` and ``quant_conv``, named as in diffusers.

    Returns:
        Its layers; no copies.

    Raises:
        TypeError: A layer is missing or of another kind; the message names it.
    """
    parts: list[EncoderPart] = []
    for level in list_indices(vae, "encoder.down_blocks"):
        block = f"encoder.down_blocks.{level}"
        parts += [
            residual_part(vae, f"{block}.resnets.{i}")
            for i in list_indices(vae, f"{block}.resnets")
        ]
        if has_module(vae, f"{block}.downsamplers.0"):
            parts.append(_downsample(vae, f"{block}.downsamplers.0.conv"))
    middle = "encoder.mid_block"
    parts += [
        residual_part(vae, f"{middle}.resnets.0"),
        attention_part(vae, f"{middle}.attentions.0"),
        residual_part(vae, f"{middle}.resnets.1"),
    ]
    return EncoderParts(
        conv_in=plain_conv(vae, "encoder.conv_in", 3),
        parts=tuple(parts),
        norm_out=found_module(vae, "encoder.conv_norm_out", nn.GroupNorm),
        conv_out=plain_conv(vae, "encoder.conv_out", 3),
        quant_conv=plain_conv(vae, "quant_conv", 1),
    )


def _downsample(vae: nn.Module, path: str) -> DownsamplePart:
    conv = found_module(vae, path, nn.Conv2d)
    if conv.kernel_size != (3, 3) or conv.stride != (2, 2) or conv.padding != (0, 0):
        raise TypeError(
            f"{path} must be a 3 by 3 convolution with stride 2 and no padding, got {conv}"
        )
    return DownsamplePart(conv=conv)
