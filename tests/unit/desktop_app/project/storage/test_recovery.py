from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from desktop_app.project.edits import SetTempo
from desktop_app.project.project import Project
from desktop_app.project.storage.autosave import (
    autosave_file,
    create_unsaved_folder,
    remove_autosave,
    remove_unsaved_folder,
    unsaved_root,
    write_autosave,
)
from desktop_app.project.storage.folder import open_project, project_file, save_project
from desktop_app.project.storage.lock import ProjectLock
from desktop_app.project.storage.recovery import (
    BrokenAutosave,
    Recovery,
    find_recovery,
    unsaved_projects,
)
from tests.unit.desktop_app.builders import clip, project_with


def project(tempo: float = 120.0) -> Project:
    return SetTempo(tempo, 4).apply(project_with((clip("a", 0, 9),)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Bus"


def found(folder: Path) -> Recovery:
    recovery = find_recovery(folder)
    assert isinstance(recovery, Recovery)
    return recovery


def test_a_project_without_autosave_has_nothing_to_recover(folder: Path) -> None:
    save_project(project(), folder)

    assert find_recovery(folder) is None


def test_changes_after_the_last_save_are_found(folder: Path) -> None:
    saved = save_project(project(), folder)
    write_autosave(project(90.0), folder, saved)

    recovery = found(folder)

    assert recovery.project == replace(project(90.0), name="Bus")
    assert recovery.saved == open_project(folder).project
    assert recovery.follows_save


def test_an_autosave_equal_to_the_save_is_removed_whatever_its_date(folder: Path) -> None:
    saved = save_project(project(), folder)
    write_autosave(project(), folder, saved)

    assert find_recovery(folder) is None
    assert not autosave_file(folder).exists()


def test_a_save_made_elsewhere_after_the_autosave_is_told(folder: Path) -> None:
    write_autosave(project(90.0), folder, save_project(project(), folder))
    save_project(project(100.0), folder)

    assert not found(folder).follows_save


def test_a_broken_autosave_is_set_aside_and_does_not_block(folder: Path) -> None:
    save_project(project(), folder)
    for number in (1, 2):
        autosave_file(folder).write_bytes(b"{")
        broken = find_recovery(folder)
        assert isinstance(broken, BrokenAutosave)
        assert broken.path.name == f"Bus.longwave.autosave.broken-{number}"
        assert broken.path.read_bytes() == b"{"
        assert "damaged" in broken.reason

    assert find_recovery(folder) is None
    assert open_project(folder).project.tempo_bpm == 120.0


def test_an_autosave_rescues_a_project_whose_file_is_damaged(folder: Path) -> None:
    write_autosave(project(90.0), folder, save_project(project(), folder))
    project_file(folder).write_bytes(b"{")

    recovery = found(folder)

    assert (recovery.saved, recovery.project.tempo_bpm) == (None, 90.0)


def test_a_discarded_autosave_is_gone(folder: Path) -> None:
    write_autosave(project(90.0), folder, save_project(project(), folder))
    remove_autosave(folder)
    remove_autosave(folder)

    assert find_recovery(folder) is None


def test_projects_that_were_never_saved_are_found(tmp_path: Path) -> None:
    first, second, empty = (create_unsaved_folder(tmp_path) for _ in range(3))
    write_autosave(project(90.0), first, None)
    write_autosave(project(91.0), second, None)
    lock = ProjectLock(second)
    lock.acquire()

    [recovery] = unsaved_projects(tmp_path)

    assert (recovery.folder, recovery.saved, recovery.follows_save) == (first, None, True)
    assert recovery.project == project(90.0)
    lock.release()
    assert {each.folder for each in unsaved_projects(tmp_path)} == {first, second}
    assert empty.is_dir()


def test_an_unsaved_project_is_removed_from_its_root_only(tmp_path: Path) -> None:
    folder = create_unsaved_folder(tmp_path / "unsaved")
    (folder / "media").mkdir()

    with pytest.raises(ValueError, match="not an unsaved project"):
        remove_unsaved_folder(tmp_path, tmp_path / "unsaved")
    remove_unsaved_folder(folder, tmp_path / "unsaved")

    assert not folder.exists()


def test_unsaved_projects_live_in_the_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_state_path", lambda *_, **__: Path("/state"))

    assert unsaved_root() == Path("/state/unsaved")
