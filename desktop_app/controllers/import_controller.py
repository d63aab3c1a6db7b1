"""Sound files that become clips and takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import soundfile
from PySide6.QtCore import QObject, Signal

from desktop_app.controllers.background import Background
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.selection import Selection
from desktop_app.document import Document
from desktop_app.generation import GenerationPlan, plan_island
from desktop_app.project.checks import MIN_CLIP_SAMPLES
from desktop_app.project.edits.add_clip import AddClip
from desktop_app.project.edits.add_lane import AddLane
from desktop_app.project.edits.base import Edit
from desktop_app.project.edits.together import Together
from desktop_app.project.ids import ClipId, LaneId, MediaId, new_id
from desktop_app.project.lookup import clip_by_id, islands
from desktop_app.project.project import Prompt, PromptClip, SoundSource
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.media import MediaStore
from desktop_app.project.time import (
    MAX_TIMELINE_SAMPLES,
    TIMELINE_RATE_HZ,
    Samples,
    Span,
)

SOUND_SUFFIXES = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3", ".w64", ".rf64")
"""Formats that are read; nothing else is ever opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Imported:
    media: MediaId
    duration: Samples


class ImportController(QObject):
    """Puts sound files on lanes: a clip that starts from the file, and a take that is the file.

    Signals:
        message (str): One line for the status bar.
        failed (str): A file cannot be imported, in words.

    Args:
        document: Receives the clips.
        edits: Runs the edits.
        selection: The new clip is selected.
        background: Copies the files.
        store: The open project's media, asked for at each use.
        generate: Makes the take.
    """

    message = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        document: Document,
        edits: EditRunner,
        selection: Selection,
        background: Background,
        store: Callable[[], MediaStore],
        generate: Callable[[tuple[GenerationPlan, ...]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._edits = edits
        self._selection = selection
        self._background = background
        self._store = store
        self._generate = generate

    def import_sound(self, path: Path, lane_id: LaneId | None, position: Samples) -> None:
        """Put a sound file on a lane.

        Args:
            path: The file; it is copied into the project.
            lane_id: The lane; ``None`` is a new one.
            position: Where its sound begins.
        """
        store = self._store()
        self.message.emit(f"Importing {path.name}")

        def then(outcome: object) -> None:
            if isinstance(outcome, _Imported) and self._store().folder == store.folder:
                self._add(path, outcome, lane_id, position)
            elif isinstance(outcome, StorageError):
                self.failed.emit(str(outcome))
            elif isinstance(outcome, Exception):
                raise outcome

        self._background.run(lambda: _imported(path, store), then)

    def _add(self, path: Path, sound: _Imported, lane_id: LaneId | None, position: Samples) -> None:
        end = min(MAX_TIMELINE_SAMPLES, position + sound.duration)
        if end - position < MIN_CLIP_SAMPLES:
            self.failed.emit(f"“{path.name}” is too short, or begins at the end of the timeline.")
            return
        clip = PromptClip(
            id=ClipId(new_id()),
            span=Span(position, Samples(end)),
            prompt=Prompt(text=_words(path)),
            source=SoundSource(media=sound.media, name=path.name),
        )
        edits: tuple[Edit, ...] = (AddClip(lane_id or LaneId(""), clip),)
        if lane_id is None:
            added = LaneId(new_id())
            edits = (AddLane(added, name=_words(path)), AddClip(added, clip))
        if not self._edits.run(Together("Import audio", edits)):
            return
        self._selection.select_clips(frozenset({clip.id}))
        lane, _ = clip_by_id(self._document.project, clip.id)
        run = next(run for run in islands(lane) if clip in run)
        if run == (clip,):
            self._generate((plan_island(self._document.project, lane, run),))
        else:
            self.message.emit(f"“{path.name}” touches other clips. Generate makes them one sound.")


def _imported(path: Path, store: MediaStore) -> _Imported:
    suffix = path.suffix.lower()
    if suffix not in SOUND_SUFFIXES:
        kinds = ", ".join(each[1:].upper() for each in SOUND_SUFFIXES)
        raise StorageError(f"“{path.name}” is no sound that can be read.", f"Choose {kinds}.")
    try:
        info = soundfile.info(path)
    except (OSError, soundfile.SoundFileError) as error:
        raise StorageError(
            f"“{path.name}” is damaged or no sound.", "Try to open and save it elsewhere."
        ) from error
    duration = Samples(info.frames * TIMELINE_RATE_HZ // info.samplerate)
    return _Imported(media=store.add_file(path, suffix), duration=duration)


def _words(path: Path) -> str:
    """A file's name as a prompt: "Rain_03-close.wav" is "Rain 03 close"."""
    return " ".join(re.split(r"[\W_]+", path.stem)).strip() or "sound"
