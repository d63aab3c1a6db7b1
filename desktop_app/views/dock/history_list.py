"""The list of steps that can be undone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HistoryList(QListWidget):
    """Every step, oldest first; a click or Enter asks to go there.

    Args:
        theme: Colours and type.

    Signals:
        jump_requested (int): The state after this many steps is wanted; 0 is the beginning.
    """

    jump_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._labels: tuple[str, ...] = ()
        self._num_done = 0
        self.setAccessibleName("History")
        self.setUniformItemSizes(True)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        self.itemClicked.connect(lambda item: self.jump_requested.emit(self.row(item)))
        self.show_steps((), 0)

    def show_steps(self, labels: tuple[str, ...], num_done: int) -> None:
        """Show the steps and how many of them are done; the others can be redone."""
        if (labels, num_done) == (self._labels, self._num_done) and self.count():
            return
        self._labels, self._num_done = labels, num_done
        self.clear()
        for number, label in enumerate(("Opened", *labels)):
            item = QListWidgetItem(label)
            if number > num_done:
                item.setForeground(self._theme.colour("text3"))
                item.setToolTip("Undone")
            self.addItem(item)
        self.setCurrentRow(num_done)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS and not event.modifiers():
            self.jump_requested.emit(self.currentRow())
            return
        super().keyPressEvent(event)

    def _apply_theme(self) -> None:
        self.setFont(self._theme.font("body"))
        self.setPalette(self._theme.palette())
        labels, num_done = self._labels, self._num_done
        self.clear()
        self.show_steps(labels, num_done)
