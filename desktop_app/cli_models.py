"""``longwave models`` lists what can be chosen; ``longwave models get NAME`` fetches one."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desktop_app.cli_support import ProgressBar, cancelled_by_interrupt
from engine.api import CancelledError, EngineError
from engine.checkpoints.download import download_model
from engine.checkpoints.registry import (
    ModelEntry,
    default_models_dir,
    find_model,
    known_models,
)
from engine.runtime.checks.request import WRITING_REMEDY, file_errors

_SECONDS_UNTIL_TRUSTED = 3.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="list the models (the default)")
    get = actions.add_parser(
        "get",
        help="fetch a model",
        description="Fetch a model; what was interrupted is continued.",
    )
    get.add_argument("name", metavar="NAME", help="a name from the list")
    get.add_argument(
        "--accept-licence", action="store_true", help="do not ask whether you accept the licence"
    )


def run(arguments: argparse.Namespace) -> None:
    """List the models, or fetch one.

    Raises:
        EngineError: The list is damaged, there is no such model, its licence was not accepted, or
            it cannot be fetched.
        CancelledError: Somebody pressed Ctrl+C; what was fetched until then is kept.
    """
    folder = default_models_dir()
    if arguments.action == "get":
        _get(arguments.name, folder, is_accepted=arguments.accept_licence)
    else:
        _list(folder)


def _list(folder: Path) -> None:
    """Print size, licence and whether it is here, of each model."""
    rows = [
        (
            entry.name,
            *_state_and_size(entry, folder),
            entry.licence,
            entry.title,
        )
        for entry in known_models()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[4]]))
    print(f"\nDownloaded models lie in {folder}; “longwave models get NAME” fetches one.")


def _state_and_size(entry: ModelEntry, folder: Path) -> tuple[str, str]:
    place = entry.location(folder) if entry.bundled_folder is not None else folder / entry.name
    here = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    if entry.is_installed(folder):
        return "ready", _size(here)
    if here:
        return "begun", f"{_size(here)} of about {_size(entry.approximate_bytes)}"
    return "not here", f"about {_size(entry.approximate_bytes)}"


def _get(name: str, folder: Path, *, is_accepted: bool) -> None:
    entry = find_model(name)
    if entry is None:
        names = ", ".join(model.name for model in known_models() if model.files)
        raise EngineError(f"There is no model “{name}”.", f"Choose one of: {names}.")
    if entry.is_installed(folder):
        print(f"{entry.title} is here already: {entry.location(folder)}", file=sys.stderr)
        print(entry.location(folder))
        return
    if entry.bundled_folder is not None:
        raise EngineError(f"{entry.title} is missing.", "Install the application again.")
    _show_licence(entry)
    if not is_accepted:
        _ask()
    bar = ProgressBar(f"Getting {entry.title}")
    with (
        cancelled_by_interrupt() as token,
        file_errors(f"write to {folder / entry.name}", WRITING_REMEDY),
    ):
        try:
            path = download_model(entry, folder, progress=_shown_in(bar), token=token)
        except CancelledError:
            bar.finish("stopped; what was fetched is kept, the same command continues")
            raise
    checked = "checked" if entry.is_verifiable else "done"
    bar.finish(checked)
    print(path)


def _show_licence(entry: ModelEntry) -> None:
    """What a person should know before the download, on the error stream."""
    lines = [
        f"{entry.title}, about {_size(entry.approximate_bytes)}, from {entry.homepage}",
        f"Licence: {entry.licence}. {entry.licence_notice}",
    ]
    if not entry.is_verifiable:
        unknown = ", ".join(file.path for file in entry.files if file.sha256 is None)
        lines.append(f"No checksum is known for {unknown}: nothing but the size can be checked.")
    print("\n".join(lines), file=sys.stderr)


def _ask() -> None:
    """Ask for the licence.

    Raises:
        EngineError: The answer was no, or there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise EngineError(
            "The licence must be accepted before the download.", "Add --accept-licence."
        )
    print("Do you accept the licence? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise EngineError(
            "The licence was not accepted; nothing was fetched.",
            "The starter model is free for any use.",
        )


def _shown_in(bar: ProgressBar) -> Callable[[int, int | None], None]:
    """A receiver of progress that draws it, with the time left at the pace so far."""
    began_at = time.monotonic()
    first: list[int] = []

    def show(done: int, total: int | None) -> None:
        if not first:
            first.append(done)
        whole = max(1, done if total is None else total)
        elapsed, fetched = time.monotonic() - began_at, done - first[0]
        is_trusted = elapsed >= _SECONDS_UNTIL_TRUSTED and fetched > 0
        left = (whole - done) * elapsed / fetched if is_trusted else None
        bar.show(done / whole, f"{_size(done)} of {_size(whole)}", left)

    return show


def _size(num_bytes: int) -> str:
    return f"{num_bytes / 1e6:,.0f} MB"
