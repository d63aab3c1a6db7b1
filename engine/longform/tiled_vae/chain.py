"""A decoder as a chain of activations, and the normalisations between them."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.longform.tiled_vae.activations import Activation, Stem, Upsampled
from engine.longform.tiled_vae.connect import connected
from engine.longform.tiled_vae.local_ops import Normaliser, convolved
from engine.longform.tiled_vae.parts import (
    AttentionPart,
    DecoderParts,
    ResidualPart,
    UpsamplePart,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecoderChain:
    """All tensors of one decode.

    Attributes:
        parts: The layers.
        activations: In the order of the work; the last one feeds the output layer.
        normalisers: In the order of the work.
    """

    parts: DecoderParts
    activations: tuple[Activation, ...]
    normalisers: tuple[Normaliser, ...]

    @property
    def last(self) -> Activation:
        """Input of the output layer."""
        return self.activations[-1]

    def mel(self, start: int, end: int) -> Tensor:
        """(1, 1, end - start, M) mel frames; every statistic must be known."""
        return convolved(self.parts.conv_out, self.last, start, end, self.normalisers[-1])


def decoder_chain(
    parts: DecoderParts,
    latents: Tensor,
    *,
    attention_reach: int | None,
    is_circular: bool = False,
) -> DecoderChain:
    """Connect the layers to the latents of a track.

    Args:
        parts: The layers.
        latents: (1, C, T, F) unscaled latents, on the device where the work is done.
        attention_reach: Latent frames that attention sees on each side, or ``None`` for all.
        is_circular: Whether the end of the track goes over into its start.

    Returns:
        The chain, with nothing computed.
    """
    activations, normalisers = connected(
        Stem(latents, parts.post_quant_conv, parts.conv_in),
        parts.parts,
        parts.norm_out,
        resampled=lambda part, source: Upsampled(part.conv, source),
        attention_reach=attention_reach,
        device=latents.device,
        is_circular=is_circular,
    )
    return DecoderChain(parts=parts, activations=activations, normalisers=normalisers)


def mel_range_reached(
    parts: DecoderParts, start_latent_frame: int, end_latent_frame: int
) -> tuple[int, int]:
    """Mel frames that latents can change through the convolutions.

    Statistics and attention reach further; pinned statistics remove the one, and the other is
    faint and left out on purpose, so that an edit stays local.

    Args:
        parts: The layers.
        start_latent_frame: First changed latent frame.
        end_latent_frame: First latent frame after the change.

    Returns:
        First mel frame and first mel frame after; for AudioLDM ``4 start - 66, 4 end + 66``.
    """
    start, end = start_latent_frame - 1, end_latent_frame + 1
    for part in parts.parts:
        match part:
            case ResidualPart():
                start, end = start - 2, end + 2
            case UpsamplePart():
                start, end = 2 * start - 1, 2 * end + 1
            case AttentionPart():
                pass
    return start - 1, end + 1
