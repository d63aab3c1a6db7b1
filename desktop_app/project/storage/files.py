"""Reading and writing one project file: JSON with a format name and a version."""

import json
from pathlib import Path

from desktop_app.project.project import Project
from desktop_app.project.storage.atomic import write_atomic
from desktop_app.project.storage.errors import StorageError, told_to_people
from desktop_app.project.storage.schema import (
    FORMAT_VERSION,
    SchemaError,
    data_from_project,
    project_from_data,
)
from desktop_app.project.storage.upgrades import upgraded

FORMAT_NAME = "longwave-project"
MAX_FILE_BYTES = 512 * 2**20
"""Far beyond any real project; whoever claims more wants the memory."""


def write_project_file(path: Path, project: Project, base_hash: str | None = None) -> None:
    """Replace a project file atomically.

    Args:
        path: The file.
        project: What to write.
        base_hash: Content hash of the save that an autosave follows; see ``recovery``.

    Raises:
        StorageError: It cannot be written; the old file is as it was.
    """
    data: dict[str, object] = {"format": FORMAT_NAME, "version": FORMAT_VERSION}
    if base_hash is not None:
        data["base_hash"] = base_hash
    data["project"] = data_from_project(project)
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair pasted into a prompt must not make saving impossible.
    encoded = text.encode(errors="replace")
    if len(encoded) > MAX_FILE_BYTES:
        raise StorageError(
            f"“{path.name}” would be larger than {MAX_FILE_BYTES // 2**20} MiB.",
            "Remove takes that are not needed.",
        )
    with told_to_people("saved", path):
        write_atomic(path, encoded)


def read_project_file(path: Path) -> Project:
    """The project in a file.

    Raises:
        StorageError: The file cannot be read, is damaged, or was written by a newer version.
    """
    return read_project_file_with_base(path)[0]


def read_project_file_with_base(path: Path) -> tuple[Project, str | None]:
    """The project in a file, and the content hash of the save that it follows, if it is told.

    Raises:
        StorageError: See :func:`read_project_file`.
    """
    with told_to_people("read", path):
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _damaged(path, f"it is larger than {MAX_FILE_BYTES // 2**20} MiB")
        text = path.read_bytes()
    try:
        data = json.loads(text.decode(), parse_constant=_refuse_constant)
        data = _current(path, data)
        base = data.get("base_hash")
        return project_from_data(data.get("project")), base if isinstance(base, str) else None
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not text") from error
    except json.JSONDecodeError as error:
        end = "it ends too early" if error.pos >= len(error.doc.rstrip()) else "it is garbled"
        raise _damaged(path, f"{end} at line {error.lineno}") from error
    except (SchemaError, RecursionError, ValueError) as error:
        raise _damaged(path, str(error)) from error


def _current(path: Path, data: object) -> dict[str, object]:
    if not isinstance(data, dict) or data.get("format") != FORMAT_NAME:
        raise StorageError(f"“{path.name}” is not a Longwave project.", "Choose another file.")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise SchemaError("it has no version")
    if version > FORMAT_VERSION:
        raise StorageError(
            f"“{path.name}” was saved by a newer Longwave (format {version}; this one reads up to"
            f" {FORMAT_VERSION}).",
            "Update Longwave to open it. The file was not changed.",
        )
    return upgraded(data, version, FORMAT_VERSION)


def _damaged(path: Path, cause: str) -> StorageError:
    return StorageError(
        f"“{path.name}” is damaged: {cause}.", "Earlier saves lie in the project's history folder."
    )


def _refuse_constant(name: str) -> float:
    raise SchemaError(f"{name} is not a number")
