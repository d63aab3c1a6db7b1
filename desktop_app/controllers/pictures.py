"""Loads what is drawn of takes in a background thread."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from desktop_app.audio.peaks import Peaks
from desktop_app.audio.spectrogram import levels_from_mel
from desktop_app.project.ids import MediaId, TakeId
from desktop_app.project.project import Project, Take
from desktop_app.views.timeline.values import TakePicture

logger = logging.getLogger(__name__)


class Pictures(QObject):
    """Pictures of the takes that play; each is loaded once.

    Signals:
        ready (TakeId, TakePicture): A picture can be shown.
        missing (TakeId): The take's files are not there or cannot be read.

    Args:
        media_path: Where a media file lies.
    """

    ready = Signal(object, object)
    missing = Signal(object)

    def __init__(
        self, media_path: Callable[[MediaId], Path], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._media_path = media_path
        self._wanted: set[TakeId] = set()
        self._pool = QThreadPool(self)
        # One at a time: they are quick, and playback needs the other core.
        self._pool.setMaxThreadCount(1)

    def show_project(self, project: Project) -> None:
        """Load what plays and was not loaded yet."""
        for lane in project.lanes:
            playing = {block.take_id for block in lane.sound}
            self.want(take for take in lane.takes if take.id in playing)

    def want(self, takes: Iterable[Take]) -> None:
        """Load takes that were not loaded yet, whether they play or not."""
        for take in takes:
            if take.id not in self._wanted:
                self._wanted.add(take.id)
                self._pool.start(_Loading(take, self))

    def know(self, take_id: TakeId) -> None:
        """Do not load a take whose picture is shown already."""
        self._wanted.add(take_id)

    def finish(self) -> None:
        """Wait for what is being loaded, before its files move."""
        self._pool.waitForDone()

    def forget(self) -> None:
        """Load everything anew, for another project or after files were found."""
        self._pool.clear()
        self._pool.waitForDone()
        self._wanted.clear()

    def close(self) -> None:
        """Wait for the thread to end."""
        self._pool.clear()
        self._pool.waitForDone()

    def load(self, take: Take) -> None:
        """Load one take's picture and emit it; runs in the background thread."""
        picture = load_picture(take, self._media_path)
        if picture is None:
            self.missing.emit(take.id)
        else:
            self.ready.emit(take.id, picture)


def load_picture(take: Take, media_path: Callable[[MediaId], Path]) -> TakePicture | None:
    """Read what is drawn of a take; ``None`` if its files are missing or cannot be read."""
    try:
        samples, rate = soundfile.read(
            media_path(take.media.audio), dtype="float32", always_2d=True
        )
        mel = np.load(media_path(take.media.mel), allow_pickle=False, mmap_mode="r")
        return TakePicture(
            peaks=Peaks.of(samples[:, 0], rate), levels=levels_from_mel(np.asarray(mel))
        )
    except (OSError, ValueError, soundfile.SoundFileError) as error:
        logger.warning("take %s cannot be shown: %s", take.id, error)
        return None


class _Loading(QRunnable):
    def __init__(self, take: Take, pictures: Pictures) -> None:
        super().__init__()
        self._take = take
        self._pictures = pictures

    def run(self) -> None:
        self._pictures.load(self._take)
