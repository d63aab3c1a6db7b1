"""Menus at the pointer, or by Shift+F10: the window's commands where they apply."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.project.edits.change_lane import ChangeLane
from desktop_app.project.edits.move_lane import MoveLane
from desktop_app.project.edits.remove_marker import RemoveMarker
from desktop_app.project.ids import ClipId, LaneId, MarkerId
from desktop_app.project.lookup import lane_by_id, lane_index, marker_by_id
from desktop_app.project.project import LANE_COLOURS
from desktop_app.project.time import Samples
from desktop_app.views.action_set import ActionSet
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import TimelineSelection

_CLIP_COMMANDS = (
    ("cut", "copy", "paste", "duplicate", "split", "delete"),
    ("generate", "regenerate"),
    ("loop_selection", "zoom_selection"),
)
_LANE_COMMANDS = (
    ("clip_draw", "paste"),
    ("generate_lane", "regenerate", "take_previous", "take_next", "take_report"),
    ("lane_mute", "lane_solo"),
)


class ContextMenus(QObject):
    """Makes the menus of clips, lanes and markers.

    Args:
        view: Asks for the menus.
        actions: The window's commands.
        document: The open project.
        edits: Runs the edits.
        selection: Follows what a menu is about.
        seek: Moves the playhead.
    """

    def __init__(
        self,
        view: TimelineView,
        actions: ActionSet,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        seek: Callable[[Samples], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._actions = actions
        self._document = document
        self._edits = edits
        self._selection = selection
        self._seek = seek
        self._menu: QMenu | None = None
        view.clip_menu_requested.connect(lambda clip, at: self._open(self.clip_menu(clip), at))
        view.lane_menu_requested.connect(lambda lane, at: self._open(self.lane_menu(lane), at))
        view.marker_menu_requested.connect(
            lambda marker, at: self._open(self.marker_menu(marker), at)
        )

    @property
    def open_menu(self) -> QMenu | None:
        """The menu that was opened last."""
        return self._menu

    def clip_menu(self, clip_id: ClipId) -> QMenu:
        """What can be done to the selected clips."""
        menu = QMenu(self._view)
        menu.addAction("Edit the words", lambda: self._view.edit_clip_text(clip_id))
        self._add_groups(menu, _CLIP_COMMANDS)
        return menu

    def lane_menu(self, lane_id: LaneId) -> QMenu:
        """What can be done to a lane; the lane becomes the one that commands mean."""
        if self._selection.lane is None or self._selection.lane.id != lane_id:
            self._selection.set(TimelineSelection(focused_lane=lane_id))
        lane = lane_by_id(self._document.project, lane_id)
        menu = QMenu(self._view)
        for group in _LANE_COMMANDS:
            menu.addActions([self._actions[name] for name in group])
            menu.addSeparator()
        menu.addAction(self._actions["lane_rename"])
        colours = menu.addMenu("Colour")
        for colour in LANE_COLOURS:
            action = colours.addAction(colour.capitalize())
            action.setCheckable(True)
            action.setChecked(colour == lane.colour)
            action.triggered.connect(
                lambda _=False, colour=colour: self._edits.run(ChangeLane(lane_id, colour=colour))
            )
        index = lane_index(self._document.project, lane_id)
        last = len(self._document.project.lanes) - 1
        for words, target in (("Move up", index - 1), ("Move down", index + 1)):
            action = menu.addAction(words)
            action.setEnabled(0 <= target <= last)
            action.triggered.connect(
                lambda _=False, target=target: self._edits.run(MoveLane(lane_id, target))
            )
        menu.addSeparator()
        menu.addAction(self._actions["lane_add"])
        menu.addAction(self._actions["lane_remove"])
        return menu

    def marker_menu(self, marker_id: MarkerId) -> QMenu:
        """What can be done to a marker."""
        marker = marker_by_id(self._document.project, marker_id)
        menu = QMenu(self._view)
        menu.addAction("Go there", lambda: self._seek(marker.position))
        menu.addAction("Rename", lambda: self._view.markers.edit_name(marker_id))
        menu.addSeparator()
        menu.addAction("Delete marker", lambda: self._edits.run(RemoveMarker(marker_id)))
        return menu

    def _add_groups(self, menu: QMenu, groups: tuple[tuple[str, ...], ...]) -> None:
        for group in groups:
            menu.addSeparator()
            menu.addActions([self._actions[name] for name in group])

    def _open(self, menu: QMenu, at: QPoint) -> None:
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu
        menu.popup(at)
