"""The right column of the export dialog: what will happen."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.dialogs.export_values import ExportCheck, ExportRow
from desktop_app.views.prompts.lane_title import Swatch
from desktop_app.views.prompts.miniature import Miniature
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_icon
from desktop_app.views.widgets.progress_bar import ProgressBar

_CHECK_COLOURS = {"check": "ok", "info": "focus", "warning": "text", "error": "error"}
_LIST_HEIGHT_PX = 222


class FileEntry(QWidget):
    """One file with its size, and a bar while it is written.

    Args:
        theme: Colours and type.
        row: What to show.
    """

    def __init__(self, theme: Theme, row: ExportRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        colour = f"lane.{row.colour}" if row.colour else "text2"
        swatch = Swatch(theme)
        swatch.show_colour(row.colour or "stone")
        self.setAccessibleName(f"{row.name}, {row.size_text} {row.note}".strip())
        self.bar = ProgressBar(theme, f"Progress of {row.name}", colour="focus")
        self.bar.hide()
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(swatch)
        head.addWidget(Label(theme, row.name, colour="text", weight=600, elides=True), 1)
        head.addWidget(Label(theme, row.size_text))
        second = QHBoxLayout()
        second.setContentsMargins(22, 0, 0, 0)
        second.addWidget(Miniature(theme, row.miniature, colour), 1)
        second.addWidget(self.bar, 1)
        if row.note:
            second.addWidget(Label(theme, row.note, kind="tiny", colour="text"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(second)
        self.setFixedHeight(round(42 * max(1.0, theme.text_scale)))


class ExportPreview(QWidget):
    """Every file with name and size, loudness, and what is certain.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.entries: list[FileEntry] = []
        self._title = Label(theme, "", colour="text", weight=600)
        self._total = Label(theme, "")
        self._files = QVBoxLayout()
        self._files.setContentsMargins(0, 4, 0, 4)
        self._files.setSpacing(0)
        self._files.addStretch()
        self._loudness_title = Label(theme, "Loudness of the mix", colour="text", weight=600)
        self._loudness = QHBoxLayout()
        self._loudness.setSpacing(8)
        self._checks = QVBoxLayout()
        self._checks.setSpacing(10)
        self._problem = Label(theme, "", colour="error", weight=500)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._lay_out()
        self.show_loudness(())

    def show_plan(self, title: str, total: str, rows: tuple[ExportRow, ...]) -> None:
        """Show all files: "5 files", "259 MB of 412 GB free"."""
        self._title.show_text(title)
        self._total.show_text(total)
        for entry in self.entries:
            self._files.removeWidget(entry)
            entry.deleteLater()
        self.entries = [FileEntry(self._theme, row) for row in rows]
        for index, entry in enumerate(self.entries):
            self._files.insertWidget(index, entry)

    def show_loudness(self, values: tuple[tuple[str, str], ...]) -> None:
        """Show measured values: number and unit of each; none hides the part."""
        _clear(self._loudness)
        self._loudness_title.setVisible(bool(values))
        for number, unit in values:
            self._loudness.addWidget(_Tile(self._theme, number, unit))

    def show_checks(self, checks: tuple[ExportCheck, ...]) -> None:
        """Show facts about the export."""
        _clear(self._checks)
        for check in checks:
            self._checks.addWidget(_Check(self._theme, check))

    def show_problem(self, sentence: str) -> None:
        """Say why it cannot be done; empty when it can."""
        self._problem.show_text(sentence)
        self._problem.setVisible(bool(sentence))

    def show_progress(self, fractions: tuple[float, ...]) -> None:
        """Show how much of each file is written; empty before and after."""
        for index, entry in enumerate(self.entries):
            entry.bar.setVisible(bool(fractions))
            if index < len(fractions):
                entry.bar.show_fraction(fractions[index])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._total)
        content = QWidget()
        content.setLayout(self._files)
        area = _WellArea(self._theme)
        area.setWidget(content)
        content.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(area)
        column.addWidget(self._problem)
        column.addWidget(self._loudness_title)
        column.addLayout(self._loudness)
        column.addLayout(self._checks)
        column.addStretch()


class _WellArea(QScrollArea):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Files")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFixedHeight(_LIST_HEIGHT_PX)
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self.viewport())
        draw_box(
            painter,
            QRectF(self.viewport().rect()),
            self._theme.radius("card"),
            fill=self._theme.colour("canvas"),
            outline=self._theme.colour("line_strong"),
        )
        painter.end()


class _Tile(QWidget):
    def __init__(self, theme: Theme, number: str, unit: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(f"{number} {unit}")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(2)
        for label in (
            Label(theme, number, kind="strong", colour="text"),
            Label(theme, unit, kind="small"),
        ):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        draw_box(painter, QRectF(self.rect()), 6, fill=self._theme.colour("raised"))
        painter.end()


class _Check(QWidget):
    def __init__(self, theme: Theme, check: ExportCheck) -> None:
        super().__init__()
        self._theme = theme
        self._icon = check.icon
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(Label(theme, check.title, colour="text", weight=600))
        text = Label(theme, check.text, kind="small")
        text.setWordWrap(True)
        column.addWidget(text)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        token = _CHECK_COLOURS.get(self._icon, "text2")
        draw_icon(painter, self._theme, self._icon, token, centre=QPointF(8, 9), size=18)
        painter.end()


def _clear(layout: QHBoxLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
