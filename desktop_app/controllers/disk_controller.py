"""How much the takes need and how much is free, and what is missing."""

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from desktop_app.controllers.background import Background
from desktop_app.document import Document
from desktop_app.project.project import Project
from desktop_app.project.storage.media import MediaStore, media_ids
from desktop_app.views.status.status_bar import StatusBar

_INTERVAL_MS = 30_000
_DELAY_MS = 500
_LOW_BYTES = 1_000_000_000


def size_words(num_bytes: int) -> str:
    """A size as people read it: "412 GB", "1.2 GB", "38 MB"."""
    if num_bytes >= 100e9:
        return f"{num_bytes / 1e9:.0f} GB"
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 1e9 else f"{num_bytes / 1e6:.0f} MB"


class DiskController(QObject):
    """Measures outside the window's thread: a disk on the network may take its time.

    Args:
        status: Shows the sizes.
        document: Whose takes are measured.
        background: Measures.
        store: The open project's media.
    """

    def __init__(
        self,
        status: StatusBar,
        document: Document,
        background: Background,
        store: Callable[[], MediaStore],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._status = status
        self._document = document
        self._background = background
        self._store = store
        self._soon = QTimer(self, interval=_DELAY_MS, singleShot=True)
        self._soon.timeout.connect(self.measure)
        self._regular = QTimer(self, interval=_INTERVAL_MS)
        self._regular.timeout.connect(self.measure)
        self._regular.start()
        document.changed.connect(self._on_document_changed)

    def measure(self) -> None:
        """Measure now and show it when it is known."""
        project, store = self._document.project, self._store()
        self._background.run(lambda: _measured(project, store), self._show, key="disk")

    def _on_document_changed(self, before: Project, after: Project) -> None:
        if before.lanes is not after.lanes and not self._soon.isActive():
            self._soon.start()

    def _show(self, sizes: object) -> None:
        match sizes:
            case (int(takes), int(free)):
                warning = ", nearly full" if free < _LOW_BYTES else ""
                takes_words = f"Takes {size_words(takes)}" if takes else ""
                self._status.show_sizes(takes_words, f"{size_words(free)} free{warning}")
            case _:  # the disk is gone; whoever saves next says so
                self._status.show_sizes("", "")


def _measured(project: Project, store: MediaStore) -> tuple[int, int]:
    existing: Path = next(p for p in (store.folder, *store.folder.parents) if p.exists())
    return store.size_bytes(media_ids(project)), shutil.disk_usage(existing).free
