"""The numbers of a report."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem
from typing_extensions import override

from desktop_app.views.report.values import ReportRow, RowVerdict
from desktop_app.views.theme.theme import Theme

_COLUMNS = ("Measured", "Value", "Target", "What it says")
_ROW_PX = 26
_ICONS = {
    RowVerdict.OK: ("check", "ok"),
    RowVerdict.OFF: ("warning", "error"),
    RowVerdict.UNSURE: ("info", "text3"),
}


class NumbersTable(QTableWidget):
    """A row for each number, with a mark whether it is as it should be.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(_COLUMNS))
        self._theme = theme
        self._rows: tuple[ReportRow, ...] = ()
        self.setAccessibleName("Numbers of the take")
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(14, 14))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column in range(len(_COLUMNS) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    @property
    def rows(self) -> tuple[ReportRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[ReportRow, ...]) -> None:
        """Show other numbers."""
        self._rows = rows
        self.setRowCount(len(rows))
        for index, row in enumerate(rows):
            cells = [
                QTableWidgetItem(words) for words in (row.name, row.value, row.target, row.meaning)
            ]
            cells[0].setIcon(self._icon(row.verdict))
            spoken = f"{row.name}, {row.verdict}" if row.verdict else row.name
            cells[0].setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            for column, cell in enumerate(cells):
                cell.setToolTip(cell.text())
                self.setItem(index, column, cell)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 8 * _ROW_PX)

    def _icon(self, verdict: RowVerdict) -> QIcon:
        if verdict in _ICONS:
            return self._theme.icon(*_ICONS[verdict], size=14)
        # Room for a mark, so that the names stand below each other.
        empty = self._theme.pixmap("check", "#000000", 14, 1.0).copy()
        empty.fill(Qt.GlobalColor.transparent)
        return QIcon(empty)

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body"))
        self.horizontalHeader().setFont(self._theme.font("small"))
        self.show_rows(self._rows)
