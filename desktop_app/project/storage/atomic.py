"""Writing files so that a crash at any moment leaves the old or the new one, never a part."""

import os
import secrets
from pathlib import Path

_MARK = ".part-"  # short, because the name of the file itself may be as long as allowed


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file: write a neighbour, flush it to the disk, rename it.

    Raises:
        OSError: It cannot be written; the old file is as it was and no neighbour is left.
    """
    neighbour = part_path(path)
    try:
        with neighbour.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        neighbour.replace(path)
    except BaseException:
        neighbour.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def part_path(path: Path) -> Path:
    """A fresh name beside ``path`` for a file that is not finished yet."""
    return path.with_name(f"{_MARK}{secrets.token_hex(8)}{path.suffix}")


def remove_parts(folder: Path) -> None:
    """Remove what a killed program left unfinished. Only the holder of the lock may do this."""
    for left_over in folder.glob(f"{_MARK}*"):
        try:
            left_over.unlink()
        except OSError:  # another program holds it open, or the folder may not be changed
            continue


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some network file systems refuse; the rename itself has succeeded
        return
    finally:
        os.close(handle)
