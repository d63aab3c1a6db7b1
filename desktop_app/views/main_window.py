"""The main window: every area in its place."""

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.views.action_set import ActionSet
from desktop_app.views.dock.bottom_dock import BottomDock
from desktop_app.views.menus import Menus
from desktop_app.views.message_strip import MessageStrip
from desktop_app.views.panel_area import PanelArea
from desktop_app.views.prompts.inspector import Inspector
from desktop_app.views.status.status_bar import StatusBar
from desktop_app.views.theme.theme import Theme
from desktop_app.views.title_row import TitleRow
from desktop_app.views.transport.transport_bar import TransportBar
from desktop_app.views.welcome.first_run import FirstRun
from desktop_app.views.widgets.panel import Panel

DEFAULT_SIZE_PX = (1600, 1000)
MINIMUM_SIZE_PX = (1080, 640)
NARROW_HEADER_WIDTH_PX = 1160
_KEEPS_TEXT = {"cut", "copy", "paste", "select_all"}


class MainWindow(Panel):
    """Menus, transport, message strip, timeline, inspector, bottom panel and status bar.

    Every command is an action in ``commands``: buttons and menus trigger it, controllers connect
    it.

    Args:
        theme: Colours, type and icons of everything.
        timeline: The view in the middle.
        examples: Id, name and note of each example project that the first steps offer.

    Signals:
        closing (QCloseEvent): The window is about to close; ``ignore()`` the event to keep it.
        open_recent_requested (str): The path of a project that was open before.
        theme_requested (str): "system", "dark", "light" or "high_contrast".
        header_width_changed (int): Room for the lane headers, in pixels.
    """

    closing = Signal(object)
    open_recent_requested = Signal(str)
    theme_requested = Signal(str)
    header_width_changed = Signal(int)

    def __init__(
        self,
        theme: Theme,
        timeline: QWidget,
        examples: tuple[tuple[str, str, str], ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent=parent)
        self.setWindowFlag(Qt.WindowType.Window)
        self.timeline = timeline
        self.commands = ActionSet(theme, self)
        self._header_px = 0
        self._build(theme, examples)
        self._lay_out()
        self._connect()
        self.setMinimumSize(*MINIMUM_SIZE_PX)
        self.resize(*DEFAULT_SIZE_PX)
        self.show_project_name("Untitled", is_dirty=False)

    def show_project_name(self, name: str, *, is_dirty: bool) -> None:
        """Show the project's name and whether there is something to save."""
        self.title_row.show_project_name(name, is_dirty=is_dirty)
        self.setWindowTitle(f"{name}[*] \u2013 Longwave")
        self.setWindowModified(is_dirty)

    def show_recent(self, projects: tuple[tuple[str, str], ...]) -> None:
        """Offer projects that were open before: path and words of each, the newest first."""
        self.menus.show_recent(projects)

    def show_undo(self, undo_label: str, redo_label: str) -> None:
        """Show what would be undone and redone; empty where there is nothing."""
        for command_id, verb, label in (("undo", "Undo", undo_label), ("redo", "Redo", redo_label)):
            words = f"{verb} {label[:1].lower()}{label[1:]}" if label else verb
            self.commands.show_words(command_id, words)
            self.commands[command_id].setEnabled(bool(label))

    def show_generate(
        self, label: str, *, enabled: bool, estimate: str = "", reason: str = ""
    ) -> None:
        """Show what the amber button would do, wherever it is, and enable the command.

        Args:
            label: Its words.
            enabled: Whether it can be done now.
            estimate: Facts about it, parted by strokes: "1:08 of sound | about 48 s".
            reason: Why it cannot be done; takes the place of the estimate.
        """
        self.inspector.show_generate(label, enabled=enabled, estimate=estimate, reason=reason)
        self.transport.show_generate_words(label)
        self.transport.generate.setEnabled(enabled)
        self.transport.generate.setToolTip(reason or estimate.replace("|", ", "))
        self.commands["generate"].setEnabled(enabled)

    def show_welcome(self, *, is_shown: bool) -> None:
        """Show the first steps below the first lane: only while the project has no clips."""
        self.panels.show_welcome(is_shown=is_shown)

    def show_list(self, page: str) -> None:
        """Show "jobs", "clips" or "history" in the bottom panel."""
        self.dock.show_page(page)
        self.panels.show_dock(is_shown=True)

    def toggle_list(self, page: str) -> None:
        """Show a page of the bottom panel, or fold the panel when it is the one shown."""
        if self.panels.is_dock_shown and self.dock.page == page:
            self.panels.show_dock(is_shown=False)
        else:
            self.show_list(page)

    def show_next_area(self, step: int) -> None:
        """Give the keyboard to the next area (``step`` 1) or the one before (-1)."""
        areas = [area for area in self._areas() if area.isVisible()]
        focused = QApplication.focusWidget()
        at = next(
            (i for i, area in enumerate(areas) if focused and area.isAncestorOf(focused)),
            -1 if step > 0 else 0,
        )
        for offset in range(1, len(areas) + 1):
            target = _first_focusable(areas[(at + step * offset) % len(areas)])
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def saved_layout(self) -> QByteArray:
        """Place and size of the window, for the next start."""
        return self.saveGeometry()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width()
        self.transport.show_window_width(width)
        name = "lane_header_min" if width < NARROW_HEADER_WIDTH_PX else "lane_header"
        header_px = self._theme.metric(name)
        if header_px != self._header_px:
            self._header_px = header_px
            self.transport.show_header_width(header_px)
            self.status.show_header_width(header_px)
            self.panels.show_header_width(header_px)
            self.header_width_changed.emit(header_px)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Otherwise the first button would have the keyboard, and its ring.
        self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.inspector.commit_pending()
        self.closing.emit(event)

    def _build(self, theme: Theme, examples: tuple[tuple[str, str, str], ...]) -> None:
        self.title_row = TitleRow(theme)
        self.menus = Menus(self.title_row.menu_bar, self.commands, self)
        self.transport = TransportBar(theme, self.commands)
        self.message_strip = MessageStrip(theme)
        self.inspector = Inspector(theme)
        self.dock = BottomDock(theme)
        self.jobs, self.clips, self.history = self.dock.jobs, self.dock.clips, self.dock.history
        self.status = StatusBar(theme)
        self.welcome = FirstRun(theme, examples)
        self.panels = PanelArea(
            theme, self.timeline, inspector=self.inspector, dock=self.dock, welcome=self.welcome
        )
        for action in self.commands:
            self.addAction(action)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.title_row, self.transport, self.message_strip):
            column.addWidget(widget)
        column.addWidget(self.panels, 1)
        column.addWidget(self.status)

    def _connect(self) -> None:
        actions = self.commands
        # First of all: a command works on what has been typed, so ask for that before.
        for action in actions:
            if action.objectName() not in _KEEPS_TEXT:
                action.triggered.connect(self.inspector.commit_pending)
        self.menus.open_recent_requested.connect(self.open_recent_requested)
        self.menus.theme_requested.connect(self.theme_requested)
        self.transport.list_requested.connect(self.toggle_list)
        self.transport.project_requested.connect(lambda: self._show_tab("project"))
        self.transport.generate.clicked.connect(actions["generate"].trigger)
        self.inspector.generate_requested.connect(actions["generate"].trigger)
        self.status.queue_requested.connect(lambda: self.toggle_list("jobs"))
        self.dock.fold_requested.connect(lambda: self.panels.show_dock(is_shown=False))
        actions["show_inspector"].triggered.connect(
            lambda is_on: self.panels.show_inspector(is_shown=is_on)
        )
        actions["show_dock"].triggered.connect(lambda is_on: self.panels.show_dock(is_shown=is_on))
        actions["next_area"].triggered.connect(lambda: self.show_next_area(1))
        actions["previous_area"].triggered.connect(lambda: self.show_next_area(-1))
        self.panels.layout_changed.connect(self._on_layout_changed)

    def _show_tab(self, tab: str) -> None:
        self.inspector.show_tab(tab)
        self.panels.show_inspector(is_shown=True)

    def _on_layout_changed(self) -> None:
        is_shown = self.panels.is_inspector_shown
        self.commands["show_inspector"].setChecked(is_shown)
        self.commands["show_dock"].setChecked(self.panels.is_dock_shown)
        # One amber button: it moves to the transport while its own place is folded.
        self.transport.show_generate(is_visible=not is_shown, keeps_room=self.panels.has_rail)

    def _areas(self) -> tuple[QWidget, ...]:
        return (self.transport, self.timeline, self.inspector, self.dock, self.status)


def _first_focusable(area: QWidget) -> QWidget | None:
    candidates = [area, *area.findChildren(QWidget)]
    return next(
        (
            widget
            for widget in candidates
            if widget.isVisible()
            and widget.isEnabled()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ),
        None,
    )
