import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.project.edits import SetTempo
from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import write_autosave
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.files import read_project_file, write_project_file
from desktop_app.project.storage.folder import (
    NUM_EARLIER_SAVES,
    earlier_saves,
    folder_from_choice,
    is_project_folder,
    open_project,
    project_file,
    save_project,
)
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.storage.recovery import Recovery, find_recovery
from desktop_app.project.storage.schema import content_hash
from tests.unit.desktop_app.builders import clip, project_with


def project(tempo: float = 120.0) -> Project:
    return SetTempo(tempo, 4).apply(project_with((clip("a", 0, 9),)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Night bus"


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_saved_project_opens_again_named_after_its_folder(folder: Path) -> None:
    told = save_project(project(), folder)
    opened = open_project(folder)

    assert opened.project == replace(project(), name="Night bus")
    assert opened.folder == folder
    assert opened.content_hash == told == content_hash(opened.project)
    assert files_in(folder) == ["Night bus.longwave"]
    assert is_project_folder(folder)


def test_the_file_opens_as_well_as_the_folder(folder: Path) -> None:
    save_project(project(), folder)

    assert open_project(project_file(folder)) == open_project(folder)


def test_a_renamed_folder_opens_and_saves_into_its_file(folder: Path) -> None:
    save_project(project(), folder)
    renamed = folder.rename(folder.with_name("Day bus"))

    opened = open_project(renamed)
    save_project(project(90.0), renamed)

    assert opened.project.name == "Day bus"
    assert "Day bus.longwave" not in files_in(renamed)
    assert open_project(renamed).project.tempo_bpm == 90.0


def test_a_chosen_name_means_its_folder(tmp_path: Path) -> None:
    save_project(project(), tmp_path / "A")

    assert folder_from_choice(tmp_path / "A") == tmp_path / "A"
    assert folder_from_choice(tmp_path / "A" / "A.longwave") == tmp_path / "A"
    assert folder_from_choice(tmp_path / "New.longwave") == tmp_path / "New"


def test_strange_folder_names_open_again(tmp_path: Path) -> None:
    for name in ("a" * 255, "雨" * 85, "line\nbreak", "雨"):
        save_project(project(), tmp_path / name)
        write_autosave(project(90.0), tmp_path / name, None)
        assert open_project(tmp_path / name).project.tempo_bpm == 120.0
        assert isinstance(find_recovery(tmp_path / name), Recovery)


def test_the_last_ten_saves_are_kept(folder: Path) -> None:
    for number in range(15):
        save_project(project(100.0 + number), folder)

    saves = earlier_saves(folder)
    kept = [read_project_file(save.path).tempo_bpm for save in saves]

    assert kept == [113.0 - number for number in range(NUM_EARLIER_SAVES)]
    assert open_project(folder).project.tempo_bpm == 114.0


def test_half_a_character_does_not_keep_from_saving(folder: Path) -> None:
    save_project(project_with((clip("a", 0, 9, "\ud83c"),)), folder)

    assert open_project(folder).project.lanes[0].clips[0].prompt.text == "?"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged: it ends too early at line 1"),
        (b"\xff\xfe", "not text"),
        (b"hello", "garbled at line 1"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "not a Longwave project"),
        (b'{"format": "other"}', "not a Longwave project"),
        (b'{"format": "longwave-project"}', "has no version"),
        (b'{"format": "longwave-project", "version": true}', "has no version"),
        (b'{"format": "longwave-project", "version": 0}', "has no version"),
        (b'{"format": "longwave-project", "version": 1}', "project is not a group"),
        (b'{"format": "longwave-project", "version": 1, "project": NaN}', "NaN is not a number"),
        (b'{"format": "longwave-project", "version": 1' + b"0" * 5000 + b"}", "damaged"),
        (
            b'{"format": "longwave-project", "version": 7, "project": {}}',
            r"newer Longwave \(format 7; this one reads up to 2\). Update Longwave",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_left_alone(
    folder: Path, content: bytes, message: str
) -> None:
    folder.mkdir()
    project_file(folder).write_bytes(content)

    with pytest.raises(StorageError, match=message) as caught:
        open_project(folder)

    assert "Night bus.longwave" in caught.value.reason
    assert project_file(folder).read_bytes() == content


def test_every_truncated_file_is_refused(folder: Path) -> None:
    save_project(project(), folder)
    whole = project_file(folder).read_bytes()
    for length in range(0, len(whole) - 1, 37):
        project_file(folder).write_bytes(whole[:length])
        with pytest.raises(StorageError, match="damaged"):
            open_project(folder)


def test_an_absurdly_large_file_is_not_read(folder: Path) -> None:
    folder.mkdir()
    with project_file(folder).open("wb") as file:
        file.truncate(2**40)

    with pytest.raises(StorageError, match="larger than 512 MiB"):
        open_project(folder)


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no project in “Nowhere”"):
        open_project(tmp_path / "Nowhere")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    save_project(project(), folder)
    before = project_file(folder).read_bytes()

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StorageError, match=r"disk is full.* Free some space"):
        save_project(project(90.0), folder)
    monkeypatch.undo()

    assert project_file(folder).read_bytes() == before
    assert not [name for name in files_in(folder) if ".part-" in name]


def test_a_file_system_that_cannot_flush_folders_is_no_trouble(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def only_files(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not for folders")
        flush(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    save_project(project(), folder)
    assert is_project_folder(folder)


def test_a_folder_that_may_not_be_changed_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_project(project(), folder)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match=r"may not be changed. Save to another folder"):
        save_project(project(90.0), folder)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write all")
def test_a_read_only_folder_opens_but_does_not_save(folder: Path) -> None:
    save_project(project(), folder)
    folder.chmod(0o555)
    try:
        assert open_project(folder).project.tempo_bpm == 120.0
        with pytest.raises(StorageError, match="may not be changed"):
            save_project(project(90.0), folder)
    finally:
        folder.chmod(0o755)


def test_other_troubles_are_told_in_the_words_of_the_system(folder: Path) -> None:
    folder.parent.joinpath("file").write_text("")

    with pytest.raises(StorageError, match="could not be saved: Not a directory"):
        save_project(project(), folder.parent / "file" / "Project")


def test_a_project_that_could_not_be_opened_again_is_not_saved(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    monkeypatch.setattr("desktop_app.project.storage.files.MAX_FILE_BYTES", 100)

    with pytest.raises(StorageError, match="Remove takes"):
        write_project_file(project_file(folder), project())
    assert files_in(folder) == []


def test_an_old_save_that_cannot_be_removed_does_no_harm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(11):
        save_project(project(100.0 + number), folder)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(Path, "unlink", refuse)
    save_project(project(90.0), folder)
    assert len(earlier_saves(folder)) == 11


def test_the_history_gets_no_half_copied_save(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_project(project(), folder)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copy2", fail)
    with pytest.raises(StorageError, match="disk is full"):
        save_project(project(90.0), folder)
    assert open_project(folder).project.tempo_bpm == 120.0
    assert earlier_saves(folder) == ()


def test_a_crash_between_keeping_and_replacing_keeps_a_save_once(folder: Path) -> None:
    save_project(project(100.0), folder)
    save_project(project(101.0), folder)
    shutil.copy2(project_file(folder), folder / "history" / "000002 now.longwave")
    save_project(project(102.0), folder)

    kept = [read_project_file(save.path).tempo_bpm for save in earlier_saves(folder)]
    assert kept == [101.0, 100.0]


SAVE_IN_A_LOOP = """
import sys
from pathlib import Path
from desktop_app.project.edits import SetTempo
from desktop_app.project.storage.folder import save_project
from tests.unit.desktop_app.builders import clip, project_with

project = project_with(tuple(clip(f"c{n}", 10 * n, 10 * n + 10) for n in range(200)))
number = 0
while True:
    number += 1
    save_project(SetTempo(20.0 + number % 900, 4).apply(project), Path(sys.argv[1]))
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX kills at any moment")
def test_a_program_killed_while_saving_leaves_a_project_that_opens(folder: Path) -> None:
    """Killed after a different number of saves and microseconds each time."""
    for attempt in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", SAVE_IN_A_LOOP, str(folder)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            for _ in range(1 + attempt % 3):
                child.stdout.readline()
            try:
                child.wait(timeout=0.0007 * attempt)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        assert len(open_project(folder).project.lanes[0].clips) == 200
        for save in earlier_saves(folder):
            read_project_file(save.path)

    ProjectLock(folder).acquire()
    assert not [name for name in files_in(folder) if ".part-" in name]
