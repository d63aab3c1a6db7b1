"""The panel at the bottom of the window."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.dock.clips_table import ClipsTable
from desktop_app.views.dock.history_list import HistoryList
from desktop_app.views.jobs.jobs_dock import JobsDock
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.panel import Panel
from desktop_app.views.widgets.segments import Segments

PAGES = (("jobs", "Jobs"), ("clips", "Clips"), ("history", "History"))


class BottomDock(Panel):
    """Jobs, clips as a table, history: one of them is shown.

    Args:
        theme: Colours and type.

    Signals:
        fold_requested (): The user wants the panel to go.
    """

    fold_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.setAccessibleName("Bottom panel")
        self.tabs = Segments(theme, "Bottom panel", PAGES, is_tab_row=True)
        self.jobs = JobsDock(theme)
        self.clips = ClipsTable(theme)
        self.history = HistoryList(theme)
        self.fold = IconButton(theme, "chevron-down", "Fold the bottom panel", icon_px=16)
        self._stack = QStackedWidget()
        for page in (self.jobs, self.clips, self.history):
            self._stack.addWidget(page)
        head = QHBoxLayout()
        head.setContentsMargins(0, 3, 14, 0)
        head.addWidget(self.tabs)
        head.addStretch()
        head.addWidget(self.fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(HairLine(theme))
        column.addWidget(self._stack, 1)
        self.tabs.choice_requested.connect(self.show_page)
        self.fold.clicked.connect(self.fold_requested)
        self.show_page("jobs")

    @property
    def page(self) -> str:
        """The page shown: "jobs", "clips" or "history"."""
        return PAGES[self._stack.currentIndex()][0]

    def show_page(self, page: str) -> None:
        """Show "jobs", "clips" or "history"."""
        self.tabs.show_choice(page)
        self._stack.setCurrentIndex([value for value, _ in PAGES].index(page))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 1), self._theme.colour("line"))
        painter.end()
