"""The errors of the project folder, in words for people."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class StorageError(Exception):
    """Something cannot be saved or opened; nothing was lost.

    Args:
        reason: What went wrong, with the name of the file or folder.
        remedy: What the person can do about it; may be empty.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy


@contextmanager
def told_to_people(doing: str, path: Path) -> Iterator[None]:
    """Turn the system's errors inside the block into :class:`StorageError`.

    Args:
        doing: What is done, as in "saved" or "read".
        path: What it is done to.
    """
    try:
        yield
    except OSError as error:
        name = f"“{path.name}”"
        if error.errno in _FULL:
            raise StorageError(
                f"The disk is full; {name} could not be {doing}.",
                "Free some space, or save to another disk.",
            ) from error
        if error.errno in _FORBIDDEN:
            raise StorageError(
                f"{name} could not be {doing}: {path.parent} may not be changed.",
                "Save to another folder, or ask for the right to write there.",
            ) from error
        if error.errno == errno.ENOENT:
            raise StorageError(
                f"{name} is not there any more.", "It may have been moved, renamed or unplugged."
            ) from error
        cause = error.strerror or str(error)
        raise StorageError(f"{name} could not be {doing}: {cause}.") from error
