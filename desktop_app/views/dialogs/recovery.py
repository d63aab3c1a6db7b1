"""What to do with what a crash left behind."""

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QListWidget, QWidget

from desktop_app.views.dialogs.dialog import FORM_WIDTH_PX, Dialog
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.button import Button, ButtonKind
from desktop_app.views.widgets.label import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    """One state that can be brought back.

    Attributes:
        title: Name of the project and the time: "Valley before dawn, 22 November, 15:04".
        difference: What differs from the last save: "1 lane and 2 takes more".
        has_save: Whether there is a saved state as well.
    """

    title: str
    difference: str
    has_save: bool


class RecoveryDialog(Dialog):
    """A row for each state; it can always be left.

    Args:
        theme: Colours and type.
        rows: The newest first, at least one.
        parent: The window that it belongs to.
    """

    def __init__(
        self, theme: Theme, rows: tuple[RecoveryRow, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "Recover unsaved work", width_px=FORM_WIDTH_PX, parent=parent)
        self._rows = rows
        self._answer = ""
        words = Label(theme, "Longwave did not close properly. Nothing that was made is lost.")
        words.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName("States that can be recovered")
        self.list.setFont(theme.font("body"))
        self.list.addItems([f"{row.title}\n{row.difference}" for row in rows])
        for index in range(len(rows)):
            self.list.item(index).setSizeHint(QSize(0, 52))
        self.list.setFixedHeight(min(240, 56 * len(rows) + 8))
        self.body.addWidget(words)
        self.body.addWidget(self.list)
        self._buttons = {
            "delete": Button(theme, "Delete", height_px=36),
            "later": Button(theme, "Later", height_px=36),
            "last_save": Button(theme, "Open last save", height_px=36),
            "recover": Button(theme, "Recover", kind=ButtonKind.ANSWER, height_px=36),
        }
        for answer, button in self._buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, answer=answer: self._finish(answer))
            self.foot.addWidget(button)
            if answer == "delete":
                self.foot.addStretch()
        self._buttons["recover"].setDefault(True)
        self.list.currentRowChanged.connect(self._on_row)
        self.list.setCurrentRow(0)

    def ask(self) -> tuple[int, str]:
        """Show it and wait.

        Returns:
            Number of the row, and "recover", "last_save", "delete" or "later".
        """
        self._answer = "later"
        self.exec()
        return self.list.currentRow(), self._answer

    def button(self, answer: str) -> Button:
        """The button of an answer.

        Raises:
            KeyError: There is no such answer.
        """
        return self._buttons[answer]

    def _on_row(self, row: int) -> None:
        self._buttons["last_save"].setVisible(
            0 <= row < len(self._rows) and self._rows[row].has_save
        )

    def _finish(self, answer: str) -> None:
        self._answer = answer
        self.accept()
