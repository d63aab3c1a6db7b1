"""The open project's place on disk: its folder, lock, media and autosave."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.controllers.questions import RecoveryAnswer
from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import (
    autosave_file,
    create_unsaved_folder,
    remove_autosave,
    remove_unsaved_folder,
    unsaved_root,
    write_autosave,
)
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.folder import open_project, save_project
from desktop_app.project.storage.lock import ProjectLock, lock_holder
from desktop_app.project.storage.media import MediaStore, media_ids
from desktop_app.project.storage.recovery import BrokenAutosave, Recovery, find_recovery
from desktop_app.project.storage.schema import content_hash

AUTOSAVE_INTERVAL_MS = 30_000

ChooseRecovery = Callable[[Recovery], RecoveryAnswer]
"""Asked what to do with an autosave that holds more than the save."""


class Workspace(QObject):
    """Moves the document between memory and disk.

    A project that was never saved has a folder of its own under the state directory, so nothing
    that was generated is ever only in memory. The present project stays as it is, on disk and in
    the window, until the next one is there: only then is what a person agreed to lose removed.

    Signals:
        leaving: Everything worked; the open project is about to be replaced by another one.
        project_opened: Another project is shown.
        folder_changed: Another folder holds the media from now on, of this or another project.
        warned (str): An autosave could not be written or read, in words.

    Args:
        document: Shows the project.
        root: Folder of unsaved projects; the platform's if not given.
    """

    leaving = Signal()
    project_opened = Signal()
    folder_changed = Signal()
    warned = Signal(str)

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
        self._left_behind: list[Path] = []
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
            StorageError: The state directory cannot be written; nothing has changed.
        """
        folder = create_unsaved_folder(self._root)
        self._move_to(folder, self._locked(folder))
        self._saved_hash = None
        self._document.replace(project, None)
        self._after_opening()

    def use_temporary_root(self) -> Path:
        """Keep unsaved projects in a folder that may not outlive the session, and return it."""
        self._root = Path(tempfile.mkdtemp(prefix="longwave-"))
        return self._root

    def open(self, path: Path, choose: ChooseRecovery, *, takes_over: bool = False) -> bool:
        """Open a saved project.

        Args:
            path: Its folder or file.
            choose: Asked what to do with the autosave that a crash left behind.
            takes_over: Open it although somebody else has it open.

        Returns:
            Whether it is open; not when the choice was to come back later.

        Raises:
            ProjectLockedError: Somebody else has it open; nothing has changed.
            StorageError: It cannot be read; nothing has changed.
        """
        opened = open_project(path)
        lock = self._locked(opened.folder, takes_over=takes_over)
        try:
            if opened.folder == self._folder:
                self._forget_autosave(self._folder)  # whoever opens it again gave that up
            found = find_recovery(opened.folder)
            project, is_recovered = opened.project, False
            if isinstance(found, BrokenAutosave):
                self.warned.emit(f"An autosave was damaged and is set aside: {found.path.name}")
            if isinstance(found, Recovery):
                answer = choose(found)
                if answer is RecoveryAnswer.LATER:
                    self._unlock_unless_ours(lock)
                    return False
                is_recovered = answer is RecoveryAnswer.RECOVER
                project = found.project if is_recovered else project
                _settle_autosave(opened.folder, answer)
        except StorageError:
            self._unlock_unless_ours(lock)
            raise
        self._move_to(opened.folder, lock, keeps_autosave=is_recovered)
        self._saved_hash = opened.content_hash
        self._document.replace(project, opened.folder, is_dirty=is_recovered)
        self._after_opening()
        return True

    def recover(self, recovery: Recovery) -> None:
        """Go on from the autosave of a project that was never saved.

        Raises:
            StorageError: Its folder cannot be locked; nothing has changed.
        """
        self._move_to(recovery.folder, self._locked(recovery.folder), keeps_autosave=True)
        saved = recovery.saved
        self._saved_hash = None if saved is None else content_hash(saved)
        path = None if saved is None else recovery.folder
        self._document.replace(recovery.project, path, is_dirty=True)
        self._after_opening()

    def save(self) -> None:
        """Save a project that has a place.

        Raises:
            StorageError: It cannot be saved; the earlier save is as it was.
        """
        if self._is_taken_over():
            raise StorageError(
                f"“{self._folder.name}” was opened elsewhere in the meantime.",
                "Save it under another name, so that neither overwrites the other.",
            )
        project = self._document.settled_project
        self._saved_hash = save_project(project, self._folder)
        self._document.mark_saved(self._folder, project)
        self._forget_autosave(self._folder)

    def save_as(self, folder: Path) -> None:
        """Save under another name and go on there, with everything that undo can bring back.

        Raises:
            ProjectLockedError: A project lies there that somebody has open.
            StorageError: It cannot be saved there; the present place stays.
        """
        project, before = self._document.settled_project, self._folder
        is_new = not folder.exists()
        try:
            lock, saved_hash = self._saved_into(folder, project)
        except StorageError:
            if is_new:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        self._forget_autosave(before)
        if lock is not self._lock:
            self._release_lock()
        self._lock, self._folder, self._saved_hash = lock, folder, saved_hash
        self._document.mark_saved(folder, project)
        self.folder_changed.emit()
        if self._is_unsaved(before) and folder != before:
            # Jobs may still be writing there, and their takes are to be kept.
            self._left_behind.append(before)

    def autosave(self) -> None:
        """Write the autosave when there is something new in it."""
        project = self._document.settled_project
        if not self._document.is_dirty or project is self._autosaved:
            return
        if self._is_taken_over():
            self.warned.emit("Opened elsewhere: save this under another name.")
            return
        try:
            write_autosave(project, self._folder, self._saved_hash)
        except StorageError as error:
            self.warned.emit(str(error))
            return
        self._autosaved = project

    def leave(self) -> None:
        """Let go of the project after a person agreed to lose what is not saved."""
        folder = self._folder
        self._timer.stop()
        if self._lock is not None:
            self._forget_autosave(folder)
            self._release_lock()
            if self._is_unsaved(folder):
                self._left_behind.append(folder)
        self.clean_up()

    def clean_up(self) -> None:
        """Remove folders of unsaved projects that were left; call it when no job writes there."""
        folders, self._left_behind = self._left_behind, []
        for folder in folders:
            try:
                remove_unsaved_folder(folder, folder.parent)
            except StorageError:  # a job that was cancelled just now may still be writing
                if folder.exists():
                    self._left_behind.append(folder)

    def close(self) -> None:
        """Let go of the folder and leave everything in it, for the next start to recover."""
        self._timer.stop()
        self._release_lock()

    def _saved_into(self, folder: Path, project: Project) -> tuple[ProjectLock, str]:
        with told_to_people("made", folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = self._locked(folder)
        try:
            if folder != self._folder and autosave_file(folder).exists():
                _settle_autosave(folder, RecoveryAnswer.LAST_SAVE)
            wanted = {media for state in self._document.states for media in media_ids(state)}
            self.store.copy_into(MediaStore(folder), wanted)
            return lock, save_project(project, folder)
        except StorageError:
            self._unlock_unless_ours(lock)
            raise

    def _locked(self, folder: Path, *, takes_over: bool = False) -> ProjectLock:
        if folder == self._folder and self._lock is not None:
            return self._lock
        lock = ProjectLock(folder)
        lock.acquire(takes_over=takes_over)
        return lock

    def _unlock_unless_ours(self, lock: ProjectLock) -> None:
        if lock is not self._lock:
            lock.release()

    def _move_to(self, folder: Path, lock: ProjectLock, *, keeps_autosave: bool = False) -> None:
        """Leave the present place for another one; nothing can fail from here on."""
        self.leaving.emit()
        before = self._folder
        if self._lock is not None and not (folder == before and keeps_autosave):
            self._forget_autosave(before)
        if self._lock is not None and self._lock is not lock:
            self._release_lock()
            if self._is_unsaved(before):
                self._left_behind.append(before)
        self._lock, self._folder = lock, folder
        self.clean_up()

    def _after_opening(self) -> None:
        self._autosaved = None
        self._timer.start()
        self.folder_changed.emit()
        self.project_opened.emit()

    def _is_unsaved(self, folder: Path) -> bool:
        return folder.parent == self._root

    def _is_taken_over(self) -> bool:
        """Whether a running program other than this one holds the project now."""
        has_lock = self._lock is not None and self._lock.is_held
        return not has_lock and lock_holder(self._folder) is not None

    def _forget_autosave(self, folder: Path) -> None:
        self._autosaved = None
        with contextlib.suppress(StorageError):  # one that equals the save is dropped at opening
            remove_autosave(folder)

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _settle_autosave(folder: Path, answer: RecoveryAnswer) -> None:
    """Remove an autosave that a person deleted; set one aside that was not chosen."""
    if answer is RecoveryAnswer.DELETE:
        remove_autosave(folder)
    if answer is not RecoveryAnswer.LAST_SAVE:
        return
    file, number = autosave_file(folder), 1
    while (aside := file.with_name(f"{file.name}.kept-{number}")).exists():
        number += 1
    with told_to_people("set aside", file):
        file.replace(aside)
