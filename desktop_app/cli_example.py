"""``longwave example``: render the example project to WAV files and a picture, without a window."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from desktop_app.cli_render import export_project, generate_missing
from desktop_app.cli_support import cancelled_by_interrupt
from desktop_app.example import EXAMPLE_NAME, example_project
from desktop_app.export.settings import ExportSettings, OnCollision
from desktop_app.project.project import Project
from desktop_app.project.storage.errors import told_to_people
from desktop_app.project.storage.folder import is_project_folder, open_project, save_project
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.storage.media import MediaStore
from engine.runtime.local_engine import LocalEngine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    default = Path("output") / "example"
    parser.add_argument(
        "--out", type=Path, default=default, help=f"folder for everything (default {default})"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default auto)")


def run(arguments: argparse.Namespace) -> None:
    """Make the example once, then export and draw it; a second run only does what is missing.

    Raises:
        EngineError: A lane cannot be generated.
        StorageError: The folder cannot be written.
        CancelledError: Somebody pressed Ctrl+C; finished takes are kept.
    """
    folder = arguments.out / EXAMPLE_NAME
    with ExitStack() as stack:
        token = stack.enter_context(cancelled_by_interrupt())
        with told_to_people("made", folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = ProjectLock(folder)
        lock.acquire()
        stack.callback(lock.release)
        project = open_project(folder).project if is_project_folder(folder) else example_project()
        save_project(project, folder)
        store = MediaStore(folder)
        engine = LocalEngine(device=arguments.device)
        stack.callback(engine.close)
        project = generate_missing(
            project, store, engine, token, lambda changed: save_project(changed, folder)
        )
        settings = ExportSettings(on_collision=OnCollision.OVERWRITE)
        report = export_project(project, store, settings, arguments.out, token)
    for file in report.files:
        print(file.path)
    _draw(project, store, arguments.out / f"{EXAMPLE_NAME}.png")
    print(f"Open the project with: longwave open “{folder}”")


def _draw(project: Project, store: MediaStore, path: Path) -> None:
    try:
        # Qt needs libraries that a machine without a display may lack; the sound is there already.
        from desktop_app.picture import write_picture  # noqa: PLC0415
    except ImportError as error:
        print(f"The picture cannot be drawn: {error}", file=sys.stderr)
        return
    write_picture(project, store, path)
    print(path)
