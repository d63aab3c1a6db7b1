"""The example without a window: files on disk, and a picture with something in it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop_app import cli_example
from desktop_app.cli import main
from desktop_app.example import EXAMPLE_NAME, example_project
from desktop_app.project.storage.folder import is_project_folder
from desktop_app.project.storage.lock import ProjectLock, lock_holder
from tests.support.sound_engine import ToneEngine


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[ToneEngine]:
    made: list[ToneEngine] = []

    def make(*, device: str) -> ToneEngine:
        assert device == "auto"
        made.append(ToneEngine())
        return made[-1]

    monkeypatch.setattr(cli_example, "LocalEngine", make)
    return made


def test_makes_wav_files_and_a_picture_and_a_second_run_generates_nothing(
    engines: list[ToneEngine], tmp_path: Path, qtbot: QtBot
) -> None:
    assert main(["example", "--out", str(tmp_path)]) == 0

    lanes = example_project().lanes
    written = sorted(tmp_path.glob("*.wav"))
    assert len(written) == 1 + len(lanes)
    sound, rate = soundfile.read(written[0])
    assert rate == 48_000
    assert np.abs(sound).max() > 0.1
    picture = QImage(str(tmp_path / f"{EXAMPLE_NAME}.png"))
    colours = {
        picture.pixelColor(x, y).name()
        for x in range(300, picture.width(), 40)
        for y in range(150, picture.height(), 10)
    }
    assert len(colours) > 10

    assert main(["example", "--out", str(tmp_path)]) == 0
    assert engines[0].requests
    assert engines[1].requests == []
    assert lock_holder(tmp_path / EXAMPLE_NAME) is None


def test_an_example_that_is_open_elsewhere_is_left_alone(
    engines: list[ToneEngine], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / EXAMPLE_NAME
    folder.mkdir()
    lock = ProjectLock(folder)
    lock.acquire()

    code = main(["example", "--out", str(tmp_path)])

    lock.release()
    assert code == 1
    assert "is open elsewhere" in capsys.readouterr().err
    assert not is_project_folder(folder)
    assert engines == []


def test_the_example_has_clips_with_words_and_no_sound() -> None:
    project = example_project()

    assert project.name == EXAMPLE_NAME
    assert all(clip.prompt.text for lane in project.lanes for clip in lane.clips)
    assert all(not lane.sound for lane in project.lanes)
