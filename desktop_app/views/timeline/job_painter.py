"""Draws a job on its lane: the comb, the sound so far, the estimate, and its tags."""

import zlib

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_app.project.ids import LaneId
from desktop_app.project.project import Lane
from desktop_app.project.time import Samples, Span
from desktop_app.views.spectrogram.picture import start_noise
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.comb import comb_fill, even_fill
from desktop_app.views.timeline.lane_layout import Band, LaneRow
from desktop_app.views.timeline.painting import draw_tag, tag_width
from desktop_app.views.timeline.sound_painter import Canvas, Sound, SoundPainter
from desktop_app.views.timeline.ticks import clock_text
from desktop_app.views.timeline.values import JobState, LaneJob
from desktop_app.views.waveform.expected import (
    expected_heights,
    expected_opacity,
    num_mel_frames,
)

_BAR_STEP_PX = 3
_BAR_PX = 1.25
_NOISE_BANDS = 64
_TAGS = {
    JobState.WAITING: ("queue", "engine_text", "engine"),
    JobState.FAILED: ("error", "error", "error"),
    JobState.UNFINISHED: ("history", "text2", "line_strong"),
}
"""Icon, colour and outline of the tag of a job that does not run."""


class JobPainter:
    """Draws jobs with the tiles of a :class:`SoundPainter`.

    Args:
        theme: Colours and type.
        sounds: Keeps the pictures of previews.
    """

    def __init__(self, theme: Theme, sounds: SoundPainter) -> None:
        self._theme = theme
        self._sounds = sounds
        self._noise: dict[LaneId, tuple[str, NDArray[np.uint8]]] = {}

    def forget(self, lane_id: LaneId) -> None:
        """The lane's job is over."""
        self._noise.pop(lane_id, None)
        self._sounds.forget(f"preview:{lane_id}")
        self._sounds.forget(f"audio:{lane_id}")

    def preview_levels(self, lane_id: LaneId, job: LaneJob) -> NDArray[np.uint8]:
        """The newest preview, or the noise that it begins with."""
        if job.levels is not None:
            return job.levels
        kept = self._noise.get(lane_id)
        if kept is None or kept[0] != job.job_id:
            seed = zlib.crc32(job.job_id.encode())
            frames = num_mel_frames(job.span.duration)
            kept = (job.job_id, start_noise(_NOISE_BANDS, frames, seed))
            self._noise[lane_id] = kept
        return kept[1]

    def paint_running(
        self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow, job: LaneJob
    ) -> None:
        """Draw the sound of a running job in place of the lane's."""
        levels = self.preview_levels(lane.id, job)
        span = job.span
        if row.spectrogram is not None:
            sound = Sound(
                source=f"preview:{lane.id}", origin=span.start, span=span, colour=lane.colour
            )
            self._sounds.paint_spectrogram(painter, canvas, sound, levels, row.spectrogram)
        if row.wave is not None:
            self._paint_wave(painter, canvas, lane, row.wave, job, levels)
        if row.comb is not None:
            self._paint_comb(painter, canvas, row.comb, job)

    def _paint_wave(
        self,
        painter: QPainter,
        canvas: Canvas,
        lane: Lane,
        band: Band,
        job: LaneJob,
        levels: NDArray[np.uint8],
    ) -> None:
        ready = Samples(min(max(job.ready_until, job.span.start), job.span.end))
        if job.peaks is not None and ready > job.span.start:
            sound = Sound(
                # The overview changes in place; its revision tells one state from the next.
                source=f"audio:{lane.id}:{job.job_id}:{job.peaks.revision}",
                origin=job.span.start, span=Span(job.span.start, ready), colour=lane.colour,
            )  # fmt: skip
            self._sounds.paint_wave(painter, canvas, sound, job.peaks, band)
        if ready < job.span.end:
            self._paint_expected(painter, canvas, lane, band, job, levels, ready)

    def _paint_expected(
        self,
        painter: QPainter,
        canvas: Canvas,
        lane: Lane,
        band: Band,
        job: LaneJob,
        levels: NDArray[np.uint8],
        ready: Samples,
    ) -> None:
        geometry = canvas.geometry
        first_x = geometry.x_at(ready)
        skipped = max(0, int((canvas.left - first_x) / _BAR_STEP_PX) - 1)
        first_x += skipped * _BAR_STEP_PX
        last_x = min(geometry.x_at(job.span.end), canvas.right)
        num_bars = max(0, int((last_x - first_x) / _BAR_STEP_PX) + 1)
        if num_bars == 0:
            return
        per_bar = _BAR_STEP_PX * geometry.samples_per_px
        first_sample = ready - job.span.start + skipped * per_bar
        heights = expected_heights(levels, first_sample, per_bar, num_bars)
        colour = self._theme.lane_colour(lane.colour)
        colour.setAlphaF(expected_opacity(job.fraction))
        centre = band.top - canvas.scroll_y + band.height / 2
        for bar, height in enumerate(heights):
            size = max(1.0, float(height) * (band.height - 4))
            x = first_x + bar * _BAR_STEP_PX
            painter.fillRect(QRectF(x, centre - size / 2, _BAR_PX, size), colour)

    def _paint_comb(self, painter: QPainter, canvas: Canvas, band: Band, job: LaneJob) -> None:
        geometry = canvas.geometry
        left = geometry.x_at(job.span.start)
        width = (geometry.x_at(job.span.end) - left) / job.num_windows
        top, height = band.top - canvas.scroll_y + 2, band.height - 4
        gap = 1.0 if width > 4 else 0.0
        empty = self._theme.colour("line")
        filled = self._theme.colour("engine")
        for index, fill in enumerate(_comb(job)):
            x = left + index * width
            if x + width < canvas.left or x > canvas.right:
                continue
            cell = QRectF(x, top, width - gap, height)
            painter.fillRect(cell, empty)
            done = round(height * float(fill) * 2) / 2
            painter.fillRect(QRectF(x, top + height - done, width - gap, done), filled)

    def paint_marks(self, painter: QPainter, canvas: Canvas, row: LaneRow, job: LaneJob) -> None:
        """Draw the ready line and the tags."""
        band = row.wave or row.spectrogram
        if band is None:
            return
        geometry = canvas.geometry
        for span in job.also_waiting:
            if not span.intersects(job.span):
                x = max(geometry.x_at(span.start), 0.0) + 8
                self._paint_tag(
                    painter, x, band.top - canvas.scroll_y + 4, JobState.WAITING, "Waiting"
                )
        left = max(geometry.x_at(job.span.start), 0.0)
        right = min(geometry.x_at(job.span.end), float(geometry.width_px))
        top = band.top - canvas.scroll_y + 4
        if job.state is JobState.RUNNING:
            label_width = tag_width(self._theme, job.label, has_icon=True)
            self._paint_ready(painter, canvas, row, job, right - label_width - 8)
            if job.label and right - left > label_width:
                draw_tag(
                    painter, self._theme, right - label_width - 4, top, job.label, icon="generate"
                )
            return
        if job.label:
            self._paint_tag(painter, left + 8, top, job.state, job.label)

    def _paint_tag(
        self, painter: QPainter, left: float, top: float, state: JobState, words: str
    ) -> None:
        icon, colour, outline = _TAGS[state]
        draw_tag(painter, self._theme, left, top, words, icon=icon, colour=colour, outline=outline)

    def _paint_ready(
        self, painter: QPainter, canvas: Canvas, row: LaneRow, job: LaneJob, limit: float
    ) -> None:
        sound = row.sound
        if sound is None or not job.span.start < job.ready_until < job.span.end:
            return
        x = canvas.geometry.x_at(job.ready_until)
        top = sound.top - canvas.scroll_y
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(QRectF(x - 0.75, top, 1.5, sound.height), self._theme.colour("engine"))
        text = f"Ready to {clock_text(job.ready_until)}"
        width = tag_width(self._theme, text, has_icon=True)
        left = x + 6 if x + 6 + width < limit else x - 6 - width
        draw_tag(painter, self._theme, left, top + 4, text, icon="check")


def _comb(job: LaneJob) -> NDArray[np.float64]:
    num_steps = max(job.num_steps, 1)
    share = job.step / num_steps
    if job.is_wavefront:
        return comb_fill(job.num_windows, num_steps, share, job.lag_windows)
    return even_fill(job.num_windows, share)
