"""Rendered sound on its way to the device, every block with its place on the timeline."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.ids import LaneId
from desktop_app.project.time import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayBlock:
    """A stretch of rendered sound.

    Attributes:
        position: Where it lies on the timeline.
        samples: (N, 2) stereo float32.
        lanes_db: Sample peak of each audible lane in the stretch, dBFS.
    """

    position: Samples
    samples: NDArray[np.float32]
    lanes_db: Mapping[LaneId, float]


class PlayRing:
    """A queue of blocks between the thread that renders and the device that pulls.

    Both sides hold the lock only to move references, so the device never waits for rendering.
    """

    def __init__(self) -> None:
        self._blocks: deque[PlayBlock] = deque()
        self._offset = 0
        self._queued = 0
        self._lock = threading.Lock()
        self._played: list[PlayBlock] = []
        self._position: Samples | None = None

    @property
    def num_queued(self) -> int:
        """Samples that can be pulled before more must be pushed."""
        return self._queued

    @property
    def position(self) -> Samples | None:
        """Timeline position after the last pulled sample; ``None`` before the first."""
        return self._position

    def push(self, block: PlayBlock) -> None:
        """Add a block at the end."""
        with self._lock:
            self._blocks.append(block)
            self._queued += len(block.samples)

    def clear(self) -> None:
        """Forget everything that was not pulled."""
        with self._lock:
            self._blocks.clear()
            self._offset = self._queued = 0
            self._position = None

    def pull(self, num: int) -> NDArray[np.float32]:
        """Take the next (num, 2) samples; silence where nothing was pushed in time."""
        out = np.zeros((num, 2), np.float32)
        filled = 0
        with self._lock:
            while filled < num and self._blocks:
                block = self._blocks[0]
                count = min(num - filled, len(block.samples) - self._offset)
                out[filled : filled + count] = block.samples[self._offset : self._offset + count]
                filled += count
                self._offset += count
                self._queued -= count
                self._position = Samples(block.position + self._offset)
                if self._offset == len(block.samples):
                    self._played.append(self._blocks.popleft())
                    self._offset = 0
        return out

    def take_played(self) -> list[PlayBlock]:
        """The blocks that were pulled to their end since the last call, for the meters."""
        with self._lock:
            played, self._played = self._played, []
        return played
