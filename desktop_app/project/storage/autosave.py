"""Autosave: a second project file beside the saved one, and where unsaved projects live."""

import shutil
from pathlib import Path

import platformdirs

from desktop_app.project.ids import new_id
from desktop_app.project.project import Project
from desktop_app.project.storage.errors import told_to_people
from desktop_app.project.storage.files import write_project_file
from desktop_app.project.storage.folder import project_file

AUTOSAVE_SUFFIX = ".autosave"


def autosave_file(folder: Path) -> Path:
    """The autosave of a project folder, whether it is there or not."""
    file = project_file(folder)
    return file.with_name(f"{file.name}{AUTOSAVE_SUFFIX}")


def write_autosave(project: Project, folder: Path, base_hash: str | None) -> None:
    """Write the autosave atomically.

    Args:
        project: The document's settled project.
        folder: The project's folder, or the unsaved project's.
        base_hash: Content hash of the last save; ``None`` if it was never saved.

    Raises:
        StorageError: It cannot be written; the autosave before it is as it was.
    """
    file = autosave_file(folder)
    with told_to_people("saved", file):
        folder.mkdir(parents=True, exist_ok=True)
    write_project_file(file, project, base_hash or "")


def remove_autosave(folder: Path) -> None:
    """Remove the autosave after a save, or when a person discards it.

    Raises:
        StorageError: It cannot be removed.
    """
    file = autosave_file(folder)
    with told_to_people("removed", file):
        file.unlink(missing_ok=True)


def unsaved_root() -> Path:
    """Folder of the projects that were never saved; it need not exist."""
    return platformdirs.user_state_path("Longwave", appauthor=False) / "unsaved"


def create_unsaved_folder(root: Path) -> Path:
    """A fresh folder for the media and the autosave of a project without a place of its own.

    Raises:
        StorageError: It cannot be made.
    """
    folder = root / new_id()
    with told_to_people("made", folder):
        folder.mkdir(parents=True)
    return folder


def remove_unsaved_folder(folder: Path, root: Path) -> None:
    """Remove an unsaved project after it was saved elsewhere, or when a person discards it.

    Raises:
        StorageError: It cannot be removed.
        ValueError: The folder does not lie directly in ``root``.
    """
    if folder.parent != root or not folder.name:
        raise ValueError(f"{folder} is not an unsaved project in {root}")
    with told_to_people("removed", folder):
        shutil.rmtree(folder)
