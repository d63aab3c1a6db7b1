"""``longwave render PROJECT --out DIR --stems``: generate what is missing, then export."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from desktop_app.audio.mixdown import audible_lanes
from desktop_app.audio.sources import MediaTakeSources
from desktop_app.cli_support import (
    ProgressBar,
    add_memory_argument,
    cancelled_by_interrupt,
)
from desktop_app.export.plan import plan_export
from desktop_app.export.run import ExportReport, run_export
from desktop_app.export.settings import (
    SAMPLE_RATES_HZ,
    ExportSettings,
    OnCollision,
    SampleFormat,
)
from desktop_app.generation import (
    GenerationPlan,
    media_from_result,
    plans_for_lane,
    reason_not_to_generate,
    take_from_result,
)
from desktop_app.memory import memory_budget_bytes
from desktop_app.project.edits.keep_take import KeepTake
from desktop_app.project.ids import MediaId, TakeId, new_id
from desktop_app.project.project import Lane, Project
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.folder import open_project, save_project
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.storage.media import MediaStore
from engine.api import (
    STANDARD_MEMORY_BUDGET_BYTES,
    CancellationToken,
    Engine,
    EngineError,
    EngineEvent,
    GenerateRequest,
    GenerationResult,
    JobFinished,
    JobProgress,
    Sampler,
)
from engine.runtime.local_engine import LocalEngine

_FORMATS = {
    "16": SampleFormat.PCM_16,
    "24": SampleFormat.PCM_24,
    "float": SampleFormat.FLOAT_32,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("project", type=Path, help="folder or file of the project")
    parser.add_argument("--out", type=Path, required=True, help="folder for the WAV files")
    parser.add_argument("--stems", action="store_true", help="write each lane, too")
    parser.add_argument("--format", choices=_FORMATS, default="24", help="bits (default 24)")
    parser.add_argument(
        "--rate", type=int, choices=SAMPLE_RATES_HZ, default=48_000, help="in Hz (default 48000)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files of these names")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default auto)")
    add_memory_argument(parser)
    changes = parser.add_argument_group(
        "other settings for this render; the project itself is then left as it is"
    )
    changes.add_argument("--model", help="name or path, for all lanes")
    changes.add_argument("--steps", type=int, help="sampling steps, for all lanes")
    changes.add_argument("--seed", type=int, help="seed, for all lanes")
    changes.add_argument("--sampler", help=", ".join(sampler.value for sampler in Sampler))
    changes.add_argument("--guidance", type=float, help="guidance of all clips, 1 to 20")
    changes.add_argument("--negative", metavar="PROMPT", help="what should not be heard anywhere")


def run(arguments: argparse.Namespace) -> None:
    """Generate what a project lacks, keep it in the project, and export.

    Raises:
        EngineError: A lane cannot be generated.
        StorageError: The project cannot be opened, or the files cannot be written.
        CancelledError: Somebody pressed Ctrl+C while it generated; finished takes are kept.
        ExportCancelledError: Somebody pressed Ctrl+C while it exported.
    """
    memory = memory_budget_bytes(arguments.memory_gib)
    opened = open_project(arguments.project)
    # Before hours of work, not after.
    _make_folder(arguments.out)
    project = with_other_settings(opened.project, arguments)
    with ExitStack() as stack:
        token = stack.enter_context(cancelled_by_interrupt())
        store = MediaStore(opened.folder)
        keep: Callable[[Project], object] = _keep_nothing
        if project != opened.project:
            store = stack.enter_context(_borrowed(store, project))
        plans = missing_plans(project, store)
        _require_audible(project, plans)
        if project == opened.project and plans:
            lock = ProjectLock(opened.folder)
            lock.acquire()
            stack.callback(lock.release)
            keep = partial(save_project, folder=opened.folder)
        engine = LocalEngine(device=arguments.device)
        stack.callback(engine.close)
        project = generate_missing(project, store, engine, token, keep, memory)
        settings = ExportSettings(
            has_stems=arguments.stems,
            sample_format=_FORMATS[arguments.format],
            sample_rate=arguments.rate,
            on_collision=OnCollision.OVERWRITE if arguments.overwrite else OnCollision.ADD_NUMBER,
        )
        report = export_project(project, store, settings, arguments.out, token)
    for file in report.files:
        print(file.path)


def _keep_nothing(_project: Project) -> None:
    """What is made for other settings than the project's is only exported."""


def _require_audible(project: Project, plans: Sequence[GenerationPlan]) -> None:
    """Refuse hours of work whose end would be an export without sound.

    Raises:
        StorageError: No lane with sound, or with sound to come, can be heard.
    """
    coming = {plan.lane_id for plan in plans}
    if plans and not any(lane.sound or lane.id in coming for lane in audible_lanes(project)):
        raise StorageError(
            "No lane that can be heard has a prompt.", "Unmute a lane in the project."
        )


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder} is a file.", "Choose a folder with --out.")
    with told_to_people("made", folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass


def with_other_settings(project: Project, arguments: argparse.Namespace) -> Project:
    """The project with the settings that the command line changes."""
    changes = {
        name: value
        for name, value in (
            ("model", arguments.model),
            ("num_steps", arguments.steps),
            ("seed", arguments.seed),
            ("sampler", arguments.sampler),
        )
        if value is not None
    }
    lanes = tuple(
        replace(
            lane,
            settings=replace(lane.settings, **changes),
            clips=lane.clips
            if arguments.guidance is None
            else tuple(replace(clip, guidance_scale=arguments.guidance) for clip in lane.clips),
        )
        for lane in project.lanes
    )
    everywhere = project.everywhere
    if arguments.negative is not None:
        everywhere = replace(everywhere, leave_out=arguments.negative)
    return replace(project, lanes=lanes, everywhere=everywhere)


def missing_plans(project: Project, store: MediaStore) -> tuple[GenerationPlan, ...]:
    """What must be generated: clips without sound, stale sound, and sound whose file is lost."""
    # One take of each: whoever wants to choose does so in the application.
    project = replace(
        project, lanes=tuple(replace(lane, num_candidates=1) for lane in project.lanes)
    )
    lost = store.missing(project)
    plans: list[GenerationPlan] = []
    for lane in project.lanes:
        gone = {take.id for take in lane.takes if take.media.audio in lost}
        kept = tuple(block for block in lane.sound if block.take_id not in gone)
        plans += plans_for_lane(project, replace(lane, sound=kept), only_needed=True)
    return tuple(plans)


def generate_missing(
    project: Project,
    store: MediaStore,
    engine: Engine,
    token: CancellationToken,
    keep: Callable[[Project], object],
    memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES,
) -> Project:
    """Generate every lane's missing and stale sound.

    Args:
        project: The project.
        store: Receives the media.
        engine: Makes the sound, in this thread.
        token: Cancels.
        keep: Called with the project after every take.
        memory_budget_bytes: As in the engine's requests.

    Returns:
        The project with the takes.

    Raises:
        EngineError: A clip has no words, or the engine refuses.
    """
    plans = missing_plans(project, store)
    lanes = {lane.id: lane for lane in project.lanes}
    for plan in plans:
        if reason := reason_not_to_generate(project, lanes[plan.lane_id]):
            raise EngineError(reason)
    for number, plan in enumerate(plans, start=1):
        title = f"{lanes[plan.lane_id].name} ({number} of {len(plans)})"
        with TemporaryDirectory(prefix="longwave-") as work:
            request = plan.request(
                job_id=new_id(), output_dir=work, media_path=store.path, wants_previews=False
            )
            request = replace(request, memory_budget_bytes=memory_budget_bytes)
            result = _generated(request, engine, token, ProgressBar(title))
            media = media_from_result(result, store.add_file)
        take = take_from_result(plan, result, media, take_id=TakeId(new_id()))
        project = KeepTake(plan.lane_id, take).apply(project)
        keep(project)
    return project


def export_project(
    project: Project,
    store: MediaStore,
    settings: ExportSettings,
    folder: Path,
    token: CancellationToken,
) -> ExportReport:
    """Write the WAV files.

    Raises:
        StorageError: There is nothing to export, or it cannot be written.
        ExportCancelledError: The token was set; nothing is left behind.
    """
    plan = plan_export(project, settings, folder)
    if lost := [media for media in plan.media if not store.contains(media)]:
        raise StorageError(
            f"{len(lost)} sound files of the project are missing.", "Generate those lanes again."
        )
    bar = ProgressBar("Exporting")
    # Resampled sound is kept beside the media; a project that may only be read gets a folder.
    with TemporaryDirectory(prefix="longwave-") as cache:
        sources = MediaTakeSources(store.path, Path(cache))
        report = run_export(plan, sources, bar.show, lambda: token.is_cancelled)
    bar.finish(f"{len(report.files)} files")
    return report


def _generated(
    request: GenerateRequest, engine: Engine, token: CancellationToken, bar: ProgressBar
) -> GenerationResult:
    finished: list[JobFinished] = []

    def show(event: EngineEvent) -> None:
        match event:
            case JobProgress():
                text = f"{event.stage.value} {event.done}/{event.total}"
                bar.show(event.fraction, text, event.remaining_seconds)
            case JobFinished():
                finished.append(event)
            case _:
                pass

    engine.generate(request, token, show)
    bar.finish(f"done in {finished[0].wall_seconds:.0f} s")
    return finished[0].result


@contextmanager
def _borrowed(store: MediaStore, project: Project) -> Iterator[MediaStore]:
    """A store of its own for a render that must not change the project."""
    with TemporaryDirectory(prefix="longwave-") as folder:
        borrowed = MediaStore(Path(folder))
        store.copy_into(borrowed, _media_in_use(project.lanes))
        yield borrowed


def _media_in_use(lanes: tuple[Lane, ...]) -> frozenset[MediaId]:
    playing = {block.take_id for lane in lanes for block in lane.sound}
    return frozenset(
        take.media.audio for lane in lanes for take in lane.takes if take.id in playing
    )
