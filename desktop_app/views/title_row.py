"""The first line of the window: menus, project name, the product's name."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenuBar, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.painting import antialiased_painter, draw_box


class TitleRow(QWidget):
    """Holds the menu bar; shows the project's name in the middle, with a dot when not saved.

    Args:
        theme: Colours and type.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = ""
        self._is_dirty = False
        # A menu bar makes itself as wide as its parent whenever that is resized.
        self._menus = QWidget(self)
        self.menu_bar = QMenuBar(self._menus)
        self._apply_theme()
        theme.changed.connect(self._apply_theme)

    def show_project_name(self, name: str, *, is_dirty: bool) -> None:
        """Show the name, with a dot when there is something to save."""
        self._name, self._is_dirty = name, is_dirty
        self.setAccessibleName(f"{name}, not saved" if is_dirty else name)
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        painter.fillRect(self.rect(), theme.colour("panel"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("body", 600))
        painter.setPen(theme.colour("text"))
        metrics = painter.fontMetrics()
        left_edge = self._menus.geometry().right() + 16
        room = self.width() - left_edge - 100
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, max(40, room))
        width = metrics.horizontalAdvance(name)
        left = max(left_edge, (self.width() - width) / 2)
        painter.drawText(QRectF(left, 0, width + 4, self.height()), middle, name)
        if self._is_dirty:
            dot = QRectF(left + width + 10, self.height() / 2 - 2.5, 5, 5)
            draw_box(painter, dot, 2.5, fill=theme.colour("text2"))
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text3"))
        right = QRectF(self.rect()).adjusted(0, 0, -12, 0)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, "Longwave")
        painter.end()

    def _place(self) -> None:
        # The hint of a menu bar depends on the width of what it lies in.
        self._menus.resize(max(self.width(), 200), self.height())
        hint = self.menu_bar.sizeHint()
        top = max(0, (self.height() - hint.height()) // 2)
        self._menus.setGeometry(4, top, min(hint.width() + 4, self.width()), hint.height())
        self.menu_bar.setGeometry(self._menus.rect())

    def _apply_theme(self) -> None:
        self.setFixedHeight(self._theme.text_metric("menu_bar"))
        self.menu_bar.setFont(self._theme.font("body"))
        self._place()
        self.update()
