"""What this is, and all keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.views.dialogs.dialog import FORM_WIDTH_PX, QUESTION_WIDTH_PX, Dialog
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.field import Field
from desktop_app.views.widgets.label import Label

_LIST_HEIGHT_PX = 420


class AboutDialog(Dialog):
    """Name, version and licences.

    Args:
        theme: Colours and type.
        version: Of the application.
        lines: What else is to be said: device, model, folders.
        parent: The window that it belongs to.
    """

    def __init__(
        self, theme: Theme, version: str, lines: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Longwave", width_px=QUESTION_WIDTH_PX, parent=parent)
        for text in (
            f"Version {version}",
            "Long-form sound, directed by words.",
            "Apache License 2.0. Qt is used under the LGPL, Inter under the SIL Open Font License.",
            *lines,
        ):
            words = Label(theme, text)
            words.setWordWrap(True)
            self.body.addWidget(words)
        _add_close(self)


class KeysDialog(Dialog):
    """Every command that has keys; typing filters.

    Args:
        theme: Colours and type.
        keys: Name and keys of every command.
        parent: The window that it belongs to.
    """

    def __init__(
        self, theme: Theme, keys: tuple[tuple[str, str], ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Keys", width_px=FORM_WIDTH_PX, parent=parent)
        self.search = Field(theme, "Search keys")
        self.search.setPlaceholderText("Search by name or key")
        self.table = QTableWidget(len(keys), 2)
        self.table.setAccessibleName("Keys")
        self.table.setHorizontalHeaderLabels(["Command", "Keys"])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setFont(theme.font("body"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for row, (name, words) in enumerate(keys):
            self.table.setItem(row, 0, QTableWidgetItem(name))
            self.table.setItem(row, 1, QTableWidgetItem(words))
        self.table.setFixedHeight(_LIST_HEIGHT_PX)
        self.body.addWidget(self.search)
        self.body.addWidget(self.table)
        self.search.textChanged.connect(self._filter)
        _add_close(self)

    def _filter(self, text: str) -> None:
        wanted = text.casefold().strip()
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(2)]
            words = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            self.table.setRowHidden(row, wanted not in words)


def _add_close(dialog: Dialog) -> None:
    close = Button(dialog.theme, "Close", kind=ButtonKind.ANSWER, height_px=36)
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    dialog.foot.addStretch()
    dialog.foot.addWidget(close)
