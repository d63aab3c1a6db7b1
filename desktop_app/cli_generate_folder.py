"""The folder that ``longwave generate --resume`` keeps unfinished work in."""

import argparse
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.api import EngineError

_NOTE = "longwave-generate.json"
_NOT_FOR_THE_SOUND = {"output", "resume", "device", "memory_gib"}


@contextmanager
def work_folder(arguments: argparse.Namespace) -> Iterator[Path]:
    """A folder for the engine's files: a temporary one, or the one of ``--resume``.

    That folder is kept when the work is interrupted or fails, so that the same command goes on
    from it, and removed when the sound is there.

    Raises:
        EngineError: It holds something else.
    """
    folder: Path | None = arguments.resume
    if folder is None:
        with TemporaryDirectory(prefix="longwave-") as work:
            yield Path(work)
        return
    _claim(folder, arguments)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _claim(folder: Path, arguments: argparse.Namespace) -> None:
    note, wanted = folder / _NOTE, _noted(arguments)
    if folder.exists() and not folder.is_dir():
        raise EngineError(f"{folder} is a file.", "Give --resume a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        if not note.is_file():
            raise EngineError(
                f"{folder} is not empty and holds no unfinished sound.",
                "Give --resume another folder.",
            )
        if note.read_text(encoding="utf-8", errors="replace") != wanted:
            raise EngineError(
                f"{folder} holds another unfinished sound.",
                "Use the same arguments as then, or another folder.",
            )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(wanted, encoding="utf-8")
    except OSError as error:
        raise EngineError(
            f"Cannot write to {folder}: {error.strerror}.", "Give --resume another folder."
        ) from error


def _noted(arguments: argparse.Namespace) -> str:
    values = {
        name: [str(item) for item in value] if isinstance(value, list) else value
        for name, value in sorted(vars(arguments).items())
        if name not in _NOT_FOR_THE_SOUND
    }
    return json.dumps(values, default=str, indent=1)
