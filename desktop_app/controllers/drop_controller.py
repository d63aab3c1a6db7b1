"""Projects that are dropped on the window are opened."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop_app.project.storage.folder import PROJECT_SUFFIX, is_project_folder


class DropController(QObject):
    """Watches a window for dropped projects.

    Args:
        window: Where they may be dropped.
        open_path: Opens a project's folder or file.
    """

    def __init__(
        self, window: QWidget, open_path: Callable[[Path], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
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
        path = dropped_project(event.mimeData())
        if path is None:
            event.ignore()
            return True
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._open_path(path)
        return True


def dropped_project(data: QMimeData) -> Path | None:
    """The project among what is dragged, or ``None``: one folder or file, nothing else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    is_project = path.suffix == PROJECT_SUFFIX or (path.is_dir() and is_project_folder(path))
    return path if is_project else None
