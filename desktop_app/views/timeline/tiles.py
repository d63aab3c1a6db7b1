"""Pictures kept for as long as they fit, the least recently drawn one dropped first."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QPixmap

TILE_PX = 512
"""Width of a tile in device pixels."""

_CAPACITY_BYTES = 160 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class TileKey:
    """Everything that changes a tile's pixels."""

    source: str
    kind: str
    samples_per_px: float
    dpr: float
    height_px: int
    colour: str
    index: int


class TileCache:
    """Tiles by their key."""

    def __init__(self, capacity_bytes: int = _CAPACITY_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        self._num_bytes = 0
        self._tiles: OrderedDict[TileKey, QPixmap] = OrderedDict()

    def tile(self, key: TileKey, make: Callable[[], QPixmap]) -> QPixmap:
        """The kept tile, or a fresh one."""
        kept = self._tiles.get(key)
        if kept is not None:
            self._tiles.move_to_end(key)
            return kept
        made = make()
        self._tiles[key] = made
        self._num_bytes += _num_bytes(made)
        while self._num_bytes > self._capacity_bytes and len(self._tiles) > 1:
            _, dropped = self._tiles.popitem(last=False)
            self._num_bytes -= _num_bytes(dropped)
        return made

    def kept(self, key: TileKey) -> QPixmap | None:
        """The kept tile, or ``None``."""
        return self._tiles.get(key)

    def forget(self, source: str) -> None:
        """Drop the tiles of a source that changed."""
        for key in [key for key in self._tiles if key.source == source]:
            self._num_bytes -= _num_bytes(self._tiles.pop(key))

    def clear(self) -> None:
        """Drop everything: other colours."""
        self._tiles.clear()
        self._num_bytes = 0


def _num_bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
