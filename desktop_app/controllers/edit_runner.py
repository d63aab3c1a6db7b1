"""Runs edits on the document, alone or as the previews of a drag."""

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from desktop_app.document import Document
from desktop_app.project.edits.base import Edit, EditError


class EditRunner(QObject):
    """The one way in which controllers change the document.

    Between :meth:`begin` and :meth:`end` every edit is a preview of one gesture and starts from the
    project before it, so edits carry the total change since the gesture began.

    Signals:
        refused (str): An edit cannot be done, in words for people.
    """

    refused = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._label: str | None = None
        self._preview: Edit | None = None

    def run(self, edit: Edit) -> bool:
        """Do an edit.

        Returns:
            Whether it was done. A refused preview leaves the last one that was possible.
        """
        if self._label is not None and not self._document.is_in_gesture:
            # Undo took the gesture back while the button is still down: the rest is ignored.
            return False
        try:
            if self._label is None:
                self._document.execute(edit)
            else:
                self._document.preview(edit)
                self._preview = edit
        except EditError as error:
            if self._label is None:
                self.refused.emit(str(error))
            return False
        return True

    def run_beneath(self, edit: Edit) -> bool:
        """Do an edit that is no part of the gesture that may be going on.

        The edit becomes the step before the gesture, and the gesture goes on from there: a take
        that arrives during a drag neither ends the drag nor is taken back with it.

        Returns:
            Whether it was done.
        """
        document = self._document
        if self._label is None or not document.is_in_gesture:
            return self._execute(edit)
        before = document.project
        # One change for all who listen: a field that is being typed in must not see the text
        # from before the gesture for a moment, or it would lose its cursor.
        blocker = QSignalBlocker(document)
        document.abandon_gesture()
        is_done = self._execute(edit)
        document.begin_gesture(self._label)
        if self._preview is not None:
            try:
                document.preview(self._preview)
            except EditError:
                self._preview = None
        blocker.unblock()
        if document.project is not before:
            document.changed.emit(before, document.project)
        document.state_changed.emit()
        return is_done

    def begin(self, label: str) -> None:
        """Begin a gesture, such as a drag; ends one that was left open."""
        self.end(is_kept=True)
        self._document.begin_gesture(label)
        self._label = label

    def end(self, is_kept: bool) -> None:  # noqa: FBT001 - a slot for a signal of one boolean
        """Record the gesture as one undo step, or return to the project before it."""
        if self._label is None:
            return
        self._label = self._preview = None
        if is_kept:
            self._document.commit_gesture()
        else:
            self._document.abandon_gesture()

    def _execute(self, edit: Edit) -> bool:
        try:
            self._document.execute(edit)
        except EditError as error:
            self.refused.emit(str(error))
            return False
        return True
