"""From a finished job's files to a take of the project."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.controllers.background import Background
from desktop_app.controllers.edit_runner import EditRunner
from desktop_app.controllers.keeping import keep_edit, kept_words, plays_after
from desktop_app.controllers.running_job import RunningJob
from desktop_app.document import Document
from desktop_app.generation import media_from_result, take_from_result
from desktop_app.project.ids import LaneId, TakeId, new_id
from desktop_app.project.project import Lane, Project, Take, TakeMedia
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.media import MediaStore
from desktop_app.proof import num_changed_outside
from desktop_app.views.timeline.values import TakePicture
from engine.api import GenerationResult, JobFinished

logger = logging.getLogger(__name__)


class TakeKeeper(QObject):
    """Moves files to the media store in the background, then adds the take as one step.

    A take whose lane was removed while it was made is kept, too: it joins the lane as soon as undo
    brings the lane back.

    Signals:
        kept (RunningJob, tuple[Take, ...], str): The takes are in the project, the best one first;
            what to tell people.
        failed (RunningJob, str): It could not be kept, in words; its files are where they were.
        picture_known (TakeId, TakePicture): What a take that was just made looks like.

    Args:
        document: Receives the takes.
        edits: Runs the edits.
        background: Copies the files.
        media: The open project's store, asked for at each use.
    """

    kept = Signal(object, object, str)
    failed = Signal(object, str)
    picture_known = Signal(object, object)

    def __init__(
        self,
        document: Document,
        edits: EditRunner,
        background: Background,
        media: Callable[[], MediaStore],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._edits = edits
        self._background = background
        self._media = media
        self._not_kept: dict[str, tuple[RunningJob, JobFinished]] = {}
        self._homeless: list[tuple[RunningJob, tuple[Take, ...]]] = []
        self._session = 0
        document.changed.connect(self._on_document_changed)

    def keep(self, job: RunningJob, event: JobFinished) -> None:
        """Keep what a job has made."""
        store, session = self._media(), self._session

        def copy() -> _Kept:
            changed = _num_changed_outside(job, event, store)
            media = tuple(media_from_result(result, store.add_file) for result in _results(event))
            return _Kept(media=media, num_changed_outside=changed)

        def then(outcome: object) -> None:
            if session == self._session:
                self._on_copied(job, event, store, outcome)

        self._background.run(copy, then)

    def retry(self, job_id: str) -> bool:
        """Try again to keep what a job has made; whether there was something to keep."""
        waiting = self._not_kept.pop(job_id, None)
        if waiting is None:
            return False
        job, event = waiting
        job.say("Keeping the take")
        self.keep(job, event)
        return True

    def drop(self, job_id: str) -> None:
        """Give up what could not be kept."""
        self._not_kept.pop(job_id, None)

    def forget(self) -> None:
        """Drop everything, for another project."""
        self._session += 1
        self._not_kept.clear()
        self._homeless.clear()

    def _on_copied(
        self, job: RunningJob, event: JobFinished, store: MediaStore, outcome: object
    ) -> None:
        try:
            if isinstance(outcome, Exception):
                raise outcome
            if not isinstance(outcome, _Kept):
                raise TypeError(f"expected the files of takes, got {outcome!r}")
            takes = tuple(
                take_from_result(job.plan, result, media, take_id=TakeId(new_id()), rank=rank)
                for rank, (result, media) in enumerate(
                    zip(_results(event), outcome.media, strict=True)
                )
            )
            self._follow(store, takes)
        except (OSError, StorageError) as error:
            self._not_kept[job.job_id] = (job, event)
            self.failed.emit(job, f"The finished take could not be kept. {error}")
            return
        self._show_picture(job, event, takes)
        lane = self._lane(job.plan.lane_id)
        if lane is None:
            self._homeless.append((job, takes))
            words = "A take is ready, but its lane was removed. Undo that to get both."
        else:
            words = self._add(lane, job, takes, event.wall_seconds, outcome.num_changed_outside)
        self.kept.emit(job, takes, words)

    def _follow(self, store: MediaStore, takes: tuple[Take, ...]) -> None:
        """Bring the files along if the project was saved under another name meanwhile."""
        for take in takes:
            media = take.media
            store.copy_into(self._media(), (media.audio, media.mel, media.latents, media.state))

    def _add(
        self,
        lane: Lane,
        job: RunningJob,
        takes: tuple[Take, ...],
        wall_seconds: float,
        num_changed_outside: int | None,
    ) -> str:
        is_heard = plays_after(lane, job.plan)
        self._edits.run_beneath(keep_edit(lane, job.plan, takes))
        if not is_heard:
            return f"{lane.name}: the take is among the others; what it was made from plays no more"
        return f"{lane.name}: {kept_words(job, len(takes), wall_seconds, num_changed_outside)}"

    def _show_picture(self, job: RunningJob, event: JobFinished, takes: tuple[Take, ...]) -> None:
        """Hand on what was drawn while it was made, so that the lane is never empty for a moment.

        Of sections made again only the sections were drawn, and of several versions only the first,
        so the other takes are read from their files.
        """
        sound, levels = job.sound, job.levels
        if job.base is not None or sound is None or levels is None:
            return
        for result, take in zip(_results(event), takes, strict=True):
            if result.candidate == 0 and sound.num_final == result.num_samples:
                self.picture_known.emit(take.id, TakePicture(peaks=sound.peaks, levels=levels))

    def _lane(self, lane_id: LaneId) -> Lane | None:
        lanes = self._document.settled_project.lanes
        return next((lane for lane in lanes if lane.id == lane_id), None)

    def _on_document_changed(self, before: Project, after: Project) -> None:
        if not self._homeless or before.lanes is after.lanes:
            return
        lane_ids = {lane.id for lane in after.lanes}
        if any(job.plan.lane_id in lane_ids for job, _ in self._homeless):
            # Not from inside the change that everybody is still being told about.
            QTimer.singleShot(0, self._take_home)

    def _take_home(self) -> None:
        waiting, self._homeless = self._homeless, []
        for job, takes in waiting:
            lane = self._lane(job.plan.lane_id)
            if lane is None:
                self._homeless.append((job, takes))
            else:
                self._edits.run_beneath(keep_edit(lane, job.plan, takes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Files in the store, and how many samples a repair changed that it should not."""

    media: tuple[TakeMedia, ...]
    num_changed_outside: int | None


def _num_changed_outside(job: RunningJob, event: JobFinished, store: MediaStore) -> int | None:
    """Compared sample by sample; ``None`` where nothing was made again or nobody can tell."""
    base, sections = job.base, job.plan.recipe.sections
    if base is None or not sections:
        return None
    before = store.path(base.media.audio)
    try:
        return sum(
            num_changed_outside(before, Path(result.audio_path), base.span, sections)
            for result in _results(event)
        )
    except OSError as error:
        logger.warning("the repair %s cannot be checked: %s", job.job_id, error)
        return None


def _results(event: JobFinished) -> tuple[GenerationResult, ...]:
    """All that a job made, best first."""
    return event.candidates or (event.result,)
