"""The seam report as a table for people and as JSON for programs."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop_app.cli_support import clock_time
from desktop_app.project.storage.errors import told_to_people
from engine.analysis import Measurement, SeamReport

_FORMAT, _VERSION = "longwave-seam-report", 1
_HEAD = ("", "MEASURE", "VALUE", "TARGET", "ELSEWHERE", "WHAT IT MEANS")


def report_lines(
    name: str, report: SeamReport, measurements: Sequence[Measurement], notes: Iterable[str]
) -> list[str]:
    """The lines that are printed for one piece.

    Args:
        name: Of the piece.
        report: What was found.
        measurements: What is shown: those of the report, and those of an edit.
        notes: Sentences below the title.
    """
    layout = report.layout
    title = (
        f"{name}: {clock_time(report.seconds)}, {len(report.seams)} seams, one every"
        f" {layout.stride / 25:g} s (windows of {layout.window / 25:g} s)"
    )
    rows = [_HEAD, *(_row(measurement) for measurement in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    table = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[5]])
        for row in rows
    ]
    return [title, *notes, *table]


def write_json(
    path: Path, source: Path, pieces: Sequence[tuple[str, SeamReport, Sequence[Measurement]]]
) -> None:
    """Write everything that was measured.

    Args:
        path: Replaced if it exists.
        source: What was analysed.
        pieces: Name, report and measurements of each piece.

    Raises:
        StorageError: The file cannot be written.
    """
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "source": source.name,
        "pieces": [
            {
                "name": name,
                "seconds": report.seconds,
                "window_latent_frames": report.layout.window,
                "stride_latent_frames": report.layout.stride,
                "ramp_latent_frames": report.layout.ramp,
                "measurements": [_plain(measurement) for measurement in measurements],
                "seams": [_finite(asdict(seam)) for seam in report.seams],
            }
            for name, report, measurements in pieces
        ],
    }
    with told_to_people("written", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _row(measurement: Measurement) -> tuple[str, ...]:
    return (
        measurement.verdict.value,
        measurement.name,
        _number(measurement.value, measurement.unit),
        measurement.target,
        _number(measurement.elsewhere, measurement.unit),
        measurement.meaning,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    text = "0" if value == 0 else f"{value:.1e}" if abs(value) < 0.001 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def _plain(measurement: Measurement) -> dict[str, Any]:
    return _finite({**asdict(measurement), "target": measurement.target})


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no NaN."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
