import errno
import hashlib
import os
import shutil
from pathlib import Path

import pytest

from desktop_app.project.edits import KeepTake
from desktop_app.project.ids import MediaId
from desktop_app.project.storage.errors import StorageError
from desktop_app.project.storage.media import MediaStore, media_ids
from tests.unit.desktop_app.builders import LANE, project_with, take

SOUND = b"some sound"
NAME = f"{hashlib.sha256(SOUND).hexdigest()}.wav"


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "Project")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "take.wav"
    path.write_bytes(SOUND)
    return path


def files_of(store: MediaStore) -> list[str]:
    return sorted(path.name for path in store.media_dir.iterdir())


def test_a_file_is_named_after_its_content(store: MediaStore, sound: Path) -> None:
    added = store.add_file(sound)

    assert added == NAME
    assert store.contains(added)
    assert store.path(added).read_bytes() == SOUND
    assert sound.exists()


def test_the_same_content_is_stored_once(store: MediaStore, sound: Path) -> None:
    store.add_file(sound)
    before = store.path(MediaId(NAME)).stat().st_mtime_ns
    store.add_file(sound)

    assert files_of(store) == [NAME]
    assert store.path(MediaId(NAME)).stat().st_mtime_ns == before


def test_a_cut_file_of_the_same_name_is_mended(store: MediaStore, sound: Path) -> None:
    store.add_file(sound)
    store.path(MediaId(NAME)).write_bytes(SOUND[:3])
    store.add_file(sound)

    assert store.path(MediaId(NAME)).read_bytes() == SOUND


def test_the_suffix_can_be_given(store: MediaStore, sound: Path) -> None:
    assert store.add_file(sound, ".npy").endswith(".npy")
    with pytest.raises(ValueError, match="suffix"):
        store.add_file(sound, "/../x")


@pytest.mark.parametrize("name", ["../x.wav", "/etc/passwd", "x", "", "a" * 64, "A" * 64 + ".wav"])
def test_no_name_leads_out_of_the_folder(store: MediaStore, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a media file"):
        store.path(MediaId(name))


def test_missing_media_are_found(store: MediaStore) -> None:
    project = KeepTake(LANE, take("a", 1, 0, 9)).apply(project_with(()))

    assert store.missing(project) == media_ids(project)
    assert len(media_ids(project)) == 4
    assert media_ids(project, project_with(())) == media_ids(project)


def test_a_full_disk_leaves_nothing_half_made(
    store: MediaStore, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match=r"disk is full; “take[.]wav” could not be added"):
        store.add_file(sound)
    assert files_of(store) == []


def test_a_file_that_is_gone_is_told(store: MediaStore, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"“gone[.]wav” is not there any more"):
        store.add_file(tmp_path / "gone.wav")


def test_another_store_gets_what_it_lacks(store: MediaStore, sound: Path, tmp_path: Path) -> None:
    added = store.add_file(sound)
    absent = MediaId("0" * 64 + ".wav")
    other = MediaStore(tmp_path / "Other")

    store.copy_into(other, [added, absent])

    assert files_of(other) == [NAME]
    assert store.size_bytes([added, absent]) == len(SOUND)


def test_media_go_to_another_disk_whole(
    store: MediaStore, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = store.add_file(sound)
    other = MediaStore(tmp_path / "Other")

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store.copy_into(other, [added])

    assert other.path(added).read_bytes() == SOUND
    assert other.path(added).stat().st_ino != store.path(added).stat().st_ino


def test_too_full_a_disk_is_told_before_anything_is_copied(
    store: MediaStore, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = store.add_file(sound)
    other = MediaStore(tmp_path / "Other")

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    class Usage:
        free = 3

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage)
    with pytest.raises(StorageError, match="disk has not so much left"):
        store.copy_into(other, [added])
    assert files_of(other) == []


def test_a_store_copied_into_itself_stays_as_it_is(store: MediaStore, sound: Path) -> None:
    added = store.add_file(sound)
    store.copy_into(MediaStore(store.folder), [added])

    assert files_of(store) == [NAME]


def test_what_can_be_made_again_has_a_folder_of_its_own(store: MediaStore) -> None:
    assert store.cache_dir == store.folder / "cache"
