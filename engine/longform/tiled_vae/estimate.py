"""Normalisation statistics from parts of a track, before all of it is there.

The parts are contiguous, because a normalisation sees how loud neighbouring frames are together.
Frames near a cut are computed without their neighbours, so they are left out of the statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.activations import Activation, Hidden
from engine.longform.tiled_vae.chain import DecoderChain, decoder_chain, mel_range_reached
from engine.longform.tiled_vae.local_ops import Normaliser
from engine.longform.tiled_vae.parts import DecoderParts, decoder_parts
from engine.longform.tiled_vae.statistics import (
    DecoderStatistics,
    NormStatistics,
    RunningStatistics,
)
from engine.longform.time import latent_frames_of_mel_ceil


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentStretch:
    """A contiguous part of a track.

    Attributes:
        latents: (1, C, T, F) unscaled latents.
        begins_track: Whether nothing comes before it.
        ends_track: Whether nothing comes after it.
    """

    latents: Tensor
    begins_track: bool
    ends_track: bool


def convolution_reach(parts: DecoderParts) -> int:
    """Latent frames on each side that convolutions carry anything: 17 for AudioLDM."""
    return latent_frames_of_mel_ceil(-mel_range_reached(parts, 0, 1)[0])


def estimated_statistics(
    vae: nn.Module, stretches: Sequence[LatentStretch], *, attention_reach: int
) -> DecoderStatistics:
    """Statistics over the inner frames of some stretches, as if they were the whole track.

    Each stretch is held in memory at once: 160 KiB for every mel frame of AudioLDM.

    Args:
        vae: A VAE with diffusers names, in evaluation mode.
        stretches: At least one; together longer than what is left out at their cuts.
        attention_reach: Latent frames that attention sees on each side, within a stretch.

    Raises:
        ValueError: No frame is left, or there is no stretch.
        FloatingPointError: A value is not finite.
    """
    parts = decoder_parts(vae)
    reach = convolution_reach(parts)
    counted = [_counted(stretch, reach) for stretch in stretches]
    if not any(end > start for start, end in counted):
        lengths = [stretch.latents.shape[2] for stretch in stretches]
        raise ValueError(
            f"stretches of {lengths} latent frames are too short: {reach} at each cut do not count"
        )
    chains = [decoder_chain(parts, s.latents, attention_reach=attention_reach) for s in stretches]
    for index, activation in enumerate(chains[0].activations):
        normaliser = activation.feeds
        running = None if normaliser is None else RunningStatistics(normaliser.norm.num_groups)
        for chain, (start, end) in zip(chains, counted, strict=True):
            values = _parked(chain, index)
            if running is not None and end > start:
                scale = activation.scale
                running.add(values[:, :, start * scale : end * scale])
        if running is not None:
            statistics = running.finished()
            for chain in chains:
                _fed(chain.activations[index]).statistics = statistics
    return DecoderStatistics.of([_finite(normaliser) for normaliser in chains[0].normalisers])


def _counted(stretch: LatentStretch, reach: int) -> tuple[int, int]:
    num_frames = stretch.latents.shape[2]
    start = 0 if stretch.begins_track else reach
    end = num_frames if stretch.ends_track else num_frames - reach
    return start, max(start, end)


def _parked(chain: DecoderChain, index: int) -> Tensor:
    """Compute a whole tensor, keep it, and forget those that nothing later reads."""
    activation = chain.activations[index]
    values = activation.computed(0, activation.num_frames)
    activation.parked = values
    if not isinstance(activation, Hidden):
        for earlier in chain.activations[:index]:
            earlier.parked = None
    return values


def _fed(activation: Activation) -> Normaliser:
    if activation.feeds is None:
        raise RuntimeError("the chains of two stretches differ")
    return activation.feeds


def _finite(normaliser: Normaliser) -> NormStatistics:
    statistics = normaliser.statistics
    if statistics is None or not torch.isfinite(statistics.variance).all():
        raise FloatingPointError("the decoder gave values that are not finite; run it in float32")
    return statistics
