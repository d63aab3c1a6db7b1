"""Who has a project open: a small file in its folder with the process and the machine."""

import json
import os
import secrets
import socket
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desktop_app.project.storage.atomic import part_path, remove_parts
from desktop_app.project.storage.errors import StorageError, told_to_people

_NAME = ".longwave.lock"
_MAX_BYTES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHolder:
    """The program that has a project open.

    Attributes:
        pid: Its process.
        host: The machine it runs on.
        since: When it opened the project, for people.
        birth: When the process began, in the system's own unit; tells a later process of the same
            number from it. 0 where the system does not say.
        token: Random; unique to the lock.
    """

    pid: int
    host: str
    since: str
    birth: int
    token: str

    @property
    def is_stale(self) -> bool:
        """Whether the program is surely gone. Never for another machine: nobody can tell."""
        if self.host != socket.gethostname():
            return False
        if not _is_running(self.pid) or _has_ended(self.pid):
            return True
        return self.birth != 0 and _birth_of(self.pid) not in (0, self.birth)


class ProjectLockedError(StorageError):
    """Somebody else has the project open."""

    def __init__(self, folder: Path, holder: LockHolder) -> None:
        super().__init__(
            f"“{folder.name}” is open elsewhere since {holder.since} (on {holder.host}).",
            "Close it there, or open it here without saving.",
        )
        self.holder = holder


def lock_holder(folder: Path) -> LockHolder | None:
    """Who has the project open, or ``None``; a stale lock counts as none."""
    holder = _read(folder / _NAME)
    return None if holder is None or holder.is_stale else holder


class ProjectLock:
    """The lock on one project's folder.

    Args:
        folder: The project's folder; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / _NAME
        self._token = secrets.token_hex(8)

    @property
    def is_held(self) -> bool:
        """Whether this lock is held by this object and nobody has taken it over."""
        holder = _read(self._file)
        return holder is not None and holder.token == self._token

    def acquire(self, *, takes_over: bool = False) -> None:
        """Take the lock; a stale one is replaced, and what its holder left unfinished is removed.

        Args:
            takes_over: Take it even from a program that runs. Only a person can decide this.

        Raises:
            ProjectLockedError: Somebody else has it.
            StorageError: The folder may not be changed; the project can still be read.
        """
        with told_to_people("locked", self._folder):
            if self._create():
                self._clean_up()
                return
            holder = _read(self._file)
            if holder is not None and not takes_over and not holder.is_stale:
                raise ProjectLockedError(self._folder, holder)
            self._remove_if(holder)
            if self._create():
                self._clean_up()
                return
        winner = _read(self._file)
        if winner is None:
            raise StorageError(f"“{self._folder.name}” could not be locked.", "Try again.")
        raise ProjectLockedError(self._folder, winner)

    def release(self) -> None:
        """Give the lock back; nothing if it is not held any more."""
        try:
            if self.is_held:
                self._file.unlink()
        except OSError:  # the disk is gone or read-only; the lock is stale once this process ends
            return

    def _clean_up(self) -> None:
        for folder in (self._folder, self._folder / "media", self._folder / "history"):
            remove_parts(folder)

    def _create(self) -> bool:
        mine = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now().astimezone():%Y-%m-%d %H:%M}",
            "birth": _birth_of(os.getpid()),
            "token": self._token,
        }
        # The lock appears whole: half-written it would look garbled to others, and be replaced.
        part = part_path(self._file)
        part.write_text(json.dumps(mine), encoding="utf-8")
        try:
            return _appear(part, self._file)
        finally:
            part.unlink(missing_ok=True)

    def _remove_if(self, holder: LockHolder | None) -> None:
        """Remove the lock that was read, not one that another program has just taken."""
        aside = self._file.with_name(f"{_NAME}-{self._token}")
        try:
            self._file.replace(aside)
        except FileNotFoundError:
            return
        if _read(aside) == holder:
            aside.unlink()
        else:
            aside.replace(self._file)


def _appear(part: Path, file: Path) -> bool:
    """Give a whole file another name unless that is taken; returns whether it was free."""
    try:
        file.hardlink_to(part)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            with file.open("xb") as copy:
                copy.write(part.read_bytes())
        except FileExistsError:
            return False
    return True


def _read(file: Path) -> LockHolder | None:
    try:
        with file.open("rb") as opened:
            data = json.loads(opened.read(_MAX_BYTES))
        return LockHolder(
            pid=int(data["pid"]),
            host=str(data["host"]),
            since=str(data["since"]),
            birth=int(data["birth"]),
            token=str(data["token"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_running(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there; os.kill(pid, 0) would end the process

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, 0, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _birth_of(pid: int) -> int:
    try:
        return int(_status_of(pid)[19])
    except (OSError, ValueError, IndexError):
        return 0


def _has_ended(pid: int) -> bool:
    """Whether the process is over and only its parent has not asked for its exit code yet."""
    try:
        return _status_of(pid)[0] == "Z"
    except (OSError, IndexError):
        return False


def _status_of(pid: int) -> list[str]:
    """The fields of Linux's ``/proc/PID/stat`` from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
