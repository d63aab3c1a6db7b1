"""Writing the planned files, in bounded memory."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.audio.mixdown import render_lane
from desktop_app.audio.sources import TakeSources
from desktop_app.export.blocks import blocks
from desktop_app.export.chunks import Loudness
from desktop_app.export.dawproject import SessionTrack, write_dawproject
from desktop_app.export.delivery import Delivery, deliver
from desktop_app.export.errors import ExportCancelledError, ExportError
from desktop_app.export.loudness import ProgrammeMeter
from desktop_app.export.outputs import LaneStream, Output
from desktop_app.export.plan import ExportPlan, FileKind, PlannedFile
from desktop_app.export.settings import OnCollision
from desktop_app.project.ids import LaneId
from desktop_app.project.storage.atomic import part_path
from desktop_app.project.storage.errors import told_to_people

_SPARE_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """One file that was written.

    Attributes:
        kind: Mix, stem or session.
        lane_ids: The lanes that sound in it.
        path: Where it lies; numbered if the planned name was taken meanwhile.
        num_frames: Its length.
        peak_db: Highest sample before word-length reduction, dBFS; of a session its stems'.
        num_clipped: Samples that were beyond full scale and were clipped.
        loudness: Of the mix; ``None`` for all others.
    """

    kind: FileKind
    lane_ids: tuple[LaneId, ...]
    path: Path
    num_frames: int
    peak_db: float
    num_clipped: int
    loudness: Loudness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written.

    Attributes:
        files: In the order of the plan.
    """

    files: tuple[ExportedFile, ...]


def run_export(
    plan: ExportPlan,
    sources: TakeSources,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> ExportReport:
    """Write the files of a plan.

    Every lane is rendered and resampled once; the mix is the sum of these stems in 32-bit floats,
    so exported float stems add up to the exported float mix sample by sample. All files are written
    under temporary names and renamed together at the end.

    Args:
        plan: Made by ``plan_export``.
        sources: Sound of the takes.
        progress: Told the finished share, 0 to 1, now and then.
        is_cancelled: Asked after each second of sound.

    Raises:
        ExportCancelledError: A person cancelled it; nothing is left behind.
        StorageError: It could not be written; nothing is left behind.
    """
    folder = plan.files[0].path.parent
    with told_to_people("exported", plan.files[0].path), _existing(folder):
        _check_space(plan, folder)
        with ExitStack() as stack:
            outputs = [
                stack.enter_context(
                    Output(
                        file, plan, part_path(file.path), seed=(plan.settings.dither_seed, index)
                    )
                )
                for index, file in enumerate(plan.files)
                if file.kind is not FileKind.SESSION
            ]
            loudness = _stream(plan, sources, outputs, progress, is_cancelled)
            for output in outputs:
                output.finish(loudness if output.file.kind is FileKind.MIX else None)
            parts = [output.part for output in outputs]
            parts += [
                stack.enter_context(_session(plan, file, outputs, is_cancelled))
                for file in plan.files[len(outputs) :]
            ]
            _raise_if(is_cancelled)
            may_overwrite = plan.settings.on_collision is OnCollision.OVERWRITE
            paths = deliver(
                [
                    Delivery(part, file.path, may_overwrite)
                    for part, file in zip(parts, plan.files, strict=True)
                ]
            )
    progress(1.0)
    files = [
        ExportedFile(
            kind=file.kind,
            lane_ids=file.lane_ids,
            path=path,
            num_frames=file.num_frames,
            peak_db=max(output.peak_db for output in outputs if output.covers(file)),
            num_clipped=sum(output.num_clipped for output in outputs if output.covers(file)),
            loudness=loudness if file.kind is FileKind.MIX else None,
        )
        for file, path in zip(plan.files, paths, strict=True)
    ]
    return ExportReport(files=tuple(files))


@contextmanager
def _session(
    plan: ExportPlan,
    file: PlannedFile,
    outputs: Sequence[Output],
    is_cancelled: Callable[[], bool],
) -> Iterator[Path]:
    """The session under a temporary name, which is removed again at the end of the block."""
    part = part_path(file.path)
    names = {lane.id: lane.name for lane in plan.project.lanes}
    tracks = [
        SessionTrack(
            name=names[output.file.lane_ids[0]],
            file_name=output.file.path.name,
            path=output.part,
        )
        for output in outputs
        if output.file.kind is FileKind.STEM
    ]
    try:
        write_dawproject(
            part, plan.project, plan.settings, plan.span, tracks, lambda: _raise_if(is_cancelled)
        )
        yield part
    finally:
        part.unlink(missing_ok=True)


def _raise_if(is_cancelled: Callable[[], bool]) -> None:
    if is_cancelled():
        raise ExportCancelledError


def _stream(
    plan: ExportPlan,
    sources: TakeSources,
    outputs: list[Output],
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> Loudness | None:
    """Render all lanes block by block into all outputs; returns the mix's loudness."""
    wanted = {lane_id for file in plan.files for lane_id in file.lane_ids}
    lanes = [lane for lane in plan.project.lanes if lane.id in wanted]
    streams = {lane.id: LaneStream(plan.settings.sample_rate) for lane in lanes}
    mixed = next((file.lane_ids for file in plan.files if file.kind is FileKind.MIX), None)
    meter = ProgrammeMeter()
    for block in blocks(plan.span):
        _raise_if(is_cancelled)
        progress((block.start - plan.span.start) / plan.span.duration)
        is_last = block.end == plan.span.end
        rendered = {lane.id: render_lane(lane, sources, block) for lane in lanes}
        if mixed is not None:
            meter.add(added(rendered, mixed), is_last=is_last)
        resampled = {
            lane_id: streams[lane_id].resampled(part, is_last=is_last)
            for lane_id, part in rendered.items()
        }
        for output in outputs:
            output.write(added(resampled, output.file.lane_ids))
    return None if mixed is None else meter.measured()


def added(
    parts: Mapping[LaneId, NDArray[np.float32]], lane_ids: tuple[LaneId, ...]
) -> NDArray[np.float32]:
    """The sum of these lanes in 32-bit floats, in this order."""
    total = np.zeros_like(parts[lane_ids[0]])
    for lane_id in lane_ids:
        total += parts[lane_id]
    return total


def _check_space(plan: ExportPlan, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if plan.num_bytes + _SPARE_BYTES > free:
        raise ExportError(
            f"The export needs {plan.num_bytes / 1e6:.0f} MB, but only {free / 1e6:.0f} MB are free"
            f" in “{folder.name}”.",
            "Free some space, or choose another disk.",
        )


@contextmanager
def _existing(folder: Path) -> Iterator[None]:
    """Make the folder if it is not there, and remove it again if the export fails."""
    was_there = folder.is_dir()
    if not was_there:
        folder.mkdir(parents=True)
    try:
        yield
    except BaseException:
        if not was_there:
            with suppress(OSError):  # somebody else may have put something there meanwhile
                folder.rmdir()
        raise
