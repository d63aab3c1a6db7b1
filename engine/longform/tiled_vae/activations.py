"""The tensors between a decoder's layers, each either parked or computed when it is read."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from typing_extensions import override

from engine.longform.tiled_vae.attention import band_attended, fully_attended
from engine.longform.tiled_vae.local_ops import (
    Frames,
    HeldFrames,
    Normaliser,
    convolved,
    readable,
    upsampled,
    wrapped,
)
from engine.longform.tiled_vae.parts import AttentionPart, ResidualPart


class Activation(ABC):
    """One tensor of the decoder over the whole track.

    Attributes:
        channels: Its channels.
        num_frames: Its frames: ``scale`` times the latent frames.
        bins: Its frequency bins: ``scale`` times the latent bins.
        scale: Its frames per latent frame.
        feeds: The normalisation that needs statistics of this tensor, if one does.
        parked: (1, C, num_frames, bins) the whole tensor, if it is kept.
        device: Where the work is done.
        is_circular: Whether the end of the track goes over into its start.
    """

    def __init__(self, *, channels: int, num_frames: int, bins: int, scale: int) -> None:
        self.channels = channels
        self.num_frames = num_frames
        self.bins = bins
        self.scale = scale
        self.feeds: Normaliser | None = None
        self.parked: Tensor | None = None
        self.device = torch.device("cpu")
        self.is_circular = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the whole tensor."""
        return (1, self.channels, self.num_frames, self.bins)

    def read(self, start: int, end: int) -> Tensor:
        """(1, C, end - start, bins) values of the frames ``[start, end)``."""
        if self.parked is not None:
            return self.cut(self.parked, start, end).to(self.device)
        return self.computed(start, end)

    def cut(self, track: Tensor, start: int, end: int) -> Tensor:
        """Frames of a tensor over the whole track."""
        return wrapped(track, start, end) if self.is_circular else track[:, :, start:end]

    def held(self, values: Tensor, start: int) -> HeldFrames:
        """Some frames from ``start`` on, as a part of this tensor or of one of its length."""
        return HeldFrames(values, start, self.num_frames, is_circular=self.is_circular)

    @abstractmethod
    def computed(self, start: int, end: int) -> Tensor:
        """The same values, from the tensors before this one."""


class Stem(Activation):
    """``conv_in(post_quant_conv(latents))``."""

    def __init__(self, latents: Tensor, post_quant_conv: nn.Conv2d, conv_in: nn.Conv2d) -> None:
        super().__init__(
            channels=conv_in.out_channels,
            num_frames=latents.shape[2],
            bins=latents.shape[3],
            scale=1,
        )
        self._latents = latents
        self._post_quant_conv = post_quant_conv
        self._conv_in = conv_in

    @override
    def computed(self, start: int, end: int) -> Tensor:
        low, high = readable(self, start - 1, end + 1)
        latents = self.cut(self._latents, low, high)
        x = self._post_quant_conv(latents.to(self.device, self._post_quant_conv.weight.dtype))
        return convolved(self._conv_in, self.held(x, low), start, end)


class Hidden(Activation):
    """What a residual block has after its first convolution."""

    def __init__(self, part: ResidualPart, source: Activation, norm1: Normaliser) -> None:
        super().__init__(
            channels=part.conv1.out_channels,
            num_frames=source.num_frames,
            bins=source.bins,
            scale=source.scale,
        )
        self._part = part
        self._source = source
        self._norm1 = norm1

    @override
    def computed(self, start: int, end: int) -> Tensor:
        return self.computed_from(self._source, start, end)

    def computed_from(self, source: Frames, start: int, end: int) -> Tensor:
        """The values, from input frames that are already at hand."""
        return convolved(self._part.conv1, source, start, end, self._norm1)


class ResidualOutput(Activation):
    """What a residual block gives."""

    def __init__(
        self, part: ResidualPart, source: Activation, hidden: Hidden, norm2: Normaliser
    ) -> None:
        super().__init__(
            channels=part.conv2.out_channels,
            num_frames=source.num_frames,
            bins=source.bins,
            scale=source.scale,
        )
        self.source = source
        self.hidden = hidden
        self._part = part
        self._norm2 = norm2

    @property
    def can_overwrite_its_source(self) -> bool:
        """Whether only the frame itself is read of the source, and has the same size."""
        return self._part.shortcut is None

    @override
    def computed(self, start: int, end: int) -> Tensor:
        hidden: Frames = self.hidden
        if self.hidden.parked is not None:
            x = self.source.read(start, end)
        else:
            # The source may be costly to compute, so it is read once for both branches.
            low, high = readable(self, start - 2, end + 2)
            held = self.held(self.source.read(low, high), low)
            x = held.read(start, end)
            low, high = readable(self, start - 1, end + 1)
            hidden = self.held(self.hidden.computed_from(held, low, high), low)
        result = convolved(self._part.conv2, hidden, start, end, self._norm2)
        shortcut = self._part.shortcut
        if shortcut is not None:
            x = F.conv2d(x, shortcut.weight, shortcut.bias)
        return result.add_(x)


class Attended(Activation):
    """What the attention gives.

    Args:
        part: The layer.
        source: Its input.
        normaliser: Its normalisation.
        reach: Greatest distance in latent frames that is seen, or ``None`` for the whole track.
            Without a limit, keys and values must be set before anything is read.
    """

    def __init__(
        self, part: AttentionPart, source: Activation, normaliser: Normaliser, reach: int | None
    ) -> None:
        super().__init__(
            channels=part.to_out.out_features,
            num_frames=source.num_frames,
            bins=source.bins,
            scale=source.scale,
        )
        self.part = part
        self.source = source
        self.normaliser = normaliser
        self.reach = reach
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    @override
    def computed(self, start: int, end: int) -> Tensor:
        if self.reach is not None:
            return band_attended(
                self.part, self.normaliser, self.source, start, end, reach=self.reach
            )
        if self.keys is None or self.values is None:
            raise RuntimeError("full attention was read before its keys and values were gathered")
        x = self.source.read(start, end)
        keys, values = self.keys.to(self.device), self.values.to(self.device)
        return fully_attended(self.part, self.normaliser, x, keys, values)


class Upsampled(Activation):
    """What doubling and its convolution give."""

    def __init__(self, conv: nn.Conv2d, source: Activation) -> None:
        super().__init__(
            channels=conv.out_channels,
            num_frames=2 * source.num_frames,
            bins=2 * source.bins,
            scale=2 * source.scale,
        )
        self._conv = conv
        self._source = source

    @override
    def computed(self, start: int, end: int) -> Tensor:
        return upsampled(self._conv, self._source, start, end)
