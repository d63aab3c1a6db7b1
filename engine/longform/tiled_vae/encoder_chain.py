"""An encoder as a chain of activations, and the normalisations between them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from typing_extensions import override

from engine.longform.tiled_vae.activations import Activation
from engine.longform.tiled_vae.connect import connected
from engine.longform.tiled_vae.encoder_parts import EncoderParts
from engine.longform.tiled_vae.local_ops import Frames, Normaliser, convolved, readable


class MelStem(Activation):
    """``conv_in(mel)``.

    Args:
        mel: (1, 1, T, M) the spectrogram, read where it lies: it may be a mapped file.
        conv_in: The layer.
        scale: Mel frames per latent frame.
    """

    def __init__(self, mel: Tensor, conv_in: nn.Conv2d, *, scale: int) -> None:
        super().__init__(
            channels=conv_in.out_channels,
            num_frames=mel.shape[2],
            bins=mel.shape[3],
            scale=scale,
        )
        self._mel = mel
        self._conv_in = conv_in

    @override
    def computed(self, start: int, end: int) -> Tensor:
        low, high = readable(self, start - 1, end + 1)
        x = self.cut(self._mel, low, high).to(self.device)
        return convolved(self._conv_in, self.held(x, low), start, end)


class Downsampled(Activation):
    """What a convolution with stride 2 gives."""

    def __init__(self, conv: nn.Conv2d, source: Activation) -> None:
        super().__init__(
            channels=conv.out_channels,
            num_frames=source.num_frames // 2,
            bins=source.bins // 2,
            scale=source.scale // 2,
        )
        self._conv = conv
        self._source = source

    @override
    def computed(self, start: int, end: int) -> Tensor:
        return downsampled(self._conv, self._source, start, end)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncoderChain:
    """All tensors of one encode.

    Attributes:
        parts: The layers.
        activations: In the order of the work; the last one feeds the output layer.
        normalisers: In the order of the work.
    """

    parts: EncoderParts
    activations: tuple[Activation, ...]
    normalisers: tuple[Normaliser, ...]

    def mean(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, F) posterior mean; every statistic must be known."""
        last = self.activations[-1]
        x = convolved(self.parts.conv_out, last, start, end, self.normalisers[-1])
        moments: Tensor = self.parts.quant_conv(x)
        return moments.chunk(2, dim=1)[0]


def encoder_chain(
    parts: EncoderParts,
    mel: Tensor,
    *,
    attention_reach: int | None,
    device: torch.device,
    is_circular: bool = False,
) -> EncoderChain:
    """Connect the layers to the spectrogram of a track.

    Args:
        parts: The layers.
        mel: (1, 1, T, M) natural-log mel, anywhere.
        attention_reach: Latent frames that attention sees on each side, or ``None`` for all.
        device: Where the work is done.
        is_circular: Whether the end of the track goes over into its start.

    Returns:
        The chain, with nothing computed.
    """
    activations, normalisers = connected(
        MelStem(mel, parts.conv_in, scale=parts.reduction),
        parts.parts,
        parts.norm_out,
        resampled=lambda part, source: Downsampled(part.conv, source),
        attention_reach=attention_reach,
        device=device,
        is_circular=is_circular,
    )
    return EncoderChain(parts=parts, activations=activations, normalisers=normalisers)


def downsampled(conv: nn.Conv2d, frames: Frames, start: int, end: int) -> Tensor:
    """A 3 by 3 convolution with stride 2 on ``[start, end)`` of the halved track.

    Frame ``j`` reads the frames ``2 j`` to ``2 j + 2``; one row and one column of zeros follow the
    end, none come before the start. On a circle there is no end, and the start follows.

    Returns:
        (1, C', end - start, F / 2).
    """
    low, high = readable(frames, 2 * start, 2 * end + 1)
    x = F.pad(frames.read(low, high), (0, 1, 0, 2 * end + 1 - high))
    return F.conv2d(x, conv.weight, conv.bias, stride=2)
