"""The frame of all our dialogs: title, body, and a foot with the answers."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QCloseEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.line import HairLine
from desktop_app.views.widgets.painting import antialiased_painter, draw_box

QUESTION_WIDTH_PX, FORM_WIDTH_PX = 480, 640
_FOOT_PX = 72
_HEAD_PX = 60


class Dialog(QDialog):
    """A window over the main window, which is dimmed for as long.

    Esc and the close button leave it without an answer.

    Args:
        theme: Colours and type.
        title: The heading.
        width_px: Its width.
        parent: The window that it belongs to.
    """

    def __init__(
        self, theme: Theme, title: str, *, width_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.theme = theme
        self._close = IconButton(theme, "cancel", "Close")
        self._dragged_from: QPoint | None = None
        self._scrim: _Scrim | None = None
        # Otherwise the close button would have the keyboard, and its ring.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setFixedWidth(round(width_px * max(1.0, min(theme.text_scale, 1.25))))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(24, 0, 24, 20)
        self.body.setSpacing(12)
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(24, 0, 24, 0)
        self.foot.setSpacing(12)
        self._lay_out(title)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None or self.focusWidget() is self._close:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        parent = self.parentWidget()
        if parent is not None:
            if self._scrim is None:
                self._scrim = _Scrim(self.theme, parent.window())
            self._scrim.cover()
            centre = parent.window().frameGeometry().center()
            self.move(centre - self.rect().center())

    @override
    def done(self, result: int) -> None:
        self._uncover()
        super().done(result)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._uncover()
        super().closeEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < _HEAD_PX:
            self._dragged_from = event.globalPosition().toPoint() - self.pos()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self.move(event.globalPosition().toPoint() - self._dragged_from)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged_from = None

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        draw_box(
            painter,
            QRectF(self.rect()),
            self.theme.radius("dialog"),
            fill=self.theme.colour("panel"),
            outline=self.theme.colour("line_strong"),
        )
        painter.end()

    def _uncover(self) -> None:
        if self._scrim is not None:
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None

    def _lay_out(self, title: str) -> None:
        self._close.clicked.connect(self.reject)
        head = QHBoxLayout()
        head.setContentsMargins(24, 16, 16, 16)
        head.addWidget(Label(self.theme, title, kind="heading", colour="text"))
        head.addStretch()
        head.addWidget(self._close)
        foot_holder = QWidget()
        foot_holder.setFixedHeight(_FOOT_PX)
        foot_holder.setLayout(self.foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self.body, 1)
        column.addWidget(HairLine(self.theme))
        column.addWidget(foot_holder)


class _Scrim(QWidget):
    """Dims the window behind a dialog."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self.hide()
        window.installEventFilter(self)

    def cover(self) -> None:
        """Lie over the whole window."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "well" if self._theme.name != "light" else "text"
        painter.fillRect(self.rect(), self._theme.colour(ground, self._theme.fill("scrim")))
        painter.end()
