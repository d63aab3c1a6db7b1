"""The project folder: ``Name/`` with ``Name.longwave``, ``media/``, ``history/`` and ``cache/``."""

import re
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desktop_app.project.project import Project
from desktop_app.project.storage.atomic import part_path
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.files import read_project_file, write_project_file
from desktop_app.project.storage.schema import content_hash

PROJECT_SUFFIX = ".longwave"
NUM_EARLIER_SAVES = 10
_HISTORY = "history"
_MAX_STEM_BYTES = 200  # leaves room for suffixes under the usual limit of 255
_NUMBER = re.compile(r"^(\d+) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedProject:
    """What :func:`open_project` found.

    Attributes:
        project: Named after its folder.
        folder: The project's folder.
        content_hash: Of what is saved; autosaves refer to it.
    """

    project: Project
    folder: Path
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSave:
    """A save that a later one has replaced.

    Attributes:
        path: To be read with ``read_project_file``.
        saved_at: When it was written, in local time, for people.
    """

    path: Path
    saved_at: datetime


def project_file(folder: Path) -> Path:
    """The project file in a folder: the one named after it, or else the only one there.

    A folder that was renamed by hand so still opens. Without any, the name for a new one.
    """
    stem = folder.name.encode(errors="replace")[:_MAX_STEM_BYTES].decode(errors="ignore")
    named = folder / f"{stem}{PROJECT_SUFFIX}"
    others = sorted(folder.glob(f"[!.]*{PROJECT_SUFFIX}"))
    return others[0] if len(others) == 1 else named


def project_name(folder: Path) -> str:
    """The name of the project in a folder: the folder's, less what no text may hold."""
    text = folder.name.encode(errors="replace").decode()
    return "".join(" " if ord(character) < 32 else character for character in text)


def folder_from_choice(path: Path) -> Path:
    """The project folder that a person means who chose a folder, or the file in it."""
    if path.suffix != PROJECT_SUFFIX or path.is_dir():
        return path
    return path.parent if path.is_file() else path.with_suffix("")


def is_project_folder(folder: Path) -> bool:
    """Whether there is a project in this folder."""
    return project_file(folder).is_file()


def save_project(project: Project, folder: Path) -> str:
    """Write the project atomically and keep the save before it in ``history/``.

    The media that the project refers to must already lie in the folder's store.

    Args:
        project: What to save; the file gets the folder's name as the project's name.
        folder: Made if it is not there.

    Returns:
        The content hash of what was saved.

    Raises:
        StorageError: It cannot be saved; the save before it is as it was.
    """
    named = replace(project, name=project_name(folder))
    file = project_file(folder)
    with told_to_people("saved", file):
        folder.mkdir(parents=True, exist_ok=True)
        _keep_earlier_save(file)
    write_project_file(file, named)
    _forget_old_saves(folder)
    return content_hash(named)


def open_project(path: Path) -> OpenedProject:
    """Read a project.

    Args:
        path: The project's folder or the file in it.

    Raises:
        StorageError: There is no project, it is damaged, or a newer version wrote it.
    """
    folder = folder_from_choice(path)
    file = path if path.is_file() else project_file(folder)
    if not file.is_file():
        raise StorageError(
            f"There is no project in “{folder.name}”.", "Choose a folder with a .longwave file."
        )
    project = replace(read_project_file(file), name=project_name(folder))
    return OpenedProject(project=project, folder=folder, content_hash=content_hash(project))


def earlier_saves(folder: Path) -> tuple[EarlierSave, ...]:
    """The saves that were replaced, newest first, at most ten."""
    return tuple(
        EarlierSave(path=path, saved_at=datetime.fromtimestamp(path.stat().st_mtime).astimezone())
        for _, path in reversed(_numbered_saves(folder))
    )


def _keep_earlier_save(file: Path) -> None:
    if not file.is_file():
        return
    saves = _numbered_saves(file.parent)
    if saves and saves[-1][1].read_bytes() == file.read_bytes():
        return  # a crash came between keeping and replacing it
    number = saves[-1][0] + 1 if saves else 1
    when = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
    history = file.parent / _HISTORY
    history.mkdir(exist_ok=True)
    kept = history / f"{number:06d} {when:%Y-%m-%d %H.%M.%S}{PROJECT_SUFFIX}"
    part = part_path(kept)
    try:
        shutil.copy2(file, part)
        part.replace(kept)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _forget_old_saves(folder: Path) -> None:
    for _, path in _numbered_saves(folder)[:-NUM_EARLIER_SAVES]:
        try:
            path.unlink()
        except OSError:  # the save itself is done; an old one too many does no harm
            continue


def _numbered_saves(folder: Path) -> list[tuple[int, Path]]:
    saves = (folder / _HISTORY).glob(f"*{PROJECT_SUFFIX}")
    return sorted((int(match[1]), path) for path in saves if (match := _NUMBER.match(path.name)))
