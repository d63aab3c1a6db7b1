"""The inspector's page with the takes of a lane."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget
from typing_extensions import override

from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import Lane
from desktop_app.views.prompts.lane_title import LaneTitle
from desktop_app.views.prompts.miniature import Miniature
from desktop_app.views.prompts.section import Section
from desktop_app.views.prompts.values import TakeRow
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.icon_button import IconButton
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.painting import antialiased_painter, draw_box, draw_focus_ring

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TakesPage(QWidget):
    """All takes of a lane, oldest first; none is ever hidden.

    Args:
        theme: Colours and type.

    Signals:
        take_use_requested (LaneId, TakeId): This take shall play.
        take_change_requested (LaneId, TakeId, dict): New "is_favourite".
        take_remove_requested (LaneId, TakeId): This take shall go.
    """

    take_use_requested = Signal(object, object)
    take_change_requested = Signal(object, object, object)
    take_remove_requested = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lane_id: LaneId | None = None
        self._shown: tuple[TakeRow, ...] = ()
        self._shown_lane: Lane | None = None
        self.title = LaneTitle(theme)
        self._hint = Label(theme, "No takes yet. Generate makes the first.", colour="text3")
        self.rows: list[TakeEntry] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        section = Section(theme)
        section.add(self.title)
        section.add(self._hint)
        section.add(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(section)
        column.addStretch()
        self.show_takes(None, ())

    def show_takes(self, lane: Lane | None, takes: tuple[TakeRow, ...]) -> None:
        """Show the takes of a lane, or that no lane is selected."""
        self._lane_id = lane.id if lane else None
        if lane is None:
            self.title.show_title("No lane selected", "", None)
        else:
            note = "1 take" if len(takes) == 1 else f"{len(takes)} takes"
            self.title.show_title(lane.name, note, lane.colour)
        self._hint.setVisible(lane is not None and not takes)
        if takes == self._shown and lane is self._shown_lane:
            return
        self._shown, self._shown_lane = takes, lane
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        colour = f"lane.{lane.colour}" if lane else "text2"
        self.rows = [TakeEntry(self._theme, take, colour) for take in takes]
        for row in self.rows:
            self._list.addWidget(row)
            row.use_requested.connect(self._on_use)
            row.favourite_requested.connect(self._on_favourite)
            row.remove_requested.connect(self._on_remove)

    def _on_use(self, take_id: TakeId) -> None:
        self.take_use_requested.emit(self._lane_id, take_id)

    def _on_favourite(self, take_id: TakeId, is_favourite: object) -> None:
        self.take_change_requested.emit(self._lane_id, take_id, {"is_favourite": is_favourite})

    def _on_remove(self, take_id: TakeId) -> None:
        self.take_remove_requested.emit(self._lane_id, take_id)


class TakeEntry(QWidget):
    """One take: number, name, miniature, match, favourite.

    Args:
        theme: Colours and type.
        take: What to show.
        colour: Name of the lane's colour.

    Signals:
        use_requested (TakeId): It shall play.
        favourite_requested (TakeId, bool): It shall be a favourite or not.
        remove_requested (TakeId): It shall go.
    """

    use_requested = Signal(object)
    favourite_requested = Signal(object, object)
    remove_requested = Signal(object)

    def __init__(
        self, theme: Theme, take: TakeRow, colour: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._take = take
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        state = "plays" if take.is_used else "not used"
        match = "" if take.match is None else f" Match {take.match:.2f}."
        self.setAccessibleName(f"{take.title}, {state}.{match} {take.note}")
        self.setToolTip(f"Use {take.title}. {take.note}")
        self.setFixedHeight(52)
        self._favourite = IconButton(
            theme,
            "favourite-filled" if take.is_favourite else "favourite",
            "No longer a favourite" if take.is_favourite else "Make it a favourite",
            icon_px=16,
            colour="text" if take.is_favourite else "text2",
        )
        number = Label(theme, str(take.number), kind="small", colour="text", weight=600)
        number.setFixedWidth(20)
        number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(1)
        title = Label(theme, take.title, colour="text", weight=600, elides=True)
        words.addStretch()
        words.addWidget(title)
        words.addWidget(Label(theme, take.note, kind="small", colour="text3", elides=True))
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(number)
        row.addLayout(words, 3)
        row.addWidget(Miniature(theme, take.miniature, colour), 2)
        if take.match is not None:
            figure = Label(theme, f"{take.match:.2f}", kind="small", colour="text", weight=600)
            figure.setToolTip("How well the sound fits the words; a hint, not a grade")
            row.addWidget(figure)
        row.addWidget(self._favourite)
        self._favourite.clicked.connect(
            lambda: self.favourite_requested.emit(take.take_id, not take.is_favourite)
        )
        theme.changed.connect(self.update)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.use_requested.emit(self._take.take_id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER_KEYS:
            self.use_requested.emit(self._take.take_id)
            return
        super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction("Use this take", lambda: self.use_requested.emit(self._take.take_id))
        menu.addAction("Remove take", lambda: self.remove_requested.emit(self._take.take_id))
        menu.exec(event.globalPos())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = antialiased_painter(self)
        rect = QRectF(self.rect())
        radius = theme.radius("button")
        is_used = self._take.is_used
        hover = "hover" if self.underMouse() else "raised"
        draw_box(
            painter,
            rect,
            radius,
            fill=theme.colour(hover if is_used or self.underMouse() else "field"),
            outline=theme.colour("line_strong"),
        )
        badge = QRectF(10, rect.center().y() - 10, 20, 20)
        if is_used:
            fill = theme.mixed("focus", "panel", 0.3)
            draw_box(painter, badge, 4, fill=fill)
        else:
            draw_box(painter, badge, 4, outline=theme.colour("line_strong"))
        if self.hasFocus():
            draw_focus_ring(painter, rect, radius, theme)
        painter.end()
