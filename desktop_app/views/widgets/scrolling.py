"""A page that scrolls under a bar that lies over its margin."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget
from typing_extensions import override

_BAR_PX = 10


class ScrollingPage(QScrollArea):
    """Scrolls a page that has a margin for the bar, so that nothing moves when the bar comes.

    Args:
        page: What is shown; as wide as the area, its right margin at least as wide as the bar.
        name: What the bar scrolls, for screen readers.
    """

    def __init__(self, page: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self.setWidget(page)
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.setAccessibleName(f"Scroll {name}")
        self.bar.hide()
        hidden = self.verticalScrollBar()
        hidden.rangeChanged.connect(self._show_range)
        hidden.valueChanged.connect(self.bar.setValue)
        self.bar.valueChanged.connect(hidden.setValue)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.setGeometry(self.width() - _BAR_PX, 0, _BAR_PX, self.height())

    def _show_range(self, minimum: int, maximum: int) -> None:
        hidden = self.verticalScrollBar()
        self.bar.setRange(minimum, maximum)
        # Qt tells of the range before it gives the hidden bar its new page.
        self.bar.setPageStep(self.viewport().height())
        self.bar.setSingleStep(hidden.singleStep())
        self.bar.setVisible(maximum > minimum)
        self.bar.raise_()
