"""The timeline as a table: its full twin for the keyboard and for screen readers."""

from collections.abc import Mapping

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from typing_extensions import override

from desktop_app.project.ids import ClipId
from desktop_app.project.project import Project
from desktop_app.views.dock.clip_rows import COLUMNS, clip_rows
from desktop_app.views.dock.clips_model import SORT_ROLE, ClipsModel
from desktop_app.views.theme.theme import Theme

_WIDTHS_PX = (130, 84, 76, 340, 130, 60, 70, 70, 160)
_NO_STATES: Mapping[ClipId, str] = {}
_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ClipsTable(QTableView):
    """All clips; every value can be changed in place with Enter, every column sorts.

    Args:
        theme: Colours and type.

    Signals:
        clip_change_requested (frozenset[ClipId], dict): New values of a clip.
        selection_requested (frozenset[ClipId]): The user selected these clips.
        error_changed (str): What is wrong with what was typed; empty when it is right.
    """

    clip_change_requested = Signal(object, object)
    selection_requested = Signal(object)
    error_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_showing = False
        self._model = ClipsModel(theme, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self._build()
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self._model.clip_change_requested.connect(self.clip_change_requested)
        self._model.error_changed.connect(self.error_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def show_project(self, project: Project, states: Mapping[ClipId, str] = _NO_STATES) -> None:
        """Show all clips; ``states`` says what is not ready, by clip."""
        selected = self.selected_ids
        self._is_showing = True
        self._model.show_rows(clip_rows(project, states))
        self._is_showing = False
        if self.selected_ids != selected:
            self.show_selection(selected)

    def show_selection(self, clip_ids: frozenset[ClipId]) -> None:
        """Show which clips are selected."""
        if clip_ids == self.selected_ids:
            return
        self._is_showing = True
        selection = QItemSelection()
        for number, row in enumerate(self._model.rows):
            if row.clip.id in clip_ids:
                first = self._sorted.mapFromSource(self._model.index(number, 0))
                last = self._sorted.mapFromSource(self._model.index(number, len(COLUMNS) - 1))
                selection.select(first, last)
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flag)
        self._is_showing = False

    @property
    def selected_ids(self) -> frozenset[ClipId]:
        """The clips that are selected in the table."""
        rows = self._model.rows
        indexes = (self._sorted.mapToSource(i) for i in self.selectionModel().selectedRows())
        return frozenset(rows[index.row()].clip.id for index in indexes)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_editing = self.state() is QAbstractItemView.State.EditingState
        if event.key() in _ENTER_KEYS and not is_editing and not event.modifiers():
            self.edit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        self.setAccessibleName("Clips")
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setAlternatingRowColors(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column, width in enumerate(_WIDTHS_PX):
            self.setColumnWidth(column, width)
        self.horizontalHeader().setSectionResizeMode(
            COLUMNS.index("Prompt"), QHeaderView.ResizeMode.Stretch
        )

    def _on_selection_changed(self) -> None:
        if not self._is_showing:
            self.selection_requested.emit(self.selected_ids)

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body"))
        self.horizontalHeader().setFont(self._theme.font("small"))
        height = self._theme.text_metric("control")
        self.verticalHeader().setDefaultSectionSize(height)
        self.setPalette(self._theme.palette())
        self.viewport().update()
