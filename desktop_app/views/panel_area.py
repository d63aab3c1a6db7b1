"""The timeline with the panels around it, and how they give way in a small window."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.dock.bottom_dock import BottomDock
from desktop_app.views.prompts.inspector import TAB_ICONS, TABS, Inspector
from desktop_app.views.theme.theme import Theme
from desktop_app.views.welcome.first_run import FirstRun
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.panel import Panel

RAIL_WIDTH_PX, DOCK_OVER_HEIGHT_PX = 1240, 700
_RAIL_PX = 40
_GRIP_PX = 8
_ARROW_STEP_PX = 16
_WELCOME_MIN_PX = 190


class PanelArea(QWidget):
    """Lays out the timeline, the inspector and the bottom panel.

    In a narrow window the inspector is a rail of its tabs and opens over the timeline; in a low one
    the bottom panel opens over the lanes.

    Args:
        theme: Colours and sizes.
        timeline: The middle.
        inspector: At the right.
        dock: At the bottom, beside the inspector.
        welcome: Over the lower part of the timeline while the project is empty.

    Signals:
        layout_changed (): A panel came, went or changed its place.
    """

    layout_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        timeline: QWidget,
        *,
        inspector: Inspector,
        dock: BottomDock,
        welcome: FirstRun,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._timeline, self._inspector, self._dock = timeline, inspector, dock
        self._welcome = welcome
        self._wants_welcome = False
        self._header_px = theme.metric("lane_header")
        self._inspector_px = self._scaled_inspector_px()
        self._has_own_width = False
        self._dock_px = theme.metric("bottom_dock")
        self._wants_inspector = True
        self._wants_dock = False
        self._is_inspector_over = False
        self.rail = _Rail(theme)
        self._side_grip = _Grip(theme, "Width of the inspector", is_vertical=True)
        self._bottom_grip = _Grip(theme, "Height of the bottom panel", is_vertical=False)
        for widget in (
            timeline,
            welcome,
            dock,
            inspector,
            self.rail,
            self._side_grip,
            self._bottom_grip,
        ):
            widget.setParent(self)
        self.rail.tab_requested.connect(self._on_rail)
        self._side_grip.dragged.connect(self._on_side_dragged)
        self._side_grip.fold_requested.connect(lambda: self.show_inspector(is_shown=False))
        self._bottom_grip.dragged.connect(self._on_bottom_dragged)
        self._bottom_grip.fold_requested.connect(lambda: self.show_dock(is_shown=False))
        timeline.installEventFilter(self)
        theme.changed.connect(self._apply_theme)

    @property
    def has_rail(self) -> bool:
        """Whether the window is so narrow that the inspector is a rail."""
        return self.width() < RAIL_WIDTH_PX

    @property
    def is_inspector_shown(self) -> bool:
        """Whether the inspector can be seen."""
        return self._is_inspector_over if self.has_rail else self._wants_inspector

    @property
    def is_dock_shown(self) -> bool:
        """Whether the bottom panel can be seen."""
        return self._wants_dock

    def show_inspector(self, *, is_shown: bool) -> None:
        """Show the inspector or fold it."""
        if self.has_rail:
            self._is_inspector_over = is_shown
        else:
            self._wants_inspector = is_shown
        self._place()

    def show_dock(self, *, is_shown: bool) -> None:
        """Show the bottom panel or fold it."""
        self._wants_dock = is_shown
        self._place()

    def show_welcome(self, *, is_shown: bool) -> None:
        """Show the first steps below the first lane, or not."""
        self._wants_welcome = is_shown
        self._place()

    def show_header_width(self, width_px: int) -> None:
        """Leave this much room for the lane headers."""
        self._header_px = width_px
        self._place()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A click beside the inspector that lies over the timeline closes it.
        is_click = event.type() is QEvent.Type.MouseButtonPress
        if is_click and watched is self._timeline and self.has_rail and self._is_inspector_over:
            self.show_inspector(is_shown=False)
        return False

    def _place(self) -> None:
        width, height = self.width(), self.height()
        shows_inspector = self.is_inspector_shown
        rail_px = _RAIL_PX if self.has_rail else 0
        inspector_px = self._inspector_px if shows_inspector else 0
        middle_px = width - rail_px - (0 if self.has_rail else inspector_px)
        dock_px = min(self._dock_px, height // 2) if self._wants_dock else 0
        window = self.window()
        pushes = window.height() >= DOCK_OVER_HEIGHT_PX
        self._timeline.setGeometry(0, 0, middle_px, height - (dock_px if pushes else 0))
        self._dock.setGeometry(0, height - dock_px, middle_px, dock_px)
        self._inspector.setGeometry(width - rail_px - inspector_px, 0, inspector_px, height)
        self.rail.setGeometry(width - rail_px, 0, rail_px, height)
        self._side_grip.setGeometry(
            width - rail_px - inspector_px - _GRIP_PX // 2, 0, _GRIP_PX, height
        )
        self._bottom_grip.setGeometry(0, height - dock_px - _GRIP_PX // 2, middle_px, _GRIP_PX)
        top = self._welcome_top_px()
        free_px = self._timeline.height() - top
        self._welcome.setGeometry(self._header_px, top, middle_px - self._header_px, free_px)
        self._welcome.setVisible(self._wants_welcome and free_px >= _WELCOME_MIN_PX)
        self._dock.setVisible(self._wants_dock)
        self._inspector.setVisible(shows_inspector)
        self.rail.setVisible(self.has_rail)
        self.rail.show_open(self._inspector.tab if shows_inspector else None)
        self._side_grip.setVisible(shows_inspector)
        self._bottom_grip.setVisible(self._wants_dock)
        for widget in (
            self._welcome,
            self._dock,
            self._inspector,
            self.rail,
            self._side_grip,
            self._bottom_grip,
        ):
            widget.raise_()
        self.layout_changed.emit()

    def _welcome_top_px(self) -> int:
        above = ("overview", "ruler", "marker_row", "everywhere_strip", "lane_full", "lane_gap")
        return sum(self._theme.metric(name) for name in above)

    def _scaled_inspector_px(self) -> int:
        wanted = round(self._theme.metric("inspector") * max(1.0, self._theme.text_scale))
        return min(wanted, self._theme.metric("inspector_max"))

    def _apply_theme(self) -> None:
        if not self._has_own_width:
            self._inspector_px = self._scaled_inspector_px()
        self._place()

    def _on_rail(self, tab: str) -> None:
        is_open = self._is_inspector_over and self._inspector.tab == tab
        self._inspector.show_tab(tab)
        self.show_inspector(is_shown=not is_open)

    def _on_side_dragged(self, delta_px: int) -> None:
        low, high = self._theme.metric("inspector_min"), self._theme.metric("inspector_max")
        self._inspector_px = min(max(self._inspector_px - delta_px, low), high)
        self._has_own_width = True
        self._place()

    def _on_bottom_dragged(self, delta_px: int) -> None:
        low, high = self._theme.metric("bottom_dock_min"), self._theme.metric("bottom_dock_max")
        self._dock_px = min(max(self._dock_px - delta_px, low), high)
        self._place()


class _Rail(Panel):
    tab_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Inspector pages")
        self._buttons = {
            value: IconButton(theme, TAB_ICONS[value], words, checkable=True)
            for value, words in TABS
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 10, 6, 10)
        column.setSpacing(8)
        for value, button in self._buttons.items():
            column.addWidget(button)
            button.clicked.connect(lambda _=False, value=value: self.tab_requested.emit(value))
        column.addStretch()

    def show_open(self, tab: str | None) -> None:
        for value, button in self._buttons.items():
            button.setChecked(value == tab)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, 1, self.height()), self._theme.colour("line"))
        painter.end()


class _Grip(QWidget):
    """The line between two panels with the area in which it can be taken."""

    dragged = Signal(int)
    fold_requested = Signal()

    def __init__(self, theme: Theme, name: str, *, is_vertical: bool) -> None:
        super().__init__()
        self._theme = theme
        self._is_vertical = is_vertical
        self._pressed_at: int | None = None
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: drag, or double click to fold")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        shape = Qt.CursorShape.SplitHCursor if is_vertical else Qt.CursorShape.SplitVCursor
        self.setCursor(shape)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._along(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            delta = self._along(event) - self._pressed_at
            self._pressed_at += delta
            self.dragged.emit(delta)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        self.fold_requested.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        back, ahead = (
            (Qt.Key.Key_Left, Qt.Key.Key_Right)
            if self._is_vertical
            else (Qt.Key.Key_Up, Qt.Key.Key_Down)
        )
        if event.key() in {back, ahead}:
            self.dragged.emit(_ARROW_STEP_PX if event.key() == ahead else -_ARROW_STEP_PX)
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        thick = 2 if self.hasFocus() else 1
        token = "focus" if self.hasFocus() else "line"
        half = _GRIP_PX // 2
        line = (
            QRectF(half, 0, thick, self.height())
            if self._is_vertical
            else QRectF(0, half, self.width(), thick)
        )
        painter.fillRect(line, self._theme.colour(token))
        painter.end()

    def _along(self, event: QMouseEvent) -> int:
        at = event.globalPosition()
        return round(at.x() if self._is_vertical else at.y())
