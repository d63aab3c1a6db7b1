"""The list of jobs in the bottom panel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.views.jobs.job_entry import JobEntry
from desktop_app.views.jobs.values import JobRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label


class JobsDock(QScrollArea):
    """Running, waiting and finished jobs; new ones open below.

    Args:
        theme: Colours and type.

    Signals:
        cancel_requested (str): The job with this id shall stop.
        retry_requested (str): The failed job with this id shall be tried again.
        details_requested (str): The full text of the job's error is wanted.
        dismiss_requested (str): The failed job with this id shall be given up.
    """

    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    details_requested = Signal(str)
    dismiss_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: dict[str, JobEntry] = {}
        self.setAccessibleName("Jobs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        content = QWidget()
        content.setAutoFillBackground(False)
        self._hint = Label(theme, "No jobs yet. What is being made is listed here.", colour="text3")
        self._hint.setContentsMargins(12, 10, 12, 10)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._hint)
        self._column.addStretch()
        self.setWidget(content)
        content.setAutoFillBackground(False)

    @property
    def entries(self) -> tuple[JobEntry, ...]:
        """The lines, from top to bottom."""
        return tuple(self._entries.values())

    def show_jobs(self, rows: tuple[JobRow, ...]) -> None:
        """Show all jobs, in the order of the queue."""
        self._hint.setVisible(not rows)
        for job_id in set(self._entries) - {row.job_id for row in rows}:
            entry = self._entries.pop(job_id)
            self._column.removeWidget(entry)
            entry.deleteLater()
        entries: dict[str, JobEntry] = {}
        for index, row in enumerate(rows):
            entry = self._entries.get(row.job_id) or self._new_entry(row)
            entry.show_row(row)
            entries[row.job_id] = entry
            # Behind the hint, which is always first.
            if self._column.indexOf(entry) != index + 1:
                self._column.insertWidget(index + 1, entry)
        self._entries = entries

    def _new_entry(self, row: JobRow) -> JobEntry:
        entry = JobEntry(self._theme, row)
        entry.cancel_requested.connect(self.cancel_requested)
        entry.retry_requested.connect(self.retry_requested)
        entry.details_requested.connect(self.details_requested)
        entry.dismiss_requested.connect(self.dismiss_requested)
        return entry
