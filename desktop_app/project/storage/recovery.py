"""What a crash left behind. Decided by content, never by the dates of files."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import autosave_file, remove_autosave
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.files import read_project_file_with_base
from desktop_app.project.storage.folder import is_project_folder, open_project
from desktop_app.project.storage.lock import lock_holder
from desktop_app.project.storage.schema import content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """An autosave with changes that are not in the saved project.

    Attributes:
        folder: The project's folder, or the unsaved project's.
        project: The autosaved state.
        saved: The saved state, or ``None`` if it was never saved or cannot be read.
        autosaved_at: When the autosave was written, in local time, for people.
        follows_save: False if the project was saved by someone else after the autosave.
    """

    folder: Path
    project: Project
    saved: Project | None
    autosaved_at: datetime
    follows_save: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenAutosave:
    """An autosave that could not be read. It was set aside under another name.

    Attributes:
        path: Where it lies now.
        reason: What is wrong with it.
    """

    path: Path
    reason: str


def find_recovery(folder: Path) -> Recovery | BrokenAutosave | None:
    """The changes that an autosave holds beyond the saved project.

    An autosave equal to the saved project is removed. A broken one is set aside, so that it never
    keeps the project from opening.

    Args:
        folder: A project's folder that no other program has open.
    """
    file = autosave_file(folder)
    if not file.is_file():
        return None
    try:
        project, base_hash = read_project_file_with_base(file)
        autosaved_at = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
    except StorageError as error:
        return _set_aside(file, error.reason)
    saved = _saved_project(folder)
    if saved is not None:
        project = replace(project, name=saved.name)
        if content_hash(project) == content_hash(saved):
            remove_autosave(folder)
            return None
    return Recovery(
        folder=folder,
        project=project,
        saved=saved,
        autosaved_at=autosaved_at,
        follows_save=base_hash == (content_hash(saved) if saved else ""),
    )


def unsaved_projects(root: Path) -> tuple[Recovery, ...]:
    """Projects that were never saved and that no running program has open, newest first.

    Args:
        root: See ``autosave.unsaved_root``.
    """
    found = []
    for folder in sorted(root.glob("*")):
        if not folder.is_dir() or lock_holder(folder) is not None:
            continue
        recovery = find_recovery(folder)
        if isinstance(recovery, Recovery):
            found.append(recovery)
    return tuple(sorted(found, key=lambda each: each.autosaved_at, reverse=True))


def _saved_project(folder: Path) -> Project | None:
    if not is_project_folder(folder):
        return None
    try:
        return open_project(folder).project
    except StorageError:
        return None


def _set_aside(file: Path, reason: str) -> BrokenAutosave:
    number = 1
    while (aside := file.with_name(f"{file.name}.broken-{number}")).exists():
        number += 1
    with told_to_people("set aside", file):
        file.replace(aside)
    return BrokenAutosave(path=aside, reason=reason)
