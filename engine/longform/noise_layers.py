"""The noise of a track as a stack of layers that travel with the material.

A layer is noise of one address (seed, stream, take) with its own numbering of frames; it knows
which of its frames can be seen and how far they were moved. Cutting or inserting time only changes
those two, so that kept frames keep every bit of their noise, cross-fades included: a layer reads
its noise and its fades by its own frame numbers (*ripple invariance*; longform.md 11.3).

    own frames       0 1 2 3 4 5 6 7 8 9        visible 0..4 and 6..10
    after a cut      0 1 2 3 6 7 8 9            two layers: shift 0, and shift -2

Shape letters in this file:
    C  latent channels
    T  latent frames asked for
    F  latent frequency bins
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.diffusion.noise import position_keyed_noise
from engine.longform.placement import PlacedSpan

_REFERENCE_PURPOSE = 1
"""Keeps the noise that repeats along a piece apart from the noise of its frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLayer:
    """Noise laid over a range; where it fades or is not seen, what lies below shows.

    All frames but those of the track are the layer's own: ``track frame = own frame + shift``.

    Attributes:
        seed: The user's integer.
        stream: Number of the lane's stream.
        take: Number of the noise take.
        start: First frame of the range.
        end: First frame after it.
        strength: 0 < strength <= 1; 1 replaces the noise below, less mixes with it.
        fade_in_frames: Frames over which it comes in after ``start``; 0 for a hard edge.
        fade_out_frames: Frames over which it goes before ``end``.
        visible_start: First frame that can be seen.
        visible_end: First frame after those.
        shift: Added to an own frame to get the frame of the track.
        shared: Power of noise that repeats, 0 to 1 (longform.md 4.4); initial noise only.
        period: After how many frames it repeats.
        shared_take: Number of the noise take that repeats.
        stored: Number of the stored array that stands for the initial noise, its first frame being
            ``start``; ``None`` for noise that is drawn.
    """

    seed: int
    stream: int
    take: int
    start: int
    end: int
    strength: float = 1.0
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    visible_start: int
    visible_end: int
    shift: int = 0
    shared: float = 0.0
    period: int = 1
    shared_take: int = 0
    stored: int | None = None

    def __post_init__(self) -> None:
        if not self.start <= self.visible_start < self.visible_end <= self.end:
            raise ValueError(
                f"what is seen, [{self.visible_start}, {self.visible_end}), must be a part of the"
                f" layer, [{self.start}, {self.end}), and not empty"
            )
        if not (0.0 < self.strength <= 1.0 and 0.0 <= self.shared <= 1.0 and self.period >= 1):
            raise ValueError(
                "strength must lie in (0, 1], shared in 0..1 and period be at least 1, got"
                f" {self.strength}, {self.shared} and {self.period}"
            )

    @property
    def track_start(self) -> int:
        """First frame of the track in which it can be seen."""
        return self.visible_start + self.shift

    @property
    def track_end(self) -> int:
        """First frame of the track after those."""
        return self.visible_end + self.shift

    def angles(self, start: int, end: int) -> Tensor:
        """Angle between the noise below (0) and this one (pi / 2) in frames of the track.

        Args:
            start: First frame of the track; must be visible.
            end: First frame after the range.

        Returns:
            (end - start,) float64 radians.
        """
        centres = torch.arange(start - self.shift, end - self.shift, dtype=torch.float64) + 0.5
        rise = torch.ones_like(centres)
        if self.fade_in_frames:
            rise = torch.minimum(rise, (centres - self.start) / self.fade_in_frames)
        if self.fade_out_frames:
            rise = torch.minimum(rise, (self.end - centres) / self.fade_out_frames)
        return rise * self.strength * math.pi / 2

    def placed(self, span: PlacedSpan) -> NoiseLayer | None:
        """What a stretch of the track takes along of this layer; ``None`` if nothing."""
        start, end = max(self.track_start, span.start), min(self.track_end, span.end)
        if start >= end:
            return None
        return replace(
            self,
            visible_start=start - self.shift,
            visible_end=end - self.shift,
            shift=self.shift + span.shift,
        )


def whole_layer(
    *,
    seed: int,
    stream: int,
    take: int,
    start: int,
    end: int,
    shared: float = 0.0,
    period: int = 1,
    shared_take: int | None = None,
) -> NoiseLayer:
    """Noise that covers the track's frames ``[start, end)`` fully."""
    return NoiseLayer(
        seed=seed,
        stream=stream,
        take=take,
        start=start,
        end=end,
        visible_start=start,
        visible_end=end,
        shared=shared,
        period=period,
        shared_take=take if shared_take is None else shared_take,
    )


def placed_layers(
    layers: Sequence[NoiseLayer], spans: Iterable[PlacedSpan]
) -> tuple[NoiseLayer, ...]:
    """The layers of a track that is put together from stretches of another.

    Args:
        layers: Noise of the other track, bottom first.
        spans: The stretches; no two of them overlap where they are put.

    Returns:
        Noise of the new track, bottom first; nothing where no stretch lies.
    """
    ordered = sorted(spans, key=lambda span: span.target_start)
    result: list[NoiseLayer] = []
    for layer in layers:
        for span in ordered:
            part = layer.placed(span)
            if part is not None:
                _add_joined(result, part)
    return tuple(result)


def _add_joined(layers: list[NoiseLayer], part: NoiseLayer) -> None:
    """Append a part of a layer, to the part before it if the two were one and meet again."""
    before = layers[-1] if layers else None
    if (
        before is not None
        and (before.start, before.end) == (part.start, part.end)
        and before.visible_end == part.visible_start
    ):
        joined = replace(before, visible_end=part.visible_end)
        if joined == replace(part, visible_start=before.visible_start):
            layers[-1] = joined
            return
    layers.append(part)


def feathered_noise(old: Tensor, new: Tensor, angles: Tensor) -> Tensor:
    """``cos(angle) * old + sin(angle) * new``; exactly ``old`` at 0, exactly ``new`` at pi / 2.

    Args:
        old: (1, C, T, F) unit noise.
        new: (1, C, T, F) independent unit noise.
        angles: (T,) radians.

    Returns:
        (1, C, T, F) unit noise in the dtype of ``old``.
    """
    angles = angles.to(device=old.device).view(1, 1, -1, 1)
    mixed = (torch.cos(angles) * old + torch.sin(angles) * new).to(old.dtype)
    mixed = torch.where(angles == 0.0, old, mixed)
    return torch.where(angles == math.pi / 2, new.to(old.dtype), mixed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayeredNoise:
    """Noise of a stack of layers; implements :class:`engine.longform.frame_noise.FrameNoise`.

    Only frames that are asked for and can be seen are drawn.

    Attributes:
        layers: Bottom first.
        stored: (C, T', F) float32 arrays that layers refer to by number.
        channels: Latent channels C.
        bins: Latent frequency bins F.
        device: Where the noise is wanted; it is always drawn on the CPU.
    """

    layers: tuple[NoiseLayer, ...]
    stored: tuple[Tensor, ...] = ()
    channels: int
    bins: int
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def __call__(self, step: int, start: int, end: int, /) -> Tensor:
        """Noise (1, C, end - start, F) of the track's frames; see ``FrameNoise``.

        Raises:
            ValueError: No layer covers a frame.
        """
        noise = torch.zeros(1, self.channels, end - start, self.bins)
        references: dict[tuple[int, ...], Tensor] = {}
        for layer, first, last in self._seen(start, end):
            angles = layer.angles(first, last)
            frames = slice(first - start, last - start)
            drawn = self._drawn(layer, step, first, last)
            noise[:, :, frames] = feathered_noise(noise[:, :, frames], drawn, angles)
            _share_power(references, layer, step, angles, frames, end - start)
        for reference, power in references.items():
            drawn = self._reference(reference, start, end)
            noise += power.sqrt().view(1, 1, -1, 1).to(noise) * drawn
        return noise.to(self.device)

    def _seen(self, start: int, end: int) -> list[tuple[NoiseLayer, int, int]]:
        """Layers, bottom first, with the frames in which something of them may be heard."""
        is_open = torch.ones(end - start, dtype=torch.bool)
        seen: list[tuple[NoiseLayer, int, int]] = []
        for layer in reversed(self.layers):
            first, last = max(start, layer.track_start), min(end, layer.track_end)
            wanted = is_open[first - start : last - start] if first < last else is_open[:0]
            places = wanted.nonzero().flatten()
            if len(places) == 0:
                continue
            first, last = first + int(places[0]), first + int(places[-1]) + 1
            is_open[first - start : last - start] &= layer.angles(first, last) < math.pi / 2
            seen.append((layer, first, last))
        if is_open.any():
            frame = start + int(is_open.nonzero()[0])
            raise ValueError(f"no noise is known for frame {frame} of [{start}, {end})")
        return seen[::-1]

    def _drawn(self, layer: NoiseLayer, step: int, start: int, end: int) -> Tensor:
        first = start - layer.shift
        if layer.stored is not None and step == 0:
            place = slice(first - layer.start, first - layer.start + end - start)
            return self.stored[layer.stored][None, :, place]
        drawn = position_keyed_noise(
            layer.seed,
            layer.stream,
            layer.take,
            first,
            end - start,
            channels=self.channels,
            bins=self.bins,
            step=step,
        )
        return drawn * math.sqrt(1.0 - layer.shared) if layer.shared and step == 0 else drawn

    def _reference(self, reference: tuple[int, ...], start: int, end: int) -> Tensor:
        """The repeating noise in frames of the track, of which one period is drawn at most."""
        seed, stream, take, period, phase = reference
        places = (torch.arange(start, end) - phase) % period
        low, high = int(places.min()), int(places.max()) + 1
        drawn = position_keyed_noise(
            seed,
            stream,
            take,
            low,
            high - low,
            channels=self.channels,
            bins=self.bins,
            purpose=_REFERENCE_PURPOSE,
        )
        return drawn[:, :, places - low]


def _share_power(
    references: dict[tuple[int, ...], Tensor],
    layer: NoiseLayer,
    step: int,
    angles: Tensor,
    frames: slice,
    num_frames: int,
) -> None:
    """Keep account of the power of each repeating noise, in place.

    Two layers with the same repeating noise are correlated: added like independent noise they would
    be too loud inside a cross-fade. So powers are added, not amplitudes.
    """
    for power in references.values():
        power[frames] *= torch.cos(angles).square()
        power[frames][angles == math.pi / 2] = 0.0
    if layer.shared and step == 0:
        key = (
            layer.seed,
            layer.stream,
            layer.shared_take,
            layer.period,
            layer.shift % layer.period,
        )
        power = references.setdefault(key, torch.zeros(num_frames, dtype=torch.float64))
        power[frames] += torch.sin(angles).square() * layer.shared
