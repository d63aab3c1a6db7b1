"""A picture of the seam report: spectrum, flux and loudness of each piece, with its seams.

+-- name, length ---------------------------------------------+
| spectrum            |            |            |     seams   |
| spectral flux       |            |            |             |
| loudness            |            |            |             |
+-- 0:00 ------- 1:00 ------- 2:00 ---------------------------+
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPen, QPolygonF

from desktop_app.cli_support import clock_time
from desktop_app.project.storage.errors import StorageError
from desktop_app.views.spectrogram.picture import coloured
from desktop_app.views.theme.theme import Theme, load_theme
from engine.analysis import SeamReport

MOST_PIECES = 24

_WIDTH_PX = 1_600
_MARGIN_PX, _LABEL_PX = 24, 120
_TITLE_PX, _SPECTRUM_PX, _CURVE_PX, _RULER_PX, _GAP_PX = 36, 200, 96, 28, 8
_PIECE_PX = _TITLE_PX + _SPECTRUM_PX + 2 * (_CURVE_PX + _GAP_PX) + _RULER_PX + _MARGIN_PX
_LOUDNESS_RANGE_LU = 30.0
_SPECTRUM_RANGE = np.log(1e3)  # 60 dB
_TICK_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600)
_LEAST_TICK_PX = 90


def write_picture(path: Path, pieces: Sequence[tuple[str, SeamReport]]) -> None:
    """Draw at most 24 pieces under one another into a PNG file; needs no display.

    Args:
        path: The PNG file; its folder is made if it is not there.
        pieces: Name and report of each piece.

    Raises:
        StorageError: The file cannot be written.
    """
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication.instance() or QGuiApplication(["longwave"])
    theme = load_theme("dark")
    shown = pieces[:MOST_PIECES]
    image = QImage(_WIDTH_PX, _MARGIN_PX + _PIECE_PX * len(shown), QImage.Format.Format_RGB32)
    image.fill(theme.colour("canvas"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font("body"))
    for index, (name, report) in enumerate(shown):
        _PiecePicture(painter, theme, report, _MARGIN_PX + index * _PIECE_PX).paint(name)
    painter.end()
    del application
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path.parent} cannot be made: {error.strerror}.") from error
    if not image.save(str(path)):
        raise StorageError(f"{path} cannot be written.", "Choose another name, ending in .png.")


class _PiecePicture:
    def __init__(self, painter: QPainter, theme: Theme, report: SeamReport, top: int) -> None:
        self._painter = painter
        self._theme = theme
        self._report = report
        self._top = top
        self._left = _MARGIN_PX + _LABEL_PX
        self._width = _WIDTH_PX - self._left - _MARGIN_PX

    def paint(self, name: str) -> None:
        report = self._report
        self._text(QRect(_MARGIN_PX, self._top, self._width, _TITLE_PX), name, "text")
        spectrum = self._row(_TITLE_PX, _SPECTRUM_PX)
        flux = self._row(_TITLE_PX + _SPECTRUM_PX + _GAP_PX, _CURVE_PX)
        loudness = self._row(_TITLE_PX + _SPECTRUM_PX + _CURVE_PX + 2 * _GAP_PX, _CURVE_PX)
        self._painter.drawImage(spectrum, _spectrum_image(report, self._theme, self._width))
        for row in (flux, loudness):
            self._painter.fillRect(row, self._theme.colour("well"))
        self._seams((spectrum, flux, loudness))
        highest = max(float(np.percentile(report.flux, 99.9)), 1e-9)
        self._curve(flux, _column_maxima(report.flux, self._width) / highest)
        levels = report.loudness_lufs
        loudest = float(np.nanmax(levels)) if np.isfinite(levels).any() else 0.0
        at = np.arange(self._width) * len(levels) // self._width
        self._curve(loudness, (levels[at] - loudest) / _LOUDNESS_RANGE_LU + 1)
        for row, label in (
            (spectrum, "Spectrum\n0–8 kHz"),
            (flux, "Flux"),
            (loudness, f"Loudness\n{loudest:.0f} LUFS\ndown {_LOUDNESS_RANGE_LU:.0f} LU"),
        ):
            self._text(QRect(_MARGIN_PX, row.top(), _LABEL_PX, row.height()), label, "text2")
        self._ruler(loudness.bottom() + 1)

    def _row(self, offset: int, height: int) -> QRect:
        return QRect(self._left, self._top + offset, self._width, height)

    def _x(self, seconds: float) -> float:
        return self._left + seconds / self._report.seconds * self._width

    def _seams(self, rows: tuple[QRect, ...]) -> None:
        self._painter.setPen(QPen(self._theme.colour("text", 0.45), 1, Qt.PenStyle.DotLine))
        for seam in self._report.seams:
            x = self._x(seam.seconds)
            for row in rows:
                self._painter.drawLine(QPointF(x, row.top()), QPointF(x, row.bottom()))

    def _curve(self, row: QRect, heights: NDArray[np.float64]) -> None:
        """One height from 0 to 1 for each column; NaN leaves a gap."""
        self._painter.setPen(QPen(self._theme.lane_colour("lagoon"), 1.2))
        bottoms = row.bottom() - np.clip(heights, 0, 1) * (row.height() - 2)
        points: list[QPointF] = []
        for column, y in enumerate(bottoms):
            if np.isfinite(y):
                points.append(QPointF(row.left() + column, float(y)))
            elif points:
                self._painter.drawPolyline(QPolygonF(points))
                points = []
        if points:
            self._painter.drawPolyline(QPolygonF(points))

    def _ruler(self, top: int) -> None:
        seconds_per_tick = _LEAST_TICK_PX * self._report.seconds / self._width
        tick = next((tick for tick in _TICK_SECONDS if tick >= seconds_per_tick), 7_200)
        for second in range(0, int(self._report.seconds) + 1, tick):
            x = round(self._x(second))
            if x + _LEAST_TICK_PX // 2 <= _WIDTH_PX:
                place = QRect(x, top, _LEAST_TICK_PX, _RULER_PX)
                self._text(place, clock_time(second), "text2")

    def _text(self, place: QRect, text: str, colour: str) -> None:
        self._painter.setPen(self._theme.colour(colour))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(place, int(flags), text)


def _spectrum_image(report: SeamReport, theme: Theme, width: int) -> QImage:
    columns = np.stack([_column_maxima(band, width) for band in report.log_bands.T[::-1]])
    highest = float(columns.max())
    levels = np.clip((columns - highest) / _SPECTRUM_RANGE + 1, 0, 1) * 255
    pixels = coloured(np.rint(levels).astype(np.uint8), theme.colour_map("lagoon"))
    height = len(pixels)
    pixels = np.ascontiguousarray(pixels)
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()


def _column_maxima(values: NDArray[np.floating], width: int) -> NDArray[np.float64]:
    """(width,) highest value of each column; neighbours are repeated where there are fewer."""
    starts = (np.arange(width) * len(values) // width).astype(np.int64)
    return np.asarray(np.maximum.reduceat(values, starts), np.float64)
