"""What an unfinished run leaves in its folder, so that it can go on where it was: ``sampler.npz``.

A run that was killed, or whose machine lost power, finds either the whole state or none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

CHECKPOINT_FILE = "sampler.npz"
_PART_FILE = "sampler.npz.part"
_INTERVAL_SECONDS = 2.0
_SHARE_OF_TIME = 0.05

Arrays = Mapping[str, NDArray[np.generic]]


class SamplerCheckpoint:
    """Stores the state of one run, at a small share of its time.

    Args:
        folder: Existing folder of the job.
        fingerprint: Of the run; the state of any other run is ignored.
        now: A clock in seconds.
    """

    def __init__(
        self, folder: Path, fingerprint: str, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = folder / CHECKPOINT_FILE
        self._part = folder / _PART_FILE
        self._fingerprint = fingerprint
        self._now = now
        self._started_at = self._last_at = now()
        self._spent = 0.0
        self._last_cost = 0.0

    def load(self) -> dict[str, NDArray[np.generic]] | None:
        """The arrays stored last, or ``None`` if there are none, or damaged or foreign ones."""
        try:
            with self._path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = dict(file)
            is_ours = str(arrays.pop("fingerprint")) == self._fingerprint
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None
        return arrays if is_ours else None

    def save_if_due(
        self, arrays: Callable[[], Arrays], *, before: Callable[[], None] = lambda: None
    ) -> bool:
        """Store a state, unless the last one is young or storing has become costly.

        Args:
            arrays: Asked for the state only if it is stored.
            before: Called first: what else must be on the disk for the state to be of use.

        Returns:
            Whether it was stored.

        Raises:
            OSError: It cannot be written; the state stored before is as it was.
        """
        elapsed = self._now() - self._started_at
        if self._spent + self._last_cost > _SHARE_OF_TIME * elapsed:
            return False
        return self.save_last(arrays, before=before)

    def save_last(
        self, arrays: Callable[[], Arrays], *, before: Callable[[], None] = lambda: None
    ) -> bool:
        """Store a state after which none comes for long, unless little would be lost without it."""
        began_at = self._now()
        if began_at - self._last_at < _INTERVAL_SECONDS:
            return False
        before()
        self._write(arrays())
        self._last_at = self._now()
        self._last_cost = self._last_at - began_at
        self._spent += self._last_cost
        return True

    def remove(self) -> None:
        """Delete what is stored: the run is done, or starts anew."""
        for path in (self._part, self._path):
            path.unlink(missing_ok=True)

    def _write(self, arrays: Arrays) -> None:
        with self._part.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                fingerprint=np.asarray(self._fingerprint),
                **dict(arrays),
            )
            file.flush()
            os.fsync(file.fileno())
        self._part.replace(self._path)
        _sync_folder(self._path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last, too; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
