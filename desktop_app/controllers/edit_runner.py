"""Runs edits on the document, alone or as the previews of a drag."""

from PySide6.QtCore import QObject, Signal

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
        self._in_gesture = False

    def run(self, edit: Edit) -> bool:
        """Do an edit.

        Returns:
            Whether it was done. A refused preview leaves the last one that was possible.
        """
        try:
            if self._in_gesture:
                self._document.preview(edit)
            else:
                self._document.execute(edit)
        except EditError as error:
            if not self._in_gesture:
                self.refused.emit(str(error))
            return False
        return True

    def begin(self, label: str) -> None:
        """Begin a gesture, such as a drag; ends one that was left open."""
        self.end(is_kept=True)
        self._document.begin_gesture(label)
        self._in_gesture = True

    def end(self, is_kept: bool) -> None:  # noqa: FBT001 - a slot for a signal of one boolean
        """Record the gesture as one undo step, or return to the project before it."""
        if not self._in_gesture:
            return
        self._in_gesture = False
        if is_kept:
            self._document.commit_gesture()
        else:
            self._document.abandon_gesture()
