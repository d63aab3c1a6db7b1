"""The clips of a project for Qt's table view."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QPixmap
from typing_extensions import override

from desktop_app.project.project import MAX_GUIDANCE_SCALE, MAX_WEIGHT
from desktop_app.project.time import Samples, Span
from desktop_app.views.dock.clip_rows import COLUMNS, ClipRow, take_text
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.time_text import clock_text, duration_text, samples_from_text

_SWATCH_PX = 10
SORT_ROLE = int(Qt.ItemDataRole.UserRole)
_EDITABLE = {"Start", "Length", "Prompt", "Leave out", "Weight", "Guidance"}
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ClipsModel(QAbstractTableModel):
    """Shows rows and asks for changes; it never changes a row itself.

    Args:
        theme: Colours of the lanes.

    Signals:
        clip_change_requested (frozenset[ClipId], dict): New "span", "text", "leave_out", "weight"
            or "guidance_scale" of one clip.
        error_changed (str): What is wrong with what was typed; empty when it is right.
    """

    clip_change_requested = Signal(object, object)
    error_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[ClipRow, ...] = ()

    @property
    def rows(self) -> tuple[ClipRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[ClipRow, ...]) -> None:
        """Show other rows; the selection stays when the clips are the same."""
        if [row.clip.id for row in rows] == [row.clip.id for row in self._rows]:
            self._rows = rows
            if rows:
                last = self.index(len(rows) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        is_title = orientation is Qt.Orientation.Horizontal
        if is_title and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if COLUMNS[index.column()] in _EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return _text(row, column)
        if role == SORT_ROLE:
            return _sort_key(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column == "Lane":
            return self._swatch(row.lane.colour)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column}: {_text(row, column)}"
        return None

    def _swatch(self, colour: str) -> QPixmap:
        pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
        pixmap.fill(self._theme.lane_colour(colour))
        return pixmap

    @override
    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if str(value) == _text(row, column):
            return True
        try:
            fields = _fields(row, column, str(value))
        except ValueError as error:
            self.error_changed.emit(str(error))
            return False
        self.error_changed.emit("")
        self.clip_change_requested.emit(frozenset({row.clip.id}), fields)
        return True


def _text(row: ClipRow, column: str) -> str:
    clip = row.clip
    texts = {
        "Lane": row.lane.name,
        "Start": clock_text(clip.span.start),
        "Length": duration_text(clip.span.duration),
        "Prompt": clip.prompt.text,
        "Leave out": clip.prompt.leave_out,
        "Weight": f"{clip.weight:.2f}",
        "Guidance": f"{clip.guidance_scale:.1f}",
        "State": row.state,
    }
    return take_text(row) if column == "Take" else texts[column]


def _sort_key(row: ClipRow, column: str) -> object:
    clip = row.clip
    keys: dict[str, object] = {
        "Start": clip.span.start,
        "Length": clip.span.duration,
        "Weight": clip.weight,
        "Guidance": clip.guidance_scale,
    }
    return keys.get(column, _text(row, column).casefold())


def _fields(row: ClipRow, column: str, text: str) -> dict[str, object]:
    """What somebody typed, as fields of a change.

    Raises:
        ValueError: It cannot be read; the message is for people.
    """
    span = row.clip.span
    if column == "Start":
        # Moving keeps the length: in a table the start says where the clip lies.
        start = samples_from_text(text, current=span.start)
        return {"span": Span(start, Samples(start + span.duration))}
    if column == "Length":
        length = samples_from_text(text, current=span.duration)
        if length == 0:
            raise ValueError("A length is more than zero.")
        return {"span": Span(span.start, Samples(span.start + length))}
    if column == "Weight":
        return {"weight": _number(text, 0.05, MAX_WEIGHT)}
    if column == "Guidance":
        return {"guidance_scale": _number(text, 1.0, MAX_GUIDANCE_SCALE)}
    return {"text" if column == "Prompt" else "leave_out": text}


def _number(text: str, minimum: float, maximum: float) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("Write a number.") from None
    if not minimum <= value <= maximum:
        raise ValueError(f"Between {minimum:g} and {maximum:g}.")
    return value
