"""Measures one take for its report. No Qt, no torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from desktop_app.audio.spectrogram import levels_from_mel
from desktop_app.export.chunks import Loudness
from desktop_app.export.loudness import ProgrammeMeter
from desktop_app.project.ids import MediaId
from desktop_app.project.project import GenerationSettings, Take
from desktop_app.project.time import TIMELINE_RATE_HZ
from desktop_app.views.report.values import ReportCurves, ReportPicture, ReportRow, RowVerdict
from desktop_app.views.widgets.time_text import MINUS, duration_text
from engine.analysis import (
    FRAMES_PER_SECOND,
    HOPS_PER_SECOND,
    Measurement,
    Piece,
    SeamLayout,
    SeamReport,
    Verdict,
    analyse,
    seam_layout,
)
from engine.api import LATENT_FRAMES_PER_SECOND

_NOMINAL_WINDOW = 256
_BLOCK_SECONDS = 10
_SILENCE_DB = -120.0
_VERDICTS = {
    Verdict.OK: RowVerdict.OK,
    Verdict.OFF: RowVerdict.OFF,
    Verdict.UNSURE: RowVerdict.UNSURE,
    Verdict.UNMEASURED: RowVerdict.NONE,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakeNumbers:
    """What was measured of a take.

    Attributes:
        curves: Along the take.
        rows: As numbers.
    """

    curves: ReportCurves
    rows: tuple[ReportRow, ...]


def nominal_layout(settings: GenerationSettings) -> SeamLayout:
    """The windows of a model with windows of 256 latent frames.

    Raises:
        ValueError: The stride does not fit.
    """
    return seam_layout(window=_NOMINAL_WINDOW, stride=settings.stride_latent_frames)


def picture_of(take: Take, media_path: Callable[[MediaId], Path], *, colour: str) -> ReportPicture:
    """The spectrogram of a take; quick.

    Args:
        take: Which.
        media_path: Where a media file lies.
        colour: Name of its lane's colour.

    Raises:
        OSError: The file is not there.
        ValueError: The file is damaged.
    """
    mel = np.load(media_path(take.media.mel), allow_pickle=False, mmap_mode="r")
    return ReportPicture(
        levels=levels_from_mel(np.asarray(mel)),
        seconds=take.span.duration / TIMELINE_RATE_HZ,
        colour=colour,
    )


def measure_take(
    take: Take, media_path: Callable[[MediaId], Path], layout: SeamLayout
) -> TakeNumbers:
    """Measure a take: about a second for three minutes of sound.

    Args:
        take: Which.
        media_path: Where a media file lies.
        layout: The windows it was made with.

    Raises:
        OSError: A file is not there.
        ValueError: A file is damaged, or the take is too short.
        soundfile.SoundFileError: The sound cannot be read.
    """
    samples, rate = soundfile.read(media_path(take.media.audio), dtype="float32", always_2d=True)
    piece = Piece(
        samples=np.ascontiguousarray(samples[:, 0]),
        sample_rate=rate,
        latents=_loaded(media_path(take.media.latents)),
        mel=_loaded(media_path(take.media.mel)),
    )
    report = analyse(piece, layout)
    curves = ReportCurves(
        loudness_lufs=report.loudness_lufs,
        loudness_rate=HOPS_PER_SECOND,
        flux=report.flux,
        flux_rate=FRAMES_PER_SECOND,
        seams=tuple(seam.seconds for seam in report.seams),
    )
    return TakeNumbers(curves=curves, rows=rows_of(take, report, loudness_of(piece)))


def rows_of(take: Take, report: SeamReport, loudness: Loudness) -> tuple[ReportRow, ...]:
    """The numbers for people.

    Args:
        take: What was measured.
        report: What is known of its windows.
        loudness: How loud it is.
    """
    peak = loudness.true_peak_dbtp
    window, stride = (
        frames / LATENT_FRAMES_PER_SECOND for frames in (report.layout.window, report.layout.stride)
    )
    return (
        ReportRow(
            name="Length",
            value=duration_text(take.span.duration),
            meaning=f"{len(report.seams) + 1} windows of {window:g} s, {stride:g} s apart.",
        ),
        ReportRow(
            name="True peak",
            value="silent" if peak <= _SILENCE_DB else _signed(f"{peak:.1f} dBTP"),
            target="at most 0 dBTP",
            verdict=RowVerdict.OK if peak <= 0 else RowVerdict.OFF,
            meaning="Nothing is clipped."
            if peak <= 0
            else "Louder than full scale: lower the lane before a 16-bit or 24-bit export.",
        ),
        ReportRow(
            name="Loudness",
            value=_signed(f"{loudness.integrated_lufs:.1f} LUFS"),
            meaning=_signed(
                f"Range {loudness.range_lu:.1f} LU, loudest three seconds "
                f"{loudness.highest_short_term_lufs:.1f} LUFS."
            ),
        ),
        *map(_row, report.measurements),
    )


def loudness_of(piece: Piece) -> Loudness:
    """Programme loudness and true peak at the timeline's rate, as the export tells them."""
    meter = ProgrammeMeter()
    resampler = soxr.ResampleStream(
        piece.sample_rate, TIMELINE_RATE_HZ, 1, dtype="float32", quality="HQ"
    )
    size = _BLOCK_SECONDS * piece.sample_rate
    for first in range(0, len(piece.samples), size):
        is_last = first + size >= len(piece.samples)
        part = resampler.resample_chunk(piece.samples[first : first + size], last=is_last)
        meter.add(np.repeat(part.reshape(-1, 1), 2, axis=1), is_last=is_last)
    return meter.measured()


def _row(measurement: Measurement) -> ReportRow:
    value = "\u2013"
    if measurement.value is not None:
        unit = f" {measurement.unit}" if measurement.unit else ""
        value = _signed(f"{measurement.value:.2f}{unit}")
    return ReportRow(
        name=measurement.name,
        value=value,
        target=_signed(measurement.target),
        verdict=_VERDICTS[measurement.verdict],
        meaning=measurement.meaning,
    )


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _loaded(path: Path) -> NDArray[np.float32]:
    return np.asarray(np.load(path, allow_pickle=False), np.float32)
