"""Draws waveforms and spectrograms from tiles."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from desktop_app.audio.peaks import Peaks
from desktop_app.project.time import Samples, Span
from desktop_app.views.spectrogram.picture import coloured, spectrogram_tile
from desktop_app.views.spectrogram.pyramid import LevelPyramid
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.geometry import INSET_PX, TimelineGeometry
from desktop_app.views.timeline.lane_layout import Band
from desktop_app.views.timeline.tiles import TILE_PX, TileCache, TileKey
from desktop_app.views.waveform.picture import waveform_tile

_BUDGET_SECONDS = 0.008


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where and at what scale is painted.

    Attributes:
        geometry: The time transform.
        dpr: Device pixels in a pixel.
        left: Left end of what needs painting.
        right: Right end of what needs painting.
        scroll_y: Pixels scrolled away at the top.
    """

    geometry: TimelineGeometry
    dpr: float
    left: float
    right: float
    scroll_y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A stretch of sound to draw.

    Attributes:
        source: Name of the picture, unique among all that is drawn.
        origin: Where the picture's first sample lies.
        span: The part to draw.
        colour: Name of the lane's colour.
    """

    source: str
    origin: Samples
    span: Span
    colour: str


class SoundPainter:
    """Keeps tiles and draws from them.

    Args:
        theme: Colours; tiles are dropped when it changes.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._cache = TileCache()
        self._pyramids: dict[str, tuple[NDArray[np.uint8], LevelPyramid]] = {}
        self._drawn: dict[tuple[str, str, int, float], float] = {}
        self._deadline = 0.0
        self.is_complete = True

    def begin_frame(self, budget_seconds: float = _BUDGET_SECONDS) -> None:
        """Begin to draw a frame: tiles beyond the budget are shown stretched until the next one.

        ``is_complete`` tells afterwards whether another frame is due.
        """
        self._deadline = time.perf_counter() + budget_seconds
        self.is_complete = True

    def forget(self, source: str) -> None:
        """A picture changed or is gone."""
        self._cache.forget(source)
        self._pyramids.pop(source, None)
        for key in [key for key in self._drawn if key[0] == source]:
            del self._drawn[key]

    def clear(self) -> None:
        """The colours changed."""
        self._cache.clear()
        self._drawn.clear()

    def paint_wave(
        self, painter: QPainter, canvas: Canvas, sound: Sound, peaks: Peaks, band: Band
    ) -> None:
        """Draw the waveform of ``peaks`` into ``band``."""
        height = round(band.height * canvas.dpr)
        table = self._wave_table(sound.colour)

        def make(first_sample: float, samples_per_column: float) -> QPixmap:
            shades = waveform_tile(
                peaks, first_sample - sound.origin, samples_per_column, TILE_PX, height
            )
            image = QImage(shades.data, TILE_PX, height, TILE_PX, QImage.Format.Format_Indexed8)
            image.setColorTable(table)
            return QPixmap.fromImage(
                image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
            )

        self._paint(painter, canvas, sound, band, "wave", make)

    def paint_spectrogram(
        self,
        painter: QPainter,
        canvas: Canvas,
        sound: Sound,
        levels: NDArray[np.uint8],
        band: Band,
    ) -> None:
        """Draw ``levels`` (M, T) into ``band``."""
        height = round(band.height * canvas.dpr)
        pyramid = self._pyramid(sound.source, levels)
        colour_map = self._theme.colour_map(sound.colour)

        def make(first_sample: float, samples_per_column: float) -> QPixmap:
            tile = spectrogram_tile(
                pyramid, first_sample - sound.origin, samples_per_column, TILE_PX, height
            )
            pixels = coloured(tile, colour_map)
            image = QImage(
                pixels.data.cast("B"), TILE_PX, height, TILE_PX * 4, QImage.Format.Format_RGB32
            )
            return QPixmap.fromImage(image)

        self._paint(painter, canvas, sound, band, "spectrogram", make)

    def _paint(
        self,
        painter: QPainter,
        canvas: Canvas,
        sound: Sound,
        band: Band,
        kind: str,
        make: Callable[[float, float], QPixmap],
    ) -> None:
        geometry, dpr = canvas.geometry, canvas.dpr
        left = max(geometry.x_at(sound.span.start), canvas.left)
        right = min(geometry.x_at(sound.span.end), canvas.right)
        if right <= left or band.height <= 0:
            return
        offset = INSET_PX - geometry.scroll_px
        first = int((left - offset) * dpr // TILE_PX)
        last = int((right - offset) * dpr // TILE_PX)
        key = TileKey(
            source=sound.source, kind=kind, samples_per_px=geometry.samples_per_px, dpr=dpr,
            height_px=band.height, colour=sound.colour, index=0,
        )  # fmt: skip
        painter.save()
        top = band.top - canvas.scroll_y
        painter.setClipRect(QRectF(left, top, right - left, band.height))
        if self._must_wait(key, first, last):
            self.is_complete = False
            self._paint_stretched(painter, canvas, key, (left, right), top)
        else:
            for index in range(first, last + 1):
                tile = self._tile(replace(key, index=index), make)
                painter.drawPixmap(QPointF(offset + index * TILE_PX / dpr, top), tile)
            self._drawn[sound.source, kind, band.height, dpr] = geometry.samples_per_px
        painter.restore()

    def _tile(self, key: TileKey, make: Callable[[float, float], QPixmap]) -> QPixmap:
        samples_per_column = key.samples_per_px / key.dpr

        def made() -> QPixmap:
            pixmap = make(key.index * TILE_PX * samples_per_column, samples_per_column)
            pixmap.setDevicePixelRatio(key.dpr)
            return pixmap

        return self._cache.tile(key, made)

    def _must_wait(self, key: TileKey, first: int, last: int) -> bool:
        """Whether the frame is used up and tiles of another zoom can stand in for missing ones."""
        zoom = self._drawn.get((key.source, key.kind, key.height_px, key.dpr))
        if zoom is None or zoom == key.samples_per_px or time.perf_counter() < self._deadline:
            return False
        indices = range(first, last + 1)
        return any(self._cache.kept(replace(key, index=index)) is None for index in indices)

    def _paint_stretched(
        self,
        painter: QPainter,
        canvas: Canvas,
        key: TileKey,
        ends: tuple[float, float],
        top: float,
    ) -> None:
        """Draw what is kept of the zoom that was last drawn in full, stretched to this one."""
        zoom = self._drawn[key.source, key.kind, key.height_px, key.dpr]
        offset = INSET_PX - canvas.geometry.scroll_px
        width = TILE_PX / key.dpr * zoom / key.samples_per_px
        first, last = (int((end - offset) // width) for end in ends)
        for index in range(first, last + 1):
            tile = self._cache.kept(replace(key, samples_per_px=zoom, index=index))
            if tile is not None:
                place = QRectF(offset + index * width, top, width, key.height_px)
                painter.drawPixmap(place, tile, QRectF(tile.rect()))

    def _wave_table(self, colour_name: str) -> list[int]:
        colour = self._theme.lane_colour(colour_name)
        share = 0.45 if self._theme.name == "light" else 0.52
        peak = QColor(colour)
        peak.setAlphaF(share)
        return [0, peak.rgba(), colour.rgba()]

    def _pyramid(self, source: str, levels: NDArray[np.uint8]) -> LevelPyramid:
        kept = self._pyramids.get(source)
        if kept is None or kept[0] is not levels:
            kept = (levels, LevelPyramid(levels))
            self._pyramids[source] = kept
            self._cache.forget(source)
        return kept[1]
