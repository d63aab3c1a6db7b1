"""Decode the latents of a track of any length in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.api.requests import STANDARD_MEMORY_BUDGET_BYTES
from engine.longform.tiled_vae.chain import DecoderChain, decoder_chain
from engine.longform.tiled_vae.parking import ParkingPlan, Storage, chosen_plan, parking_plans
from engine.longform.tiled_vae.parts import decoder_parts
from engine.longform.tiled_vae.statistics import DecoderStatistics, NormStatistics
from engine.longform.tiled_vae.sweeps import LayerSweeps, OnProgress

BANDED_REACH_LATENT_FRAMES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeSettings:
    """How a track is decoded.

    Attributes:
        tile_latent_frames: Latent frames computed at a time; does not change the result.
        attention_reach: Latent frames that attention sees on each side, or ``None`` for the whole
            track, which is what the network was trained with and costs the square of the length.
        memory_budget_bytes: Most bytes parked in memory; the tile itself comes on top (about 200
            MiB for AudioLDM).
        scratch_dir: Existing folder for what does not fit, or ``None`` to exceed the budget.
        is_circular: Whether the end of the track goes over into its start.
    """

    tile_latent_frames: int = 256
    attention_reach: int | None = None
    memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES
    scratch_dir: Path | None = None
    is_circular: bool = False

    def __post_init__(self) -> None:
        if self.tile_latent_frames < 1:
            raise ValueError(
                f"tile_latent_frames must be at least 1, got {self.tile_latent_frames}"
            )
        if self.attention_reach is not None and self.attention_reach < 0:
            raise ValueError(f"attention_reach must not be negative, got {self.attention_reach}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MelTile:
    """Finished mel frames.

    Attributes:
        first_mel_frame: Number of the first one, counted from the first latent frame given.
        mel: (1, 1, n, M) natural-log mel.
    """

    first_mel_frame: int
    mel: Tensor


class TiledDecode:
    """One decode: first :meth:`gather`, then read the mel frames in any order.

    Args:
        vae: A VAE with diffusers names, in evaluation mode.
        latents: (1, C, T, F) unscaled latents of the whole track, on the device of the VAE. The
            features between the layers have the precision of the decoder's weights, the mel has
            that of the latents.
        settings: Tiles, attention and memory.
        statistics: Pinned statistics of an earlier decode. With them an edit changes nothing
            beyond its reach, and nothing needs to be swept; without them they are gathered.
        on_progress: Told after every tile.
        check_cancelled: Called before every tile; raises to stop.
        repeat_mel: Computes mel frames [start, end) once more, in a wider precision, where this
            decode gives values that are not finite; ``None`` makes them an error.

    Raises:
        ValueError: The latents are not of one track.
    """

    def __init__(
        self,
        vae: nn.Module,
        latents: Tensor,
        settings: DecodeSettings,
        *,
        statistics: DecoderStatistics | None = None,
        on_progress: OnProgress = lambda _done, _total: None,
        check_cancelled: Callable[[], None] = lambda: None,
        repeat_mel: Callable[[int, int], Tensor] | None = None,
    ) -> None:
        if latents.ndim != 4 or latents.shape[0] != 1 or latents.shape[2] == 0:
            raise ValueError(
                f"latents must be (1, channels, frames >= 1, bins), got {tuple(latents.shape)}"
            )
        self._chain = decoder_chain(
            decoder_parts(vae),
            latents,
            attention_reach=settings.attention_reach,
            is_circular=settings.is_circular,
        )
        self._settings = settings
        self._repeat_mel = repeat_mel
        self._latents = latents
        parked: frozenset[int] = frozenset()
        dtype = self._chain.parts.dtype
        storage = Storage(latents.device, dtype, None)
        if statistics is None:
            plan, scratch_dir = _parking(self._chain, settings)
            parked = plan.parked
            if scratch_dir is not None:
                storage = Storage(torch.device("cpu"), dtype, scratch_dir)
        else:
            for index, normaliser in enumerate(self._chain.normalisers):
                normaliser.statistics = statistics.norm(index)
        self._sweeps = LayerSweeps(
            self._chain.activations,
            parked=parked,
            storage=storage,
            tile_latent_frames=settings.tile_latent_frames,
            has_pinned_statistics=statistics is not None,
            on_progress=on_progress,
            check_cancelled=check_cancelled,
        )

    @property
    def num_mel_frames(self) -> int:
        """Length of the result."""
        return self._chain.last.num_frames

    @property
    def statistics(self) -> DecoderStatistics:
        """The statistics in use; complete after :meth:`gather`."""
        return DecoderStatistics.of([_known(n.statistics) for n in self._chain.normalisers])

    def gather(self) -> None:
        """Sweep the track until every mel frame can be computed from local data.

        Raises:
            FloatingPointError: A tensor holds a value that is not finite.
        """
        self._sweeps.gather()

    def mel(self, start: int, end: int) -> Tensor:
        """Compute mel frames.

        Args:
            start: First mel frame.
            end: First mel frame after the range, at most :attr:`num_mel_frames`. On a circle a
                range may lie anywhere and pass the end, but not go around twice.

        Returns:
            (1, 1, end - start, M) natural-log mel.

        Raises:
            ValueError: The range is not within the track.
            FloatingPointError: A value is not finite.
        """
        origin = start if self._settings.is_circular else 0
        if not origin <= start < end <= origin + self.num_mel_frames:
            raise ValueError(
                f"[{start}, {end}) is not within {origin}..{origin + self.num_mel_frames}"
            )
        mel = self._chain.mel(start, end).to(self._latents.dtype)
        if not torch.isfinite(mel).all():
            if self._repeat_mel is not None:
                return self._repeat_mel(start, end)
            raise FloatingPointError(
                f"the decoder gave non-finite values in mel frames {start} to {end}; "
                "run it in float32"
            )
        return mel

    def mel_tiles(self) -> Iterator[MelTile]:
        """Yield the mel spectrogram in order, tile by tile."""
        for start, end in self._sweeps.tiles(self._chain.last):
            yield MelTile(first_mel_frame=start, mel=self.mel(start, end))

    def close(self) -> None:
        """Drop everything parked, and remove scratch files."""
        self._sweeps.close()


def scratch_bytes(vae: nn.Module, latents: Tensor, settings: DecodeSettings) -> int:
    """The most that a first decode will have on the disk at any time.

    Args:
        vae: As for :class:`TiledDecode`.
        latents: As for :class:`TiledDecode`; only their shape counts.
        settings: Of the decode.

    Returns:
        Bytes in ``settings.scratch_dir``; 0 if everything stays in memory.
    """
    chain = decoder_chain(decoder_parts(vae), latents, attention_reach=settings.attention_reach)
    plan, scratch_dir = _parking(chain, settings)
    return 0 if scratch_dir is None else plan.disk_values * chain.parts.dtype.itemsize


def decoded_mel(decode: TiledDecode) -> Tensor:
    """Run a decode to its end.

    Args:
        decode: A fresh decode; closed afterwards.

    Returns:
        (1, 1, T', M) natural-log mel of the whole track.
    """
    try:
        decode.gather()
        return torch.cat([tile.mel for tile in decode.mel_tiles()], dim=2)
    finally:
        decode.close()


def _parking(chain: DecoderChain, settings: DecodeSettings) -> tuple[ParkingPlan, Path | None]:
    """What is parked, and the folder where; ``None`` for memory."""
    return chosen_plan(
        parking_plans(chain.activations),
        budget_values=settings.memory_budget_bytes // chain.parts.dtype.itemsize,
        scratch_dir=settings.scratch_dir,
        # With the doubled tensors and the top resolution, files would be too large.
        plan_in_files=2,
    )


def _known(statistics: NormStatistics | None) -> NormStatistics:
    if statistics is None:
        raise RuntimeError("the statistics are complete only after gather()")
    return statistics
