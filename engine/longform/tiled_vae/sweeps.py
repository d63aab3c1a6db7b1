"""Sweeping a track layer by layer: what the tiled decoder and the tiled encoder have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from engine.longform.tiled_vae.activations import Activation, Attended, Hidden
from engine.longform.tiled_vae.attention import keys_and_values
from engine.longform.tiled_vae.parking import Storage, overwritten
from engine.longform.tiled_vae.statistics import NormStatistics, RunningStatistics

OnProgress = Callable[[int, int], None]
"""Called with the tiles done and all tiles of the work."""


class LayerSweeps:
    """Computes the tensors of a chain once each, tile by tile, as far as that is needed.

    Attributes:
        parked: Indices of the activations that are kept whole.

    Args:
        activations: The chain, in the order of the work.
        parked: Indices of the activations that are kept whole.
        storage: Where those are kept.
        tile_latent_frames: Latent frames computed at a time.
        has_pinned_statistics: Whether the normalisations know their statistics already.
        on_progress: Told after every tile; one more sweep, the result itself, is counted.
        check_cancelled: Called before every tile; raises to stop.
    """

    def __init__(
        self,
        activations: Sequence[Activation],
        *,
        parked: frozenset[int],
        storage: Storage,
        tile_latent_frames: int,
        has_pinned_statistics: bool,
        on_progress: OnProgress,
        check_cancelled: Callable[[], None],
    ) -> None:
        self._activations = activations
        self.parked = parked
        self._storage = storage
        self._tile_latent_frames = tile_latent_frames
        self._is_pinned = has_pinned_statistics
        self._on_progress = on_progress
        self._check_cancelled = check_cancelled
        self._tiles_done = 0

    def gather(self) -> None:
        """Sweep the track until every frame of the result can be computed from local data.

        Raises:
            FloatingPointError: A tensor holds a value that is not finite.
        """
        for index, activation in enumerate(self._activations):
            if isinstance(activation, Attended) and activation.reach is None:
                self._gather_keys(activation)
            if self._needs_sweep(index, activation):
                self._sweep(index, activation)

    def tiles(self, activation: Activation) -> Iterator[tuple[int, int]]:
        """Ranges of frames [start, end) that cover an activation, in order.

        Each counts as done when the next one is asked for.
        """
        for start, end in self._ranges(activation):
            self._check_cancelled()
            yield start, end
            self._tiles_done += 1
            per_sweep = sum(1 for _ in self._ranges(activation))
            self._on_progress(self._tiles_done, self._num_sweeps() * per_sweep)

    def close(self) -> None:
        """Drop everything parked, and remove scratch files."""
        _release(self._activations)
        self._storage.close()

    def _sweep(self, index: int, activation: Activation) -> None:
        """Compute a whole tensor once: park it, gather its statistics, or both."""
        taken_over: Activation | None = None
        target: Tensor | None = None
        # A track of one tile is parked as it is computed.
        keeps_values = len(list(self._ranges(activation))) == 1 and not self._storage.is_in_files
        if index in self.parked and not keeps_values:
            taken_over = overwritten(self._activations, self.parked, index)
            if taken_over is None:
                target = self._storage.empty(activation.shape)
            else:
                target = taken_over.parked
        normaliser = None if self._is_pinned else activation.feeds
        running = None if normaliser is None else RunningStatistics(normaliser.norm.num_groups)
        for start, end in self.tiles(activation):
            values = activation.computed(start, end)
            if running is not None:
                running.add(values)
            if index in self.parked and keeps_values:
                target = values
            elif target is not None:
                target[:, :, start:end] = values
        if normaliser is not None and running is not None:
            normaliser.statistics = _require_finite(running.finished(), index)
        if target is not None:
            activation.parked = target
            self._release_before(index, activation)

    def _release_before(self, index: int, activation: Activation) -> None:
        """Forget parked tensors that nothing after this one reads."""
        if isinstance(activation, Hidden):
            return
        _release(self._activations[:index])
        if isinstance(activation, Attended):
            activation.keys = activation.values = None

    def _gather_keys(self, attended: Attended) -> None:
        tokens = (1, attended.num_frames * attended.bins, attended.channels)
        keys, values = self._storage.empty(tokens), self._storage.empty(tokens)
        for start, end in self.tiles(attended):
            x = attended.source.read(start, end)
            k, v = keys_and_values(attended.part, attended.normaliser, x)
            keys[:, start * attended.bins : end * attended.bins] = k
            values[:, start * attended.bins : end * attended.bins] = v
        attended.keys, attended.values = keys, values

    def _ranges(self, activation: Activation) -> Iterator[tuple[int, int]]:
        size = self._tile_latent_frames * activation.scale
        for start in range(0, activation.num_frames, size):
            yield start, min(start + size, activation.num_frames)

    def _needs_sweep(self, index: int, activation: Activation) -> bool:
        needs_statistics = not self._is_pinned and activation.feeds is not None
        return needs_statistics or index in self.parked

    def _num_sweeps(self) -> int:
        sweeps = 1  # the result itself
        for index, activation in enumerate(self._activations):
            sweeps += isinstance(activation, Attended) and activation.reach is None
            sweeps += self._needs_sweep(index, activation)
        return sweeps


def _release(activations: Sequence[Activation]) -> None:
    for activation in activations:
        activation.parked = None
        if isinstance(activation, Attended):
            activation.keys = activation.values = None


def _require_finite(statistics: NormStatistics, index: int) -> NormStatistics:
    if not torch.isfinite(statistics.variance).all():
        raise FloatingPointError(
            f"tensor {index} of the VAE holds values that are not finite; run it in float32"
        )
    return statistics
