"""Encode the mel spectrogram of a track of any length in bounded memory.

The encoder is swept like the decoder, see :mod:`engine.longform.tiled_vae`: once for every
normalisation, a tile with a halo at a time, with statistics over the whole track. So the latents
of a file do not depend on how it was cut into tiles, and equal what one call over everything gives.
Latent frame ``i`` of AudioLDM depends on the mel frames ``4 i - 49`` to ``4 i + 55`` through the
convolutions, and on all others through the statistics and the attention.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.activations import Activation
from engine.longform.tiled_vae.decoder import DecodeSettings
from engine.longform.tiled_vae.encoder_chain import Downsampled, EncoderChain, encoder_chain
from engine.longform.tiled_vae.encoder_parts import EncoderParts, encoder_parts
from engine.longform.tiled_vae.parking import ParkingPlan, Storage, chosen_plan, plan_of
from engine.longform.tiled_vae.sweeps import LayerSweeps, OnProgress


def encoded_mean(
    vae: nn.Module,
    mel: Tensor,
    settings: DecodeSettings,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Tensor:
    """The mean of the posterior, which is also its mode.

    Args:
        vae: A VAE with diffusers names, in evaluation mode.
        mel: (1, 1, T, M) natural-log mel of the whole track in the type of the VAE, on any device;
            a mapped file will do. ``T`` and ``M`` are multiples of the reduction ``r``.
        settings: Tiles, attention and memory, as for the decoder.
        on_progress: Told after every tile.
        check_cancelled: Called before every tile; raises to stop.

    Returns:
        (1, C, T / r, M / r) latents on the device of the VAE, not scaled.

    Raises:
        ValueError: The spectrogram has another shape.
        FloatingPointError: A value is not finite.
    """
    parts = encoder_parts(vae)
    _require_fitting(mel, parts)
    device = parts.conv_in.weight.device
    chain = encoder_chain(
        parts,
        mel,
        attention_reach=settings.attention_reach,
        device=device,
        is_circular=settings.is_circular,
    )
    plan, scratch_dir = _parking(chain, settings, mel.element_size())
    storage = Storage(
        device if scratch_dir is None else torch.device("cpu"), mel.dtype, scratch_dir
    )
    sweeps = LayerSweeps(
        chain.activations,
        parked=plan.parked,
        storage=storage,
        tile_latent_frames=settings.tile_latent_frames,
        has_pinned_statistics=False,
        on_progress=on_progress,
        check_cancelled=check_cancelled,
    )
    try:
        sweeps.gather()
        means = [chain.mean(start, end) for start, end in sweeps.tiles(chain.activations[-1])]
    finally:
        sweeps.close()
    mean = torch.cat(means, dim=2)
    if not torch.isfinite(mean).all():
        raise FloatingPointError("the encoder gave non-finite latents; run it in float32")
    return mean


def encoding_scratch_bytes(vae: nn.Module, mel: Tensor, settings: DecodeSettings) -> int:
    """The most that encoding will have on the disk at any time.

    Args:
        vae: As for :func:`encoded_mean`.
        mel: As for :func:`encoded_mean`; only its shape and type count.
        settings: Of the work.

    Returns:
        Bytes in ``settings.scratch_dir``; 0 if everything stays in memory.
    """
    parts = encoder_parts(vae)
    chain = encoder_chain(
        parts, mel, attention_reach=settings.attention_reach, device=torch.device("cpu")
    )
    plan, scratch_dir = _parking(chain, settings, mel.element_size())
    return 0 if scratch_dir is None else plan.disk_values * mel.element_size()


def encoder_parking_plans(activations: Sequence[Activation]) -> tuple[ParkingPlan, ...]:
    """All plans, from the least work to the least memory.

    The halved tensors are always kept: they are small, and what follows them starts there. Then
    the highest resolution is computed again for every sweep, then the next one too.

    Args:
        activations: The chain of an encoder.

    Returns:
        One plan for each resolution.
    """
    scales = sorted({activation.scale for activation in activations}, reverse=True)
    return tuple(
        plan_of(
            activations,
            frozenset(
                index
                for index, found in enumerate(activations)
                if found.scale <= limit or isinstance(found, Downsampled)
            ),
        )
        for limit in scales
    )


def _parking(
    chain: EncoderChain, settings: DecodeSettings, bytes_per_value: int
) -> tuple[ParkingPlan, Path | None]:
    return chosen_plan(
        encoder_parking_plans(chain.activations),
        budget_values=settings.memory_budget_bytes // bytes_per_value,
        scratch_dir=settings.scratch_dir,
    )


def _require_fitting(mel: Tensor, parts: EncoderParts) -> None:
    reduction = parts.reduction
    is_fitting = mel.ndim == 4 and mel.shape[0] == 1 and mel.shape[1] == parts.conv_in.in_channels
    if not is_fitting or mel.shape[2] == 0 or mel.shape[2] % reduction or mel.shape[3] % reduction:
        raise ValueError(
            f"the spectrogram must be (1, {parts.conv_in.in_channels}, frames, bands) with frames"
            f" and bands in multiples of {reduction}, got {tuple(mel.shape)}; pad it with silence"
        )
