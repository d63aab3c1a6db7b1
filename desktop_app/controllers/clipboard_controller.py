"""Cut, copy and paste: of clips, or of text while a field has the keyboard."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from desktop_app.controllers.clip_copies import ClipCopies, copies_of, paste
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.controllers.transport_controller import TransportController
from desktop_app.document import Document
from desktop_app.project.edits.remove_clips import RemoveClips
from desktop_app.project.edits.together import Together
from desktop_app.project.ids import ClipId, LaneId, new_id
from desktop_app.project.project import Project
from desktop_app.views.action_set import ActionSet
from desktop_app.views.status.status_bar import StatusBar


class ClipboardController(QObject):
    """Keeps copied clips for as long as the application runs, across projects.

    Args:
        actions: The commands.
        status: Says what was done.
        document: The open project.
        edits: Runs the edits.
        selection: What is copied, and where it is put.
        transport: For the playhead.
    """

    def __init__(
        self,
        actions: ActionSet,
        status: StatusBar,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        transport: TransportController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._status = status
        self._document = document
        self._edits = edits
        self._selection = selection
        self._transport = transport
        self._copies: ClipCopies | None = None
        actions["cut"].triggered.connect(self.cut)
        actions["copy"].triggered.connect(self.copy)
        actions["paste"].triggered.connect(self.paste)

    def copy(self) -> None:
        """Copy the selected clips."""
        if (field := _focused_field()) is not None:
            field.copy()
        elif self._copy_clips():
            self._status.show_message(f"Copied {self._words()}")

    def cut(self) -> None:
        """Copy the selected clips and remove them."""
        if (field := _focused_field()) is not None:
            field.cut()
        elif self._copy_clips():
            words = self._words()
            remove = RemoveClips(self._selection.value.clip_ids)
            if self._edits.run(Together("Cut clips", (remove,))):
                self._status.show_message(f"Cut {words}")

    def paste(self) -> None:
        """Put the copied clips at the playhead, on the focused lane and those below it."""
        if (field := _focused_field()) is not None:
            field.paste()
            return
        if self._copies is None:
            self._status.show_message("Copy clips first.")
            return
        lane = self._selection.lane
        project = self._document.project
        edit, clip_ids = paste(
            project,
            self._copies,
            None if lane is None else lane.id,
            self._transport.position,
            new_id,
        )
        if self._edits.run(edit):
            self._selection.select_clips(clip_ids, _lane_of(self._document.project, clip_ids))

    def _copy_clips(self) -> bool:
        copies = copies_of(self._document.project, self._selection.value.clip_ids)
        if copies is None:
            self._status.show_message("Select clips first.")
            return False
        self._copies = copies
        return True

    def _words(self) -> str:
        number = len(self._copies.clips) if self._copies else 0
        return "1 clip" if number == 1 else f"{number} clips"


def _focused_field() -> QLineEdit | QPlainTextEdit | None:
    """The field that has the keyboard; the menu's commands mean its text."""
    focused = QApplication.focusWidget()
    return focused if isinstance(focused, QLineEdit | QPlainTextEdit) else None


def _lane_of(project: Project, clip_ids: frozenset[ClipId]) -> LaneId:
    return next(lane.id for lane in project.lanes for clip in lane.clips if clip.id in clip_ids)
