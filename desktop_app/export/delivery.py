"""Giving finished files their names all together, or none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.export.names import free_name
from desktop_app.project.storage.atomic import part_path, sync_folder


@dataclass(frozen=True, slots=True)
class Delivery:
    """A finished file under its temporary name, and the name that it is to have."""

    part: Path
    path: Path
    may_overwrite: bool


def deliver(deliveries: Sequence[Delivery]) -> tuple[Path, ...]:
    """Rename all files; if one fails, take back the others.

    A file that has appeared under a name since the plan was made is never overwritten unless a
    person agreed to it: the new file gets a number then.

    Returns:
        Where the files lie now.

    Raises:
        OSError: One could not be renamed. No new file is left, and the old ones are as they were.
    """
    done: list[tuple[Path, Path | None]] = []
    try:
        for delivery in deliveries:
            path = delivery.path
            if path.exists() and (path.is_dir() or not delivery.may_overwrite):
                taken = {other.name.lower() for other in path.parent.iterdir()}
                path = path.with_name(free_name(path.stem, path.suffix, taken))
            aside = part_path(path) if path.exists() else None
            if aside is not None:
                path.replace(aside)
            done.append((path, aside))
            delivery.part.replace(path)
    except BaseException:
        for path, aside in reversed(done):
            path.unlink(missing_ok=True)
            if aside is not None:
                aside.replace(path)
        raise
    for _, aside in done:
        if aside is not None:
            aside.unlink(missing_ok=True)
    for folder in {path.parent for path, _ in done}:
        sync_folder(folder)
    return tuple(path for path, _ in done)
