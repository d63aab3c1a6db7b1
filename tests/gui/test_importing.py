"""Sound files that are dropped on lanes or chosen, and what is made from them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_app.project.edits.split_clip import SplitClip
from desktop_app.project.edits.trim_clip import TrimClip
from desktop_app.project.ids import ClipId
from engine.api import AudioSource
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, span


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Three seconds at another rate, in stereo."""
    path = tmp_path / "Rain_03-close.flac"
    soundfile.write(path, np.full((3 * 22_050, 2), 0.1), 22_050)
    return path


def drop(studio: Studio, path: Path, at: QPoint) -> bool:
    """Drag a file over the window and let it go; whether it was welcome."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window = studio.application.window
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, copy, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(at), copy, data, buttons, keys))
    return enter.isAccepted()


def imported(studio: Studio, path: Path) -> None:
    """Choose the file and wait for its take."""
    studio.answers.to_import = path
    studio.run("import_audio")
    studio.qtbot.waitUntil(lambda: bool(studio.engine.requests), timeout=30_000)
    studio.wait_for_jobs()


def test_a_dropped_file_becomes_a_clip_and_a_take_where_it_was_dropped(
    studio: Studio, sound: Path
) -> None:
    draw(studio, "wind", 0, 4)
    view = studio.application.timeline_view
    scene = view._scene
    point = QPoint(round(scene.geometry.x_at(span(0, 10).end)), scene.rows[0].strip.top + 16)
    assert drop(studio, sound, view.lanes.mapTo(studio.application.window, point))
    studio.qtbot.waitUntil(lambda: bool(studio.engine.requests), timeout=30_000)
    studio.wait_for_jobs()

    [lane] = studio.project.lanes
    clip = lane.clips[1]
    assert abs(clip.span.start - span(0, 10).end) < 4_800
    assert clip.span.duration == span(0, 3).end
    assert clip.prompt.text == "Rain 03 close"
    [request] = studio.engine.requests
    store = studio.application.workspace.store
    assert clip.source is not None
    assert request.source is not None
    assert request.source.path == str(store.path(clip.source.media))
    assert request.source.strength == 0.0
    assert store.path(clip.source.media).read_bytes() == sound.read_bytes()
    [take] = lane.takes
    assert take.recipe.source is not None
    assert (take.recipe.source.media, take.recipe.source.name) == (clip.source.media, sound.name)


def test_import_audio_puts_the_file_at_the_playhead_of_a_new_lane(
    studio: Studio, sound: Path
) -> None:
    studio.application.transport.seek(span(0, 2).end)
    imported(studio, sound)
    [lane] = studio.project.lanes
    assert (lane.name, lane.clips[0].span) == ("Rain 03 close", span(2, 5))
    assert studio.application.display.scope.label == "Generate 1 take"
    studio.run("undo")
    studio.run("undo")
    assert studio.project.lanes == ()


def test_the_amount_makes_the_next_take_from_the_sound(studio: Studio, sound: Path) -> None:
    imported(studio, sound)
    section = studio.application.window.inspector.clip_page.source
    assert not section.isHidden()
    section.amount.slider.setFocus()
    for _ in range(3):
        QTest.keyClick(section.amount.slider, Qt.Key.Key_Right)
    [lane] = studio.project.lanes
    [source] = [clip.source for clip in lane.clips]
    assert source is not None
    assert source.strength == pytest.approx(0.15)
    studio.run("generate")
    studio.wait_for_jobs()
    assert studio.engine.requests[1].source == AudioSource(
        path=str(studio.application.workspace.store.path(source.media)), strength=source.strength
    )

    QTest.mouseClick(section.remove, Qt.MouseButton.LeftButton)
    assert studio.project.lanes[0].clips[0].source is None
    assert section.isHidden()
    studio.run("generate")
    studio.wait_for_jobs()
    assert studio.engine.requests[2].source is None


def test_a_trimmed_or_split_clip_starts_later_in_its_file(studio: Studio, sound: Path) -> None:
    imported(studio, sound)
    [clip] = studio.project.lanes[0].clips
    studio.application.edits.run(TrimClip(clip.id, span(1, 3)))
    studio.application.edits.run(SplitClip(clip.id, span(0, 2).end, ClipId("right")))
    left, right = studio.project.lanes[0].clips
    assert left.source is not None
    assert right.source is not None
    assert (left.source.start, right.source.start) == (span(0, 1).end, span(0, 2).end)

    studio.run("generate")
    studio.wait_for_jobs()
    request = studio.engine.requests[1]
    assert request.source is not None
    assert (request.source.start_seconds, request.num_latent_frames) == (1.0, 50)


def test_a_longer_clip_extends_the_imported_sound_from_its_take(
    studio: Studio, sound: Path
) -> None:
    imported(studio, sound)
    [clip] = studio.project.lanes[0].clips
    studio.application.edits.run(TrimClip(clip.id, span(0, 8)))
    studio.run("extend")
    studio.wait_for_jobs()

    request = studio.engine.requests[1]
    assert request.base is not None
    assert request.source is None
    assert studio.application.display.scope.label == "Generate 1 take"
    assert not studio.application.timeline_view._scene.stale


def test_imported_sounds_are_saved_with_the_project(
    studio: Studio, sound: Path, tmp_path: Path
) -> None:
    imported(studio, sound)
    before = studio.project.lanes
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    sound.unlink()
    studio.run("new")
    assert studio.application.files.open_path(tmp_path / "Storm")

    assert studio.project.lanes == before
    assert studio.application.workspace.store.missing(studio.project) == frozenset()


@pytest.mark.parametrize("name", ["noise.wav", "song.mid"])
def test_what_is_no_sound_is_refused_in_words(studio: Studio, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"RIFF nothing of the kind")
    studio.answers.to_import = path
    studio.run("import_audio")
    studio.qtbot.waitUntil(lambda: name in studio.notice, timeout=30_000)

    assert studio.project.lanes == ()
    assert not drop(studio, tmp_path / "song.mid", QPoint(400, 400))


def test_two_sounds_that_touch_are_not_made_one(studio: Studio, sound: Path) -> None:
    imported(studio, sound)
    other = sound.with_name("Wind.wav")
    soundfile.write(other, np.full(22_050, 0.2), 22_050)
    studio.application.transport.seek(span(0, 3).end)
    studio.answers.to_import = other
    studio.run("import_audio")
    studio.qtbot.waitUntil(lambda: len(studio.project.lanes[0].clips) == 2, timeout=30_000)

    assert len(studio.engine.requests) == 1
    assert "start from different sounds" in studio.application.display.scope.reason
