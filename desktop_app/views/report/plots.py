"""Spectrogram and curves of a take over one time axis, drawn by pyqtgraph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.report.reading import reading_text, tick_step, tick_words
from desktop_app.views.report.values import ReportCurves, ReportPicture
from desktop_app.views.spectrogram.frequency import AXIS_HZ, axis_label, height_of_hz
from desktop_app.views.spectrogram.picture import row_weights
from desktop_app.views.spectrogram.pyramid import LevelPyramid
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.time_text import MINUS

_AXIS_WIDTH_PX = 60
_ROWS_PER_BAND = 4
_NARROWEST_SECONDS = 0.1
_KEY_ZOOM, _KEY_SHARE = 1.5, 0.1
_SEAM_OPACITIES = (0.5, 0.2, 0.2)
_FAR = 1e4
_HIGHEST_LUFS, _LOWEST_LUFS = 0.0, -70.0


class ReportPlots(QWidget):
    """Spectrogram, short-term loudness and spectral flux; the wheel zooms, a drag moves.

    With the keyboard: arrows move, plus and minus zoom, 0 shows the whole take.

    Args:
        theme: Colours and type.
        picture: The spectrogram.

    Signals:
        reading_changed (str): What lies under the pointer; empty outside.
    """

    reading_changed = Signal(str)

    def __init__(self, theme: Theme, picture: ReportPicture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = picture
        self._curves: ReportCurves | None = None
        self._pyramid = LevelPyramid(picture.levels)
        self._weights = row_weights(picture.levels.shape[0], _ROWS_PER_BAND * len(picture.levels))
        self._canvas = pyqtgraph.GraphicsLayoutWidget()
        self._spectrogram, self._loudness, self._flux = self._add_plots()
        self._plots = (self._spectrogram, self._loudness, self._flux)
        self._image = pyqtgraph.ImageItem(axisOrder="row-major")
        self._loudness_curve = pyqtgraph.PlotDataItem(connect="finite", antialias=True)
        self._flux_curve = pyqtgraph.PlotDataItem()
        self._flux_curve.setDownsampling(auto=True, method="peak")
        self._flux_curve.setClipToView(True)
        self._seams = [pyqtgraph.PlotCurveItem(connect="pairs") for _ in self._plots]
        self._pointers = [pyqtgraph.InfiniteLine(angle=90) for _ in self._plots]
        self._height_pointer = pyqtgraph.InfiniteLine(angle=0)
        self._fill_plots()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self._name_parts()
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self._spectrogram.vb.sigXRangeChanged.connect(lambda *_: self._draw_image())
        self._spectrogram.vb.sigResized.connect(lambda *_: self._draw_image())
        self._canvas.scene().sigMouseMoved.connect(self._on_pointer_moved)
        self._canvas.viewport().installEventFilter(self)
        self.show_all()

    @property
    def visible_seconds(self) -> tuple[float, float]:
        """First and last second in view."""
        first, last = self._spectrogram.vb.viewRange()[0]
        return float(first), float(last)

    def show_curves(self, curves: ReportCurves) -> None:
        """Add what was measured."""
        self._curves = curves
        loudness_seconds = np.arange(len(curves.loudness_lufs)) / curves.loudness_rate
        self._loudness_curve.setData(loudness_seconds, curves.loudness_lufs)
        heard = curves.loudness_lufs[np.isfinite(curves.loudness_lufs)]
        if len(heard):
            lowest, highest = float(heard.min()) - 3, float(heard.max()) + 3
            self._loudness.setYRange(
                max(lowest, _LOWEST_LUFS), min(highest, _HIGHEST_LUFS + 3), padding=0
            )
        self._flux_curve.setData(np.arange(len(curves.flux)) / curves.flux_rate, curves.flux)
        self._flux.setYRange(0, max(float(curves.flux.max(initial=0.0)) * 1.05, 1.0), padding=0)
        for line in self._seams:
            ends = np.tile([-_FAR, _FAR], len(curves.seams))
            line.setData(np.repeat(curves.seams, 2), ends)

    def show_all(self) -> None:
        """Bring the whole take into view."""
        self._show_seconds(0.0, self._picture.seconds)

    def point_of(self, seconds: float, height: float) -> QPointF:
        """Where in the canvas a point of the spectrogram is drawn."""
        scene = self._spectrogram.vb.mapViewToScene(QPointF(seconds, height))
        return QPointF(self._canvas.mapFromScene(scene))

    @property
    def canvas(self) -> QWidget:
        """What the mouse moves on."""
        viewport: QWidget = self._canvas.viewport()
        return viewport

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        first, last = self.visible_seconds
        step, middle = (last - first) * _KEY_SHARE, (first + last) / 2
        moves = {Qt.Key.Key_Left: -step, Qt.Key.Key_Right: step}
        zooms = {
            Qt.Key.Key_Plus: 1 / _KEY_ZOOM,
            Qt.Key.Key_Equal: 1 / _KEY_ZOOM,
            Qt.Key.Key_Minus: _KEY_ZOOM,
        }
        key = Qt.Key(event.key())
        if key in moves:
            move = min(max(moves[key], -first), self._picture.seconds - last)
            self._show_seconds(first + move, last + move)
        elif key in zooms:
            half = (last - first) * zooms[key] / 2
            self._show_seconds(middle - half, middle + half)
        elif key == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._hide_pointer()
        return False

    def _add_plots(self) -> tuple[Any, Any, Any]:
        plots: list[Any] = []
        for row, words in enumerate(("Hz", "LUFS", "Flux")):
            plot = self._canvas.addPlot(row=row, col=0)
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.setLimits(xMin=0, xMax=self._picture.seconds, minXRange=_NARROWEST_SECONDS)
            plot.getAxis("left").setWidth(_AXIS_WIDTH_PX)
            plot.getAxis("left").setLabel(words)
            plot.getAxis("left").enableAutoSIPrefix(enable=False)
            bottom = plot.getAxis("bottom")
            bottom.enableAutoSIPrefix(enable=False)
            bottom.tickSpacing = _time_spacing
            bottom.tickStrings = _time_words
            bottom.setStyle(showValues=row == 2, tickLength=-4 if row == 2 else 0)
            if row:
                plot.getAxis("left").tickStrings = _number_words
            if plots:
                plot.setXLink(plots[0])
            plots.append(plot)
        for row, stretch in enumerate((5, 2, 2)):
            self._canvas.ci.layout.setRowStretchFactor(row, stretch)
        self._canvas.ci.layout.setVerticalSpacing(8)
        self._canvas.ci.setContentsMargins(4, 8, 12, 4)
        return plots[0], plots[1], plots[2]

    def _fill_plots(self) -> None:
        self._spectrogram.setYRange(0, 1, padding=0)
        ticks = [(height_of_hz(hz), axis_label(hz)) for hz in AXIS_HZ]
        self._spectrogram.getAxis("left").setTicks([ticks])
        self._spectrogram.addItem(self._image, ignoreBounds=True)
        self._loudness.setYRange(-40, 0, padding=0)
        self._loudness.addItem(self._loudness_curve)
        self._flux.setYRange(0, 1, padding=0)
        self._flux.addItem(self._flux_curve)
        for plot, seams, pointer in zip(self._plots, self._seams, self._pointers, strict=True):
            plot.addItem(seams, ignoreBounds=True)
            plot.addItem(pointer, ignoreBounds=True)
        self._spectrogram.addItem(self._height_pointer, ignoreBounds=True)
        self._hide_pointer()

    def _name_parts(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Spectrogram, loudness and flux of the take")
        self.setAccessibleDescription("Arrows move, plus and minus zoom, 0 shows the whole take.")
        self._canvas.setFocusProxy(self)
        self._canvas.setAccessibleName("Plots of the take")
        self._canvas.viewport().setAccessibleName("Plots of the take")

    def _apply_theme(self) -> None:
        theme = self._theme
        self._canvas.setBackground(theme.colour("well"))
        line, words = _pen(theme, "line_strong"), theme.colour("text3")
        font = theme.font("tiny", 500)
        for plot in self._plots:
            for name in ("left", "bottom"):
                axis = plot.getAxis(name)
                axis.setPen(line)
                axis.setTextPen(words)
                axis.setStyle(tickFont=font, tickTextOffset=4)
                axis.labelStyle = {"color": words.name()}
                axis.label.setFont(font)
                axis.label.setDefaultTextColor(words)
        for seams, opacity in zip(self._seams, _SEAM_OPACITIES, strict=True):
            seams.setPen(_pen(theme, "text", opacity))
        for pointer in (*self._pointers, self._height_pointer):
            pointer.setPen(_pen(theme, "playhead", 0.7))
        curve = QPen(theme.lane_colour(self._picture.colour), 1.5)
        curve.setCosmetic(True)
        self._loudness_curve.setPen(curve)
        thin = QPen(curve)
        thin.setWidthF(1.0)
        self._flux_curve.setPen(thin)
        name = "high_contrast" if theme.name == "high_contrast" else self._picture.colour
        self._image.setLookupTable(theme.colour_map(name))

    def _show_seconds(self, first: float, last: float) -> None:
        self._spectrogram.setXRange(max(first, 0.0), min(last, self._picture.seconds), padding=0)
        self._draw_image()

    def _draw_image(self) -> None:
        """Only what is in view, at the screen's resolution: any length costs the same."""
        first, last = self.visible_seconds
        first, last = max(first, 0.0), min(last, self._picture.seconds)
        width = self._spectrogram.vb.width() * self.devicePixelRatioF()
        num = max(int(width), 16)
        frames_per_second = self._pyramid.num_frames / self._picture.seconds
        columns = self._pyramid.columns(
            first * frames_per_second, (last - first) * frames_per_second / num, num
        )
        rows = (self._weights @ columns)[::-1]
        self._image.setImage(
            np.ascontiguousarray(np.rint(rows).astype(np.uint8)), autoLevels=False, levels=(0, 255)
        )
        self._image.setRect(QRectF(first, 0.0, last - first, 1.0))

    def _on_pointer_moved(self, scene_point: QPointF) -> None:
        for plot in self._plots:
            if plot.vb.sceneBoundingRect().contains(scene_point):
                point = plot.vb.mapSceneToView(scene_point)
                is_above = plot is self._spectrogram
                self._show_pointer(float(point.x()), float(point.y()) if is_above else None)
                return
        self._hide_pointer()

    def _show_pointer(self, seconds: float, height: float | None) -> None:
        for pointer in self._pointers:
            pointer.setValue(seconds)
            pointer.show()
        self._height_pointer.setVisible(height is not None)
        if height is not None:
            self._height_pointer.setValue(height)
        self.reading_changed.emit(reading_text(self._picture, self._curves, seconds, height))

    def _hide_pointer(self) -> None:
        for pointer in (*self._pointers, self._height_pointer):
            pointer.hide()
        self.reading_changed.emit("")


def _pen(theme: Theme, token: str, opacity: float = 1.0) -> QPen:
    pen = QPen(theme.colour(token, opacity), 1.0)
    pen.setCosmetic(True)
    return pen


def _time_spacing(low: float, high: float, size_px: float) -> list[tuple[float, float]]:
    """In place of ``AxisItem.tickSpacing``, which counts in tens and not in minutes."""
    return [(tick_step(high - low, size_px), 0.0)]


def _time_words(values: Sequence[float], _scale: float, spacing: float) -> list[str]:
    """In place of ``AxisItem.tickStrings``."""
    return tick_words(values, spacing)


def _number_words(values: Sequence[float], scale: float, _spacing: float) -> list[str]:
    """In place of ``AxisItem.tickStrings``: with the minus of our type."""
    return [f"{value * scale:g}".replace("-", MINUS) for value in values]
