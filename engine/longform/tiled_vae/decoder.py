"""Decode the latents of a track of any length in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.longform.tiled_vae.activations import Activation, Attended, Hidden
from engine.longform.tiled_vae.attention import keys_and_values
from engine.longform.tiled_vae.chain import decoder_chain
from engine.longform.tiled_vae.parking import (
    ParkingPlan,
    Storage,
    overwritten,
    parking_plans,
)
from engine.longform.tiled_vae.parts import decoder_parts
from engine.longform.tiled_vae.statistics import (
    DecoderStatistics,
    NormStatistics,
    RunningStatistics,
)

OnProgress = Callable[[int, int], None]
"""Called with the tiles done and all tiles of the decode."""

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
    memory_budget_bytes: int = 3 << 30
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
        self._settings = settings
        self._chain = decoder_chain(
            decoder_parts(vae),
            latents,
            attention_reach=settings.attention_reach,
            is_circular=settings.is_circular,
        )
        self._on_progress = on_progress
        self._check_cancelled = check_cancelled
        self._repeat_mel = repeat_mel
        self._pinned = statistics
        self._parked: frozenset[int] = frozenset()
        self._latents = latents
        dtype = self._chain.parts.dtype
        self._storage = Storage(latents.device, dtype, None)
        if statistics is None:
            self._choose_plan(dtype)
        else:
            for index, normaliser in enumerate(self._chain.normalisers):
                normaliser.statistics = statistics.norm(index)
        self._tiles_done = 0

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
        for index, activation in enumerate(self._chain.activations):
            if isinstance(activation, Attended) and activation.reach is None:
                self._gather_keys(activation)
            needs_statistics = self._pinned is None and activation.feeds is not None
            if needs_statistics or index in self._parked:
                self._sweep(index, activation)

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
        for start, end in self._tiles(self._chain.last):
            self._check_cancelled()
            yield MelTile(first_mel_frame=start, mel=self.mel(start, end))
            self._tile_done()

    def close(self) -> None:
        """Drop everything parked, and remove scratch files."""
        for activation in self._chain.activations:
            activation.parked = None
            if isinstance(activation, Attended):
                activation.keys = activation.values = None
        self._storage.close()

    def _choose_plan(self, dtype: torch.dtype) -> None:
        plan, is_in_files = _chosen_plan(self._chain.activations, self._settings, dtype.itemsize)
        self._parked = plan.parked
        if is_in_files:
            scratch_dir = self._settings.scratch_dir
            self._storage = Storage(torch.device("cpu"), dtype, scratch_dir)

    def _sweep(self, index: int, activation: Activation) -> None:
        """Compute a whole tensor once: park it, gather its statistics, or both."""
        taken_over: Activation | None = None
        target: Tensor | None = None
        # A track of one tile is parked as it is computed.
        keeps_values = self._tiles_per_sweep() == 1 and not self._storage.is_in_files
        if index in self._parked and not keeps_values:
            taken_over = overwritten(self._chain.activations, self._parked, index)
            if taken_over is None:
                target = self._storage.empty(activation.shape)
            else:
                target = taken_over.parked
        normaliser = activation.feeds if self._pinned is None else None
        running = None if normaliser is None else RunningStatistics(normaliser.norm.num_groups)
        for start, end in self._tiles(activation):
            self._check_cancelled()
            values = activation.computed(start, end)
            if running is not None:
                running.add(values)
            if index in self._parked and keeps_values:
                target = values
            elif target is not None:
                target[:, :, start:end] = values
            self._tile_done()
        if normaliser is not None and running is not None:
            normaliser.statistics = _require_finite(running.finished(), index)
        if target is not None:
            activation.parked = target
            self._release_before(index, activation)

    def _release_before(self, index: int, activation: Activation) -> None:
        """Forget parked tensors that nothing after this one reads."""
        if isinstance(activation, Hidden):
            return
        for earlier in self._chain.activations[:index]:
            earlier.parked = None
            if isinstance(earlier, Attended):
                earlier.keys = earlier.values = None
        if isinstance(activation, Attended):
            activation.keys = activation.values = None

    def _gather_keys(self, attended: Attended) -> None:
        tokens = (1, attended.num_frames * attended.bins, attended.channels)
        keys, values = self._storage.empty(tokens), self._storage.empty(tokens)
        for start, end in self._tiles(attended):
            self._check_cancelled()
            x = attended.source.read(start, end)
            k, v = keys_and_values(attended.part, attended.normaliser, x)
            keys[:, start * attended.bins : end * attended.bins] = k
            values[:, start * attended.bins : end * attended.bins] = v
            self._tile_done()
        attended.keys, attended.values = keys, values

    def _tiles(self, activation: Activation) -> Iterator[tuple[int, int]]:
        size = self._settings.tile_latent_frames * activation.scale
        for start in range(0, activation.num_frames, size):
            yield start, min(start + size, activation.num_frames)

    def _tile_done(self) -> None:
        self._tiles_done += 1
        self._on_progress(self._tiles_done, self._num_sweeps() * self._tiles_per_sweep())

    def _tiles_per_sweep(self) -> int:
        return -(-self._latents.shape[2] // self._settings.tile_latent_frames)

    def _num_sweeps(self) -> int:
        sweeps = 1  # the mel itself
        for index, activation in enumerate(self._chain.activations):
            sweeps += isinstance(activation, Attended) and activation.reach is None
            needs_statistics = self._pinned is None and activation.feeds is not None
            sweeps += needs_statistics or index in self._parked
        return sweeps


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
    bytes_per_value = chain.parts.dtype.itemsize
    plan, is_in_files = _chosen_plan(chain.activations, settings, bytes_per_value)
    return plan.disk_values * bytes_per_value if is_in_files else 0


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


def _chosen_plan(
    activations: Sequence[Activation], settings: DecodeSettings, bytes_per_value: int
) -> tuple[ParkingPlan, bool]:
    """What is parked, and whether that is in files."""
    plans = parking_plans(activations)
    budget = settings.memory_budget_bytes // bytes_per_value
    fitting = [plan for plan in plans if plan.peak_values <= budget]
    if fitting:
        return fitting[0], False
    if settings.scratch_dir is None:
        return plans[-1], False
    # In files, work counts and memory does not; but the top resolution would be too much.
    return plans[min(2, len(plans) - 1)], True


def _known(statistics: NormStatistics | None) -> NormStatistics:
    if statistics is None:
        raise RuntimeError("the statistics are complete only after gather()")
    return statistics


def _require_finite(statistics: NormStatistics, index: int) -> NormStatistics:
    if not torch.isfinite(statistics.variance).all():
        raise FloatingPointError(
            f"tensor {index} of the decoder holds values that are not finite; run it in float32"
        )
    return statistics
