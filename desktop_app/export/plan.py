"""Which files an export will write: names, lengths and sizes, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop_app.audio.mixdown import audible_lanes
from desktop_app.export.errors import ExportError
from desktop_app.export.metadata import frames_rounded, head_chunks, tail_chunks
from desktop_app.export.names import cleaned_name, filled_template, free_name
from desktop_app.export.settings import SAMPLE_RATES_HZ, ExportSettings, OnCollision
from desktop_app.export.wav import wav_bytes
from desktop_app.project.errors import UnknownIdError
from desktop_app.project.ids import LaneId, MediaId
from desktop_app.project.lookup import lane_by_id
from desktop_app.project.project import Lane, Project
from desktop_app.project.time import Samples, Span

_SESSION_BYTES = 64 * 2**10
"""What a session needs besides its stems."""


class FileKind(StrEnum):
    """What a file holds."""

    MIX = "mix"
    STEM = "stem"
    SESSION = "session"
    """A DAWproject with all stems inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One file that will be written.

    Attributes:
        kind: Mix, stem or session.
        lane_ids: The lanes that sound in it, in the order in which they are added.
        title: For the file's own texts.
        path: Where it will lie.
        num_frames: Its length at the export's rate.
        num_bytes: Its size; of FLAC files and sessions about the most that it can be.
        replaces: Whether a file of that name will be overwritten.
    """

    kind: FileKind
    lane_ids: tuple[LaneId, ...]
    title: str
    path: Path
    num_frames: int
    num_bytes: int
    replaces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """Everything that :func:`desktop_app.export.run.run_export` needs but the sound.

    Attributes:
        project: As it was when the plan was made.
        settings: Of the export.
        span: The part that is exported.
        files: The mix first, then the stems from top to bottom, then the session.
    """

    project: Project
    settings: ExportSettings
    span: Span
    files: tuple[PlannedFile, ...]

    @property
    def num_bytes(self) -> int:
        """Size of all files."""
        return sum(file.num_bytes for file in self.files)

    @property
    def media(self) -> frozenset[MediaId]:
        """Audio that will be heard; what is missing of it would be silent."""
        wanted = {lane_id for file in self.files for lane_id in file.lane_ids}
        return frozenset(
            take.media.audio
            for lane in self.project.lanes
            if lane.id in wanted
            for take in lane.takes
            if any(
                block.take_id == take.id and block.span.intersects(self.span)
                for block in lane.sound
            )
        )


def plan_export(project: Project, settings: ExportSettings, folder: Path) -> ExportPlan:
    """Which files an export into this folder will write.

    Args:
        project: The project.
        settings: What is exported, and how.
        folder: It need not exist yet. Names of files that are there are taken into account.

    Raises:
        ExportError: There is nothing to export, or a setting makes no sense.
    """
    if settings.sample_rate not in SAMPLE_RATES_HZ:
        raise ExportError(
            f"{settings.sample_rate} Hz is not offered.",
            f"Choose {' or '.join(map(str, SAMPLE_RATES_HZ))} Hz.",
        )
    if not settings.has_mix and not settings.has_stems:
        raise ExportError("Neither the mix nor stems are chosen.", "Choose one of them.")
    if settings.has_session and not settings.has_stems:
        raise ExportError("A session needs the stems.", "Choose stems, too.")
    mixed = tuple(lane for lane in audible_lanes(project) if lane.sound)
    stems = _stem_lanes(project, settings, mixed)
    span = settings.span or _whole_span((*mixed, *stems))
    files: list[PlannedFile] = []
    if settings.has_mix:
        if not mixed:
            raise ExportError(
                "No lane that can be heard has sound.", "Generate something, or unmute a lane."
            )
        files.append(_planned(project, settings, span, folder, mixed, FileKind.MIX, files))
    for lane in stems:
        files.append(_planned(project, settings, span, folder, (lane,), FileKind.STEM, files))
    if settings.has_session:
        files.append(_planned_session(project, settings, folder, files))
    return ExportPlan(project=project, settings=settings, span=span, files=tuple(files))


def _stem_lanes(
    project: Project, settings: ExportSettings, mixed: tuple[Lane, ...]
) -> tuple[Lane, ...]:
    if not settings.has_stems:
        return ()
    if settings.lane_ids is None:
        stems = mixed
    else:
        try:
            wanted = [lane_by_id(project, lane_id) for lane_id in settings.lane_ids]
        except UnknownIdError as error:
            raise ExportError(str(error), "Choose the lanes again.") from error
        stems = tuple(lane for lane in project.lanes if lane in wanted)
    if not stems:
        raise ExportError("None of the chosen lanes has sound.", "Choose other lanes.")
    return stems


def _whole_span(lanes: Sequence[Lane]) -> Span:
    ends = [block.span.end for lane in lanes for block in lane.sound]
    if not ends:
        raise ExportError("There is no sound to export.", "Generate something first.")
    return Span(Samples(0), max(ends))


def _planned(
    project: Project,
    settings: ExportSettings,
    span: Span,
    folder: Path,
    lanes: tuple[Lane, ...],
    kind: FileKind,
    earlier: Sequence[PlannedFile],
) -> PlannedFile:
    name = "Mix" if kind is FileKind.MIX else lanes[0].name
    number = 0 if kind is FileKind.MIX else project.lanes.index(lanes[0]) + 1
    width = max(2, len(str(len(project.lanes))))
    stem = filled_template(
        settings.name_template,
        {
            "project": project.name,
            "nn": f"{number:0{width}d}",
            "lane": name,
            "bpm": f"{project.tempo_bpm:g}",
            "rate": str(settings.sample_rate),
            "bits": str(settings.sample_format.num_bits),
        },
    )
    path, replaces = _free_path(folder, stem, settings.sample_format.suffix, settings, earlier)
    title = f"{project.name} - {name}"
    num_frames = max(1, frames_rounded(span.duration, settings.sample_rate))
    head = head_chunks(title, settings, span)
    tail = tail_chunks(title, settings, span, project, lanes)
    return PlannedFile(
        kind=kind,
        lane_ids=tuple(lane.id for lane in lanes),
        title=title,
        path=path,
        num_frames=num_frames,
        num_bytes=wav_bytes(head, tail, settings.sample_format, num_frames),
        replaces=replaces,
    )


def _planned_session(
    project: Project, settings: ExportSettings, folder: Path, earlier: Sequence[PlannedFile]
) -> PlannedFile:
    stems = [file for file in earlier if file.kind is FileKind.STEM]
    stem = cleaned_name(project.name)
    path, replaces = _free_path(folder, stem, ".dawproject", settings, earlier)
    return PlannedFile(
        kind=FileKind.SESSION,
        lane_ids=tuple(lane_id for file in stems for lane_id in file.lane_ids),
        title=project.name,
        path=path,
        num_frames=stems[0].num_frames,
        num_bytes=sum(file.num_bytes for file in stems) + _SESSION_BYTES,
        replaces=replaces,
    )


def _free_path(
    folder: Path,
    stem: str,
    suffix: str,
    settings: ExportSettings,
    earlier: Sequence[PlannedFile],
) -> tuple[Path, bool]:
    """Where a file will lie, and whether it replaces one."""
    present = {path.name.lower() for path in folder.iterdir()} if folder.is_dir() else set()
    taken = {file.path.name.lower() for file in earlier}
    if settings.on_collision is OnCollision.ADD_NUMBER:
        taken |= present
    name = free_name(stem, suffix, taken)
    return folder / name, name.lower() in present
