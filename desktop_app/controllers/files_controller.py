"""New, open, save, recover and close."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QSettings, Signal

from desktop_app.controllers.questions import Questions, RecoveryAnswer, UnsavedAnswer
from desktop_app.controllers.workspace import Workspace
from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import remove_unsaved_folder
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.lock import ProjectLockedError
from desktop_app.project.storage.recovery import Recovery, unsaved_projects

_MAX_RECENT = 10
_RECENT_KEY = "files/recent"


class FilesController(QObject):
    """The life of projects as files, with the questions it takes.

    Signals:
        recent_changed (tuple[Path, ...]): Projects that were open, the newest first.
        message (str): One line for the status bar.

    Args:
        document: The open project.
        workspace: Its place on disk.
        questions: Asks the user.
        settings: Remembers recent projects.
        num_jobs: How many jobs are unfinished.
    """

    recent_changed = Signal(object)
    message = Signal(str)

    def __init__(
        self,
        document: Document,
        workspace: Workspace,
        questions: Questions,
        settings: QSettings,
        num_jobs: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._workspace = workspace
        self._questions = questions
        self._settings = settings
        self._num_jobs = num_jobs
        workspace.warned.connect(self.message)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects that were open and are still there, the newest first."""
        stored = self._settings.value(_RECENT_KEY, [])
        # QSettings hands a list of one string back as that string.
        paths = stored if isinstance(stored, list) else [stored] if stored else []
        return tuple(path for text in paths if (path := Path(str(text))).is_dir())

    def new(self) -> None:
        """Leave the project for an empty one."""
        self.start(Project())

    def start(self, project: Project) -> None:
        """Leave the project for one that has no place yet, such as an example."""
        if self.may_leave():
            self._tell(lambda: self._workspace.start_new(project))

    def open(self) -> None:
        """Ask for a project and open it."""
        chosen = self._questions.project_to_open(self.start_folder)
        if chosen is not None:
            self.open_path(chosen)

    def open_path(self, path: Path) -> bool:
        """Open a project, with its recovery if a crash left one.

        Returns:
            Whether it is open now.
        """
        if not self.may_leave():
            return False
        try:
            return self._open(path, takes_over=False)
        except ProjectLockedError as error:
            if not self._questions.takes_over(error.reason):
                return False
        except StorageError as error:
            self._questions.show_error(error.reason, error.remedy)
            return False
        try:
            return self._open(path, takes_over=True)
        except StorageError as error:
            self._questions.show_error(error.reason, error.remedy)
            return False

    def save(self) -> bool:
        """Save; asks for a place the first time.

        Returns:
            Whether it is saved now.
        """
        if self._document.path is None:
            return self.save_as()
        if not self._tell(self._workspace.save):
            return False
        self.message.emit("Saved")
        return True

    def save_as(self) -> bool:
        """Ask for a place and save there.

        Returns:
            Whether it is saved now.
        """
        name = self._document.project.name
        folder = self._questions.folder_to_save(self.start_folder / name)
        if folder is None or not self._tell(lambda: self._workspace.save_as(folder)):
            return False
        self._remember(folder)
        self.message.emit(f"Saved as {folder.name}")
        return True

    def may_leave(self) -> bool:
        """Ask what to do with unsaved changes and unfinished jobs.

        Returns:
            Whether the project may be left now.
        """
        jobs = self._num_jobs()
        if not self._document.is_dirty and not jobs:
            return True
        match self._questions.unsaved_changes(self._document.project.name, jobs):
            case UnsavedAnswer.SAVE:
                return self.save()
            case UnsavedAnswer.DISCARD:
                return True
            case _:
                return False

    def offer_recovery(self) -> bool:
        """Offer projects that were never saved before a crash.

        Returns:
            Whether one was recovered.
        """
        while found := self._unsaved_projects():
            answer = self._questions.recovery(found)
            if answer is None:
                return False
            recovery, choice = answer
            if choice is RecoveryAnswer.RECOVER:
                return self._tell(partial(self._workspace.recover, recovery))
            if choice is not RecoveryAnswer.DELETE:
                return False
            root = self._workspace.unsaved_root
            if not self._tell(partial(remove_unsaved_folder, recovery.folder, root)):
                return False
        return False

    def _unsaved_projects(self) -> tuple[Recovery, ...]:
        try:
            return unsaved_projects(self._workspace.unsaved_root)
        except StorageError as error:
            self.message.emit(str(error))
            return ()

    def _open(self, path: Path, *, takes_over: bool) -> bool:
        is_open = self._workspace.open(path, self._choose_recovery, takes_over=takes_over)
        if is_open:
            self._remember(self._workspace.folder)
            self.message.emit(f"Opened {self._workspace.folder.name}")
        else:
            self.message.emit(f"{path.stem} was not opened; what can be recovered waits there.")
        return is_open

    def _choose_recovery(self, found: Recovery) -> RecoveryAnswer:
        answer = self._questions.recovery([found])
        return RecoveryAnswer.LATER if answer is None else answer[1]

    def _tell(self, action: Callable[[], None]) -> bool:
        """Do something with files and say what went wrong."""
        try:
            action()
        except StorageError as error:
            self._questions.show_error(error.reason, error.remedy)
            return False
        return True

    def _remember(self, folder: Path) -> None:
        others = [path for path in self.recent if path != folder]
        recent = (folder, *others)[:_MAX_RECENT]
        self._settings.setValue(_RECENT_KEY, [str(path) for path in recent])
        self.recent_changed.emit(recent)

    @property
    def start_folder(self) -> Path:
        """Where a question about files begins."""
        if self.recent:
            return self.recent[0].parent
        return Path(platformdirs.user_documents_dir())
