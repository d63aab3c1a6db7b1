"""The latents of a piece on disk, written as they become final."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.longform.windows import WindowGrid

_FRAMES_AT_ONCE = 512


class LatentsFile:
    """``latents.npy``, float32 (C, T, F), filled from left to right.

    Args:
        path: Where it lies.
        grid: Its frames.
        channels: Latent channels C.
        bins: Latent frequency bins F.
    """

    def __init__(self, path: Path, grid: WindowGrid, *, channels: int, bins: int) -> None:
        self._path = path
        self._shape = (channels, grid.num_frames, bins)
        self._first_frame = grid.first_frame
        self._values = np.empty(0, np.float32)
        self.checksum = 0

    def create(self) -> None:
        """Begin an empty file."""
        self._values = np.lib.format.open_memmap(
            self._path, mode="w+", dtype=np.float32, shape=self._shape
        )
        self.checksum = 0

    def reopen(self, num_frames: int, checksum: int) -> bool:
        """Go on with a file that a run left.

        Args:
            num_frames: How many of its frames are final.
            checksum: What :attr:`checksum` was then.

        Returns:
            Whether the file is the one that the run left.
        """
        try:
            # Opened for reading first: opened for writing, a file that is too short would grow.
            stored = np.load(self._path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return False
        if stored.dtype != np.float32 or stored.shape != self._shape:
            return False
        self._values = np.lib.format.open_memmap(self._path, mode="r+")
        self.checksum = 0
        for start in range(0, num_frames, _FRAMES_AT_ONCE):
            self._count(start, min(start + _FRAMES_AT_ONCE, num_frames))
        return self.checksum == checksum

    def write(self, first_frame: int, latents: Tensor) -> None:
        """Write the frames after the last ones written.

        Args:
            first_frame: Absolute number of the first one.
            latents: (1, C, n, F).
        """
        start = first_frame - self._first_frame
        end = start + latents.shape[2]
        self._values[:, start:end] = latents[0].float().cpu().numpy()
        self._count(start, end)

    def read(self, num_frames: int) -> Iterator[tuple[int, Tensor]]:
        """The first frames in order: absolute number, and (1, C, n, F) on the CPU."""
        for start in range(0, num_frames, _FRAMES_AT_ONCE):
            end = min(start + _FRAMES_AT_ONCE, num_frames)
            part = np.array(self._values[:, start:end])
            yield self._first_frame + start, torch.from_numpy(part).unsqueeze(0)

    def flush(self) -> None:
        """Wait until the disk has all that was written."""
        if isinstance(self._values, np.memmap):
            self._values.flush()

    def close(self) -> None:
        """Finish writing."""
        self.flush()
        self._values = np.empty(0, np.float32)

    def _count(self, start: int, end: int) -> None:
        # Frame by frame, so that it does not matter in which portions they came.
        frames = np.ascontiguousarray(self._values[:, start:end].swapaxes(0, 1))
        self.checksum = zlib.crc32(frames.data, self.checksum)
