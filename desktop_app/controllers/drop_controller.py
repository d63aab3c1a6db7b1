"""Projects that are dropped on the window are opened, and sounds go on the lanes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.controllers.import_controller import SOUND_SUFFIXES
from desktop_app.project.storage.folder import PROJECT_SUFFIX, is_project_folder


class DropController(QObject):
    """Watches a window for dropped projects and sounds.

    Args:
        window: Where they may be dropped.
        open_path: Opens a project's folder or file.
        import_sound: Puts a sound file where it was dropped: the file and the point of the window.
    """

    def __init__(
        self,
        window: QWidget,
        open_path: Callable[[Path], object],
        import_sound: Callable[[Path, QPoint], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._import_sound = import_sound
        self._open_path = open_path
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.type() in {
            QEvent.Type.DragEnter,
            QEvent.Type.DragMove,
            QEvent.Type.Drop,
        }:
            return self._handle(event)
        return False

    def _handle(self, event: QDropEvent | QDragEnterEvent) -> bool:
        project, sound = dropped_project(event.mimeData()), dropped_sound(event.mimeData())
        if project is None and sound is None:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            if project is not None:
                self._open_path(project)
            elif sound is not None:
                self._import_sound(sound, event.position().toPoint())
        return True


def dropped_project(data: QMimeData) -> Path | None:
    """The project among what is dragged, or ``None``: one folder or file, nothing else."""
    path = _only_file(data)
    if path is None:
        return None
    is_project = path.suffix == PROJECT_SUFFIX or (path.is_dir() and is_project_folder(path))
    return path if is_project else None


def dropped_sound(data: QMimeData) -> Path | None:
    """The sound file that is dragged, or ``None``: one file, nothing else."""
    path = _only_file(data)
    is_sound = path is not None and path.suffix.lower() in SOUND_SUFFIXES and path.is_file()
    return path if is_sound else None


def _only_file(data: QMimeData) -> Path | None:
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())
