"""The sampling of a piece: resumable, with its latents on disk as soon as they are final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.api import CancelledError
from engine.runtime.files.latents_file import LatentsFile
from engine.runtime.files.sampler_checkpoint import SamplerCheckpoint
from engine.runtime.sampling.order import Arrays, SamplingOrder, SamplingWork

OnFinished = Callable[[int, Tensor], None]
"""Told the absolute number of the first frame, and (1, C, n, F) latents that are final."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingProgress:
    """Where a run is.

    Attributes:
        items_done: Finished evaluations of single windows, those before a resume included.
        items_total: All of them.
        num_steps: Steps of each window.
        end_finished: First frame, absolute, that is not final.
        estimate: Gives the absolute number of the first frame, and (1, C, n, F) estimates of the
            clean latents: of the whole grid, or of the frames that a wavefront is working on.
            ``None`` before the first step. To be called at once, if at all.
    """

    items_done: int
    items_total: int
    num_steps: int
    end_finished: int
    estimate: Callable[[], tuple[int, Tensor] | None]

    @property
    def step(self) -> int:
        """Finished steps; of a wavefront as many as the same work would be over all windows."""
        return self.items_done * self.num_steps // self.items_total


OnStep = Callable[[SamplingProgress], None]


class SamplingRun:
    """Samples one piece, or goes on with what an earlier run of it left.

    Args:
        work: What is to be sampled.
        latents_path: The latents go here, hidden tail included.
        checkpoint: Where the state is kept, or ``None`` for a run that cannot be resumed. It is
            left behind; remove it when nothing that comes after the sampling can fail any more.
        device: Where the sampler runs.
        on_resumed: Told once, before all else, which share of the work an earlier run has done.
        on_finished: Told of frames that are final, in order without gaps; after a resume, first of
            those that were final before it.
        on_step: Told after each step of all windows, or each diagonal of the wavefront.
    """

    def __init__(
        self,
        work: SamplingWork,
        latents_path: Path,
        checkpoint: SamplerCheckpoint | None,
        *,
        device: torch.device,
        on_resumed: Callable[[float], None] = lambda _share: None,
        on_finished: OnFinished = lambda _first_frame, _latents: None,
        on_step: OnStep = lambda _progress: None,
    ) -> None:
        self._work = work
        self._path = latents_path
        self._checkpoint = checkpoint
        self._device = device
        self._on_resumed = on_resumed
        self._on_finished = on_finished
        self._on_step = on_step

    def run(self) -> Tensor:
        """Sample what is left.

        Returns:
            (1, C, T, F) float32 latents of the whole grid, on the device.

        Raises:
            FloatingPointError: A value is not finite; the message names step and window.
            CancelledError: The work was cancelled; its state is stored.
            OSError: A file cannot be written.
        """
        grid = self._work.grid
        _, channels, _, bins = self._work.noise(0, grid.first_frame, grid.first_frame + 1).shape
        file = LatentsFile(self._path, grid, channels=channels, bins=bins)
        order = self._resumed(file)
        if order is None:
            order = self._work.order()
            file.create()
        else:
            self._on_resumed(order.items_done / order.items_total)
        try:
            for first_frame, latents in file.read(order.end_finished - grid.first_frame):
                self._on_finished(first_frame, latents.to(self._device))
            for first_frame, latents in order.advances():
                self._take(order, file, first_frame, latents)
            self._keep(order, file, is_last=True)
        except CancelledError:
            self._keep(order, file, is_last=True)
            raise
        finally:
            file.close()
        return torch.from_numpy(np.load(self._path)).unsqueeze(0).to(self._device)

    def _resumed(self, file: LatentsFile) -> SamplingOrder | None:
        """What an earlier run left, if all of it fits together."""
        arrays = None if self._checkpoint is None else self._checkpoint.load()
        if arrays is None:
            return None
        order = self._work.order()
        try:
            order.restore(arrays, self._device)
            checksum = int(arrays["checksum"].item())
        except (KeyError, ValueError):
            return None
        num_frames = order.end_finished - self._work.grid.first_frame
        return order if file.reopen(num_frames, checksum) else None

    def _take(
        self, order: SamplingOrder, file: LatentsFile, first_frame: int, latents: Tensor
    ) -> None:
        if latents.shape[2]:
            file.write(first_frame, latents)
        self._keep(order, file)
        if latents.shape[2]:
            self._on_finished(first_frame, latents)
        self._on_step(
            SamplingProgress(
                items_done=order.items_done,
                items_total=order.items_total,
                num_steps=self._work.num_steps,
                end_finished=order.end_finished,
                estimate=order.estimate,
            )
        )

    def _keep(self, order: SamplingOrder, file: LatentsFile, *, is_last: bool = False) -> None:
        if self._checkpoint is None:
            return

        def arrays() -> Arrays:
            return {**order.arrays(), "checksum": np.asarray(file.checksum, np.int64)}

        save = self._checkpoint.save_last if is_last else self._checkpoint.save_if_due
        save(arrays, before=file.flush)
