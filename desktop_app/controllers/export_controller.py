"""The export dialog: choices become a plan, the plan becomes files in the background."""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QThread, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from desktop_app.audio.sources import TakeSources
from desktop_app.controllers.job_display import stale_takes
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.export.errors import ExportCancelledError
from desktop_app.export.plan import ExportPlan, PlannedFile, plan_export
from desktop_app.export.run import ExportReport, run_export
from desktop_app.export.settings import ExportSettings, OnCollision, SampleFormat
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Project
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.time import Span
from desktop_app.views.dialogs.export_dialog import ExportDialog
from desktop_app.views.dialogs.export_values import ExportCheck, ExportChoices, ExportRow

logger = logging.getLogger(__name__)

_BAND_LIMIT = ExportCheck(
    icon="info",
    title="The model's sound ends at 8 kHz",
    text="Higher rates keep it exactly; they add nothing above.",
)
_SUM = ExportCheck(
    icon="check",
    title="Stems add up to the mix",
    text="In 32-bit float exactly, otherwise within the rounding of the word length.",
)


def unfinished_checks(project: Project) -> tuple[ExportCheck, ...]:
    """What of a project is not as its clips say, for whoever is about to deliver it."""
    checks = []
    silent = [lane.name for lane in project.lanes if lane.clips and not lane.sound]
    if silent:
        title = f"No sound yet: {_listed(silent)}"
        checks.append(ExportCheck(icon="warning", title=title, text="Generate it, or go without."))
    stale = stale_takes(project)
    old = [lane.name for lane in project.lanes if any(take.id in stale for take in lane.takes)]
    if old:
        title = f"Changed since its take: {_listed(old)}"
        text = "What is heard was made from other words or settings."
        checks.append(ExportCheck(icon="warning", title=title, text=text))
    return tuple(checks)


def _listed(names: list[str]) -> str:
    """Up to two names, and how many more."""
    shown, more = names[:2], len(names) - 2
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


class ExportController(QObject):
    """Opens the dialog and writes what it asks for.

    Signals:
        message (str): One line for the status bar.
        failed (str, str, str): Title, sentence and details of what went wrong.

    Args:
        document: What is exported.
        selection: For exporting the selected range.
        sources: Sound of the takes.
        make_dialog: Makes the dialog over the window.
    """

    message = Signal(str)
    failed = Signal(str, str, str)

    def __init__(
        self,
        document: Document,
        selection: Selection,
        sources: Callable[[], TakeSources],
        make_dialog: Callable[[], ExportDialog],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._sources = sources
        self._make_dialog = make_dialog
        self._choices = ExportChoices()
        self._dialog: ExportDialog | None = None
        self._plan: ExportPlan | None = None
        self._writing: _Writing | None = None

    @property
    def dialog(self) -> ExportDialog | None:
        """The open dialog."""
        return self._dialog

    def open(self) -> None:
        """Show the dialog with the choices of the last time."""
        dialog = self._make_dialog()
        self._dialog = dialog
        path = self._document.path
        folder = str(path.parent / f"{path.name} export") if path else str(Path.home())
        self._choices = replace(self._choices, folder=self._choices.folder or folder)
        dialog.show_ranges(self._ranges())
        dialog.show_choices(self._choices)
        dialog.choices_changed.connect(self._show_plan)
        dialog.folder_requested.connect(self._ask_folder)
        dialog.export_requested.connect(self._export)
        dialog.cancel_requested.connect(self._cancel)
        self._show_plan(self._choices)
        dialog.open()

    def close(self) -> None:
        """Stop writing and wait for the thread."""
        if self._writing is not None:
            self._writing.is_cancelled.set()
            self._writing.wait()

    def _ranges(self) -> tuple[tuple[str, str], ...]:
        ranges = [("all", "Everything")]
        if self._selection.value.span is not None:
            ranges.append(("selection", "Selection"))
        if self._document.project.loop is not None:
            ranges.append(("loop", "Loop range"))
        return tuple(ranges)

    def _span(self, choices: ExportChoices) -> Span | None:
        spans = {"selection": self._selection.value.span, "loop": self._document.project.loop}
        return spans.get(choices.range)

    def _show_plan(self, choices: ExportChoices) -> None:
        self._choices = choices
        if self._dialog is None:
            return
        self._plan = None
        try:
            plan = plan_export(
                self._document.project, self._settings(choices), Path(choices.folder)
            )
        except StorageError as error:
            self._dialog.show_plan("", ())
            self._dialog.show_problem(str(error))
            return
        self._plan = plan
        free = _free_bytes(Path(choices.folder))
        total = f"{_size_words(plan.num_bytes)} of {_size_words(free)} free"
        checks = (_SUM, _BAND_LIMIT) if choices.files == "both" else (_BAND_LIMIT,)
        checks = (*checks, *unfinished_checks(self._document.project))
        self._dialog.show_plan(total, tuple(self._row(file) for file in plan.files), checks)
        if plan.num_bytes > free:
            self._dialog.show_problem("The disk has not so much left. Choose another folder.")

    def _settings(self, choices: ExportChoices) -> ExportSettings:
        return ExportSettings(
            has_mix=choices.files in {"mix", "both"},
            has_stems=choices.files in {"stems", "both"},
            sample_format=SampleFormat(choices.sample_format),
            sample_rate=choices.sample_rate,
            span=self._span(choices),
            name_template=choices.pattern,
            on_collision=OnCollision(choices.on_collision),
            has_session=choices.has_session,
            includes_recipe=choices.includes_recipe,
            includes_prompts=choices.includes_prompts,
            includes_ai_tag=choices.includes_ai_tag,
            includes_markers=choices.includes_markers,
            includes_loop=choices.includes_loop,
        )

    def _row(self, file: PlannedFile) -> ExportRow:
        is_stem = len(file.lane_ids) == 1 and file.title != self._document.project.name
        lane = lane_by_id(self._document.project, file.lane_ids[0]) if is_stem else None
        return ExportRow(
            name=file.path.name,
            size_text=_size_words(file.num_bytes),
            note="replaces the file there" if file.replaces else "",
            colour="" if lane is None else lane.colour,
            replaces=file.replaces,
        )

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._dialog, "Export to", self._choices.folder)
        if chosen and self._dialog is not None:
            choices = replace(self._choices, folder=chosen)
            self._dialog.show_choices(choices)
            self._show_plan(choices)

    def _export(self, choices: ExportChoices) -> None:
        self._show_plan(choices)
        if self._plan is None or self._dialog is None or self._writing is not None:
            return
        self._writing = _Writing(self._plan, self._sources(), self)
        self._writing.progressed.connect(self._show_progress)
        self._writing.ended.connect(self._on_ended)
        self._show_progress(0.0)
        self._writing.start()

    def _cancel(self) -> None:
        if self._writing is not None:
            self._writing.is_cancelled.set()

    def _show_progress(self, fraction: float) -> None:
        if self._dialog is not None and self._plan is not None:
            self._dialog.show_writing((fraction,) * len(self._plan.files))

    def _on_ended(self, outcome: object) -> None:
        if self._writing is not None:
            self._writing.wait()
            self._writing = None
        if self._dialog is not None:
            self._dialog.show_stopped()
        match outcome:
            case ExportReport():
                self._show_report(outcome)
            case ExportCancelledError():
                self.message.emit("Export cancelled; nothing was left behind.")
            case StorageError():
                self.failed.emit(outcome.reason, outcome.remedy, "")
            case _:
                self.failed.emit("The export failed", str(outcome), repr(outcome))

    def _show_report(self, report: ExportReport) -> None:
        folder = report.files[0].path.parent
        clipped = sum(file.num_clipped for file in report.files)
        note = f", {clipped} samples were clipped" if clipped else ""
        self.message.emit(f"{len(report.files)} files written to {folder.name}{note}")
        if self._choices.reveals_folder:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        if self._dialog is not None:
            self._dialog.accept()
            self._dialog = None


class _Writing(QThread):
    """Writes one plan in the background."""

    progressed = Signal(float)
    ended = Signal(object)

    def __init__(self, plan: ExportPlan, sources: TakeSources, parent: QObject) -> None:
        super().__init__(parent)
        self._plan = plan
        self._sources = sources
        self.is_cancelled = threading.Event()

    def run(self) -> None:
        """Write everything and report how it ended."""
        try:
            report = run_export(
                self._plan, self._sources, self.progressed.emit, self.is_cancelled.is_set
            )
        except (ExportCancelledError, StorageError) as outcome:
            self.ended.emit(outcome)
        except Exception as error:
            logger.exception("export failed")
            self.ended.emit(error)
        else:
            self.ended.emit(report)


def _free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


def _size_words(num_bytes: int) -> str:
    if num_bytes < 1e6:
        return f"{num_bytes / 1e3:.0f} kB"
    return f"{num_bytes / 1e6:.1f} MB" if num_bytes < 1e9 else f"{num_bytes / 1e9:.1f} GB"
