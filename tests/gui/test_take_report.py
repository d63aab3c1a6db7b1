"""The report about a take, from the command to the numbers."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.project.time import Samples, Span
from desktop_app.views.report.report_dialog import ReportDialog
from tests.gui.conftest import Studio

ROOT = Path(__file__).resolve().parents[2]


def generate(studio: Studio, seconds: int = 12) -> None:
    """A lane with one take, focused."""
    view = studio.application.timeline_view
    view.clip_add_requested.emit(None, Span(Samples(0), Samples(seconds * 48_000)))
    view.clip_text_requested.emit(studio.project.lanes[0].clips[0].id, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    studio.qtbot.waitUntil(lambda: bool(studio.project.lanes[0].sound))


def report(studio: Studio) -> ReportDialog:
    """Open the report and wait until it is complete."""
    studio.run("take_report")
    dialog = studio.application.reports.dialog
    assert dialog is not None
    studio.qtbot.waitUntil(lambda: bool(dialog.table.rows), timeout=30_000)
    return dialog


def point_at(dialog: ReportDialog, seconds: float, height: float) -> None:
    point = dialog.plots.point_of(seconds, height)
    canvas = dialog.plots.canvas
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, canvas.mapToGlobal(point), none, none,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_report_shows_numbers_and_reads_what_is_under_the_pointer(studio: Studio) -> None:
    generate(studio)

    dialog = report(studio)

    values = {row.name: row.value for row in dialog.table.rows}
    assert values["Length"] == "12.0 s"
    assert values["True peak"] == "−6.0 dBTP"
    assert "Seam flux ratio" in values
    assert dialog.windowTitle() == f"Sound of take 1 of {studio.project.lanes[0].name}"
    point_at(dialog, 6.0, 0.5)
    assert dialog.reading.startswith("0:0")
    for unit in ("kHz", "dB", "LUFS", "flux"):
        assert unit in dialog.reading
    QApplication.sendEvent(dialog.plots.canvas, QEvent(QEvent.Type.Leave))
    assert "LUFS" not in dialog.reading


def test_keys_zoom_and_move_within_the_take(studio: Studio) -> None:
    generate(studio)
    plots = report(studio).plots
    assert plots.visible_seconds == pytest.approx((0, 12))

    QTest.keyClick(plots, Qt.Key.Key_Plus)
    assert plots.visible_seconds == pytest.approx((2, 10))
    for _ in range(9):
        QTest.keyClick(plots, Qt.Key.Key_Right)
    assert plots.visible_seconds == pytest.approx((4, 12))
    QTest.keyClick(plots, Qt.Key.Key_Minus)
    QTest.keyClick(plots, Qt.Key.Key_0)
    assert plots.visible_seconds == pytest.approx((0, 12))


def test_the_report_follows_the_theme(studio: Studio) -> None:
    generate(studio)
    dialog = report(studio)
    before = dialog.grab().toImage()

    studio.theme.switch_to("light")

    assert dialog.grab().toImage() != before
    assert dialog.grab().toImage().pixelColor(60, 300).lightness() > 200


def test_a_report_that_is_left_at_once_disturbs_nobody(studio: Studio) -> None:
    generate(studio)
    studio.run("take_report")
    dialog = studio.application.reports.dialog
    assert dialog is not None

    dialog.reject()

    assert studio.application.reports.dialog is None
    assert report(studio).table.rows


def test_a_take_whose_files_are_lost_is_told(studio: Studio) -> None:
    generate(studio)
    for path in studio.application.workspace.store.media_dir.glob("*.npy"):
        path.unlink()

    studio.run("take_report")

    dialog = studio.application.reports.dialog
    assert dialog is not None
    studio.qtbot.waitUntil(lambda: "cannot be measured" in dialog.reading, timeout=30_000)


def test_without_sound_there_is_nothing_to_report(studio: Studio) -> None:
    assert not studio.application.window.commands["take_report"].isEnabled()
    studio.application.reports.open()
    assert studio.application.reports.dialog is None


def test_the_window_opens_without_pyqtgraph() -> None:
    code = "import sys, desktop_app.app; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
