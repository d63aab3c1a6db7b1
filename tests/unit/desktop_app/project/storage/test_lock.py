import errno
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.lock import (
    LockHolder,
    ProjectLock,
    ProjectLockedError,
    lock_holder,
)

FILE = ".longwave.lock"


def write_lock(folder: Path, **changes: object) -> None:
    """The lock of a program that runs: this one."""
    lock = ProjectLock(folder)
    lock.acquire()
    data = json.loads((folder / FILE).read_text())
    (folder / FILE).write_text(json.dumps({**data, "token": "other", **changes}))


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        return child.pid


def test_a_lock_is_taken_and_given_back(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path)

    lock.acquire()
    held = lock.is_held
    lock.release()

    assert (held, lock.is_held) == (True, False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_has_locks_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    first.acquire()

    with pytest.raises(ProjectLockedError):
        second.acquire()
    assert first.is_held
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


ACQUIRE_AT_ONCE = """
import sys
from pathlib import Path
from desktop_app.project.storage.lock import ProjectLock, ProjectLockedError
lock = ProjectLock(Path(sys.argv[1]))
sys.stdin.readline()
try:
    lock.acquire()
    print("mine", flush=True)
except ProjectLockedError:
    print("theirs", flush=True)
sys.stdin.readline()
"""


def test_of_many_programs_that_start_at_once_one_gets_the_lock(tmp_path: Path) -> None:
    with ExitStack() as stack:
        children = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ACQUIRE_AT_ONCE, str(tmp_path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(4)
        ]
        for child in children:
            _told(child, "go")
        answers = [child.stdout.readline().strip() for child in children if child.stdout]
        for child in children:
            _told(child, "end")

    assert sorted(answers) == ["mine", "theirs", "theirs", "theirs"]


def _told(child: subprocess.Popen[str], word: str) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{word}\n")
    child.stdin.flush()


def test_what_a_killed_program_left_unfinished_is_removed(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    for folder in (tmp_path, tmp_path / "media"):
        (folder / ".part-0123.wav").write_bytes(b"half")
        (folder / "whole.wav").write_bytes(b"whole")
    (tmp_path / ".part-is-a-folder").mkdir()

    lock = ProjectLock(tmp_path)
    lock.acquire()
    lock.release()

    left = {path.name for path in tmp_path.rglob("*")}
    assert left == {"media", "whole.wav", ".part-is-a-folder"}


def test_of_two_programs_that_find_a_stale_lock_one_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one has replaced it after this one had looked."""
    write_lock(tmp_path, pid=ended_process())
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    remove = ProjectLock._remove_if

    def remove_late(self: ProjectLock, holder: LockHolder | None) -> None:
        if self is second:
            first.acquire()
        remove(self, holder)

    monkeypatch.setattr(ProjectLock, "_remove_if", remove_late)
    with pytest.raises(ProjectLockedError):
        second.acquire()
    assert first.is_held


def test_a_stale_lock_that_vanishes_meanwhile_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lock(tmp_path, pid=ended_process())
    lock, remove = ProjectLock(tmp_path), ProjectLock._remove_if

    def remove_late(self: ProjectLock, holder: LockHolder | None) -> None:
        (tmp_path / FILE).unlink()
        remove(self, holder)

    monkeypatch.setattr(ProjectLock, "_remove_if", remove_late)
    lock.acquire()
    assert lock.is_held


def test_a_lock_that_nobody_can_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE).write_text("{")
    monkeypatch.setattr(ProjectLock, "_remove_if", lambda *_: None)

    with pytest.raises(StorageError, match=r"could not be locked. Try again"):
        ProjectLock(tmp_path).acquire()


def test_a_lock_on_a_disk_that_is_gone_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ProjectLock(tmp_path)
    lock.acquire()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(Path, "unlink", refuse)
    lock.release()
    assert lock.is_held


def test_a_program_of_another_person_counts_as_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: int) -> None:
        raise PermissionError

    write_lock(tmp_path)
    monkeypatch.setattr(os, "kill", forbid)
    assert lock_holder(tmp_path) is not None


def test_a_system_that_tells_no_births_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOENT, "no /proc here")

    write_lock(tmp_path)
    monkeypatch.setattr(Path, "read_text", refuse)
    assert lock_holder(tmp_path) is not None


def test_two_windows_do_not_open_the_same_project(tmp_path: Path) -> None:
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    first.acquire()

    with pytest.raises(ProjectLockedError, match="is open elsewhere since") as caught:
        second.acquire()

    assert caught.value.holder.pid == os.getpid()
    assert caught.value.holder.host == socket.gethostname()
    assert lock_holder(tmp_path) == caught.value.holder


def test_the_lock_of_a_program_that_ended_is_replaced(tmp_path: Path) -> None:
    write_lock(tmp_path, pid=ended_process())
    lock = ProjectLock(tmp_path)

    assert lock_holder(tmp_path) is None
    lock.acquire()
    assert lock.is_held


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells")
def test_a_killed_program_that_nobody_has_buried_counts_as_ended(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        write_lock(tmp_path, pid=child.pid, birth=0)
        assert lock_holder(tmp_path) is not None
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert lock_holder(tmp_path) is None
    finally:
        child.kill()
        child.communicate()


def test_a_later_process_of_the_same_number_is_not_taken_for_the_holder(tmp_path: Path) -> None:
    write_lock(tmp_path, birth=1)

    assert lock_holder(tmp_path) is None


def test_a_lock_of_another_machine_is_never_stale(tmp_path: Path) -> None:
    write_lock(tmp_path, host="elsewhere", pid=ended_process())

    with pytest.raises(ProjectLockedError, match=r"\(on elsewhere\)"):
        ProjectLock(tmp_path).acquire()


def test_a_person_can_take_a_lock_over(tmp_path: Path) -> None:
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    first.acquire()

    second.acquire(takes_over=True)
    first.release()

    assert second.is_held


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', "null"])
def test_a_garbled_lock_is_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    lock = ProjectLock(tmp_path)

    lock.acquire()
    assert lock.is_held


def test_a_folder_that_may_not_be_changed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StorageError, match="may not be changed"):
        ProjectLock(tmp_path).acquire()


def test_a_process_number_of_nobody_is_stale(tmp_path: Path) -> None:
    write_lock(tmp_path, pid=-1)

    assert lock_holder(tmp_path) is None
