"""The open project's place on disk: its folder, lock, media and autosave."""

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import (
    create_unsaved_folder,
    remove_autosave,
    remove_unsaved_folder,
    unsaved_root,
    write_autosave,
)
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.folder import open_project, save_project
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.storage.media import MediaStore, media_ids
from desktop_app.project.storage.recovery import Recovery
from desktop_app.project.storage.schema import content_hash

AUTOSAVE_INTERVAL_MS = 30_000


class Workspace(QObject):
    """Moves the document between memory and disk; asks nobody anything.

    A project that was never saved has a folder of its own under the state directory, so nothing
    that was generated is ever only in memory.

    Signals:
        folder_changed: Another folder holds the media from now on.
        autosave_failed (str): The autosave could not be written, in words.

    Args:
        document: Shows the project.
        root: Folder of unsaved projects; the platform's if not given.
    """

    folder_changed = Signal()
    autosave_failed = Signal(str)

    def __init__(
        self, document: Document, root: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._root = unsaved_root() if root is None else root
        self._folder = Path()
        self._lock: ProjectLock | None = None
        self._saved_hash: str | None = None
        self._autosaved: Project | None = None
        self._timer = QTimer(self, interval=AUTOSAVE_INTERVAL_MS)
        self._timer.timeout.connect(self.autosave)

    @property
    def folder(self) -> Path:
        """The open project's folder."""
        return self._folder

    @property
    def store(self) -> MediaStore:
        """The open project's media."""
        return MediaStore(self._folder)

    @property
    def jobs_dir(self) -> Path:
        """Folder for files that the engine is writing."""
        return self._folder / "cache" / "jobs"

    @property
    def unsaved_root(self) -> Path:
        """Folder of the projects that were never saved."""
        return self._root

    def start_new(self, project: Project) -> None:
        """Show a project that has no place of its own yet.

        Raises:
            StorageError: The state directory cannot be written.
        """
        self._move_to(create_unsaved_folder(self._root))
        self._saved_hash = None
        self._document.replace(project, None)
        self._after_change()

    def open(self, path: Path, *, takes_over: bool = False) -> None:
        """Open a saved project; the present one is left as it is on disk.

        Args:
            path: Its folder or file.
            takes_over: Open it although somebody else has it open.

        Raises:
            ProjectLockedError: Somebody else has it open.
            StorageError: It cannot be read.
        """
        opened = open_project(path)
        self._move_to(opened.folder, takes_over=takes_over)
        self._saved_hash = opened.content_hash
        self._document.replace(opened.project, opened.folder)
        self._after_change()

    def recover(self, recovery: Recovery) -> None:
        """Go on from an autosave that a crash left behind.

        Raises:
            StorageError: Its folder cannot be locked.
        """
        self._move_to(recovery.folder)
        saved = recovery.saved
        self._saved_hash = None if saved is None else content_hash(saved)
        path = None if saved is None else recovery.folder
        self._document.replace(recovery.project, path, is_dirty=True)
        self._after_change()

    def save(self) -> None:
        """Save a project that has a place.

        Raises:
            StorageError: It cannot be saved; the earlier save is as it was.
        """
        project = self._document.settled_project
        self._saved_hash = save_project(project, self._folder)
        self._document.mark_saved(self._folder, project)
        self._forget_autosave()

    def save_as(self, folder: Path) -> None:
        """Save under another name and go on there.

        Raises:
            StorageError: It cannot be saved there; the present place stays.
        """
        project = self._document.settled_project
        was_unsaved, before = self._document.path is None, self._folder
        # Redo may bring back takes that the project does not have at the moment.
        self.store.copy_into(MediaStore(folder), media_ids(project, *self._document.states))
        self._saved_hash = save_project(project, folder)
        self._move_to(folder)
        self._document.mark_saved(folder, project)
        if was_unsaved and before != folder:
            with contextlib.suppress(StorageError):  # what stays behind is only a copy
                remove_unsaved_folder(before, self._root)
        self._after_change()

    def autosave(self) -> None:
        """Write the autosave when there is something new in it."""
        project = self._document.settled_project
        if not self._document.is_dirty or project is self._autosaved:
            return
        try:
            write_autosave(project, self._folder, self._saved_hash)
        except StorageError as error:
            self.autosave_failed.emit(str(error))
            return
        self._autosaved = project

    def discard(self) -> None:
        """Forget what was not saved, after a person said so."""
        self._forget_autosave()
        if self._document.path is None and self._folder != Path():
            self._release_lock()
            with contextlib.suppress(StorageError):  # an empty folder too many does no harm
                remove_unsaved_folder(self._folder, self._root)

    def close(self) -> None:
        """Let go of the folder."""
        self._timer.stop()
        self._release_lock()

    def _move_to(self, folder: Path, *, takes_over: bool = False) -> None:
        if folder == self._folder and self._lock is not None:
            return
        lock = ProjectLock(folder)
        lock.acquire(takes_over=takes_over)
        self._release_lock()
        self._lock, self._folder = lock, folder

    def _after_change(self) -> None:
        self._autosaved = None
        self._timer.start()
        self.folder_changed.emit()

    def _forget_autosave(self) -> None:
        self._autosaved = None
        if self._folder != Path():
            with contextlib.suppress(StorageError):  # it equals the save and is dropped at opening
                remove_autosave(self._folder)

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
