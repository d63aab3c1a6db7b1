"""What keeps a piece together: from the inspector to the engine, and what it says beside it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_app.project.edits.change_lane_settings import ChangeLaneSettings
from desktop_app.project.project import GenerationSettings, SourceNoise
from desktop_app.views.prompts.cohesion_section import CohesionSection
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.widgets.slider import Slider
from engine.api import Cohesion
from engine.api import SourceNoise as EngineNoise
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane


def section(studio: Studio) -> CohesionSection:
    return studio.application.window.inspector.clip_cohesion


def settings_of(studio: Studio) -> GenerationSettings:
    return studio.project.lanes[0].settings


def drag(slider: Slider, px: int) -> None:
    """Take the knob at the left end and move it in three parts."""
    at = QPoint(8, slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=at)
    for part in (1, 2, 3):
        QTest.mouseMove(slider, at + QPoint(px * part // 3, 0))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at + QPoint(px, 0))


def type_number(studio: Studio, text: str) -> None:
    field = section(studio).period
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_drag_is_one_step_and_reaches_the_engine(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 20)
    steps = len(studio.application.document.history)
    drag(section(studio).repeat.slider, 40)
    drag(section(studio).like_start.slider, 60)
    type_number(studio, "1.5")
    assert studio.application.document.history[steps:] == (
        "Change repetition",
        "Change likeness to the start",
        "Change generation settings",
    )
    settings = settings_of(studio)
    assert 0.1 < settings.shared_noise < 0.9
    assert 0.1 < settings.reference_share < 0.5
    assert settings.period_bars == 1.5

    studio.run("generate")
    studio.wait_for_jobs()
    [request] = studio.engine.requests
    assert request.cohesion == Cohesion(
        shared_noise=settings.shared_noise,
        period_latent_frames=75,
        reference_share=settings.reference_share,
    )
    assert lane(studio, lane_id).takes[0].recipe.period_latent_frames == 75
    for _ in range(4):
        studio.run("undo")
    assert settings_of(studio) == GenerationSettings()
    assert section(studio).repeat.field.text() == "0.00"


def test_keys_change_it_and_the_fields_follow(studio: Studio) -> None:
    draw(studio, "rain", 0, 20)
    slider = section(studio).repeat.slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)

    assert settings_of(studio).shared_noise == pytest.approx(0.01)
    lane_page = studio.application.window.inspector.lane_cohesion
    assert lane_page.repeat.field.text() == section(studio).repeat.field.text() == "0.01"
    type_number(studio, "1.2")
    assert settings_of(studio).period_bars == 1.0, "halves only"


def test_the_period_is_told_in_seconds_of_the_tempo(studio: Studio) -> None:
    draw(studio, "rain", 0, 20)
    assert section(studio).period_length.text() == "2.00 s"
    studio.application.window.inspector.tempo_requested.emit(110.0, 4)
    assert section(studio).period_length.text() == "2.20 s, +18 ms"


def test_a_loop_says_how_often_it_comes_back(studio: Studio) -> None:
    draw(studio, "rain", 0, 9.9)
    loop = studio.application.window.inspector.clip_page.time.loop
    QTest.mouseClick(loop, Qt.MouseButton.LeftButton)

    note = section(studio).repetition_note
    assert note.text() == "5 times, the last 80 ms shorter."
    assert not note.isHidden()


def test_what_cannot_work_is_off_and_says_why(studio: Studio) -> None:
    """The starter makes five seconds in one window, and four seconds hold no two of three bars."""
    draw(studio, "rain", 0, 4)
    mine = section(studio)
    assert mine.repeat.isEnabled()
    assert not mine.like_start.isEnabled()
    assert "more than 5.12 s" in mine.reference_note.text()
    drag(mine.like_start.slider, 60)
    assert settings_of(studio).reference_share == 0.0

    type_number(studio, "3")
    assert not mine.repeat.isEnabled()
    assert "nothing would come back" in mine.repetition_note.text()
    draw(studio, "wind", 0, 20)
    assert mine.like_start.isEnabled()
    assert mine.reference_note.isHidden()


def test_what_is_on_can_be_taken_back_where_it_cannot_work(studio: Studio) -> None:
    draw(studio, "rain", 0, 20)
    drag(section(studio).like_start.slider, 60)
    field = studio.application.window.inspector.clip_page.time.end
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "4s")
    QTest.keyClick(field, Qt.Key.Key_Return)

    slider = section(studio).like_start.slider
    assert slider.isEnabled()
    assert section(studio).reference_note.text() != ""
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert settings_of(studio).reference_share == 0.0
    assert not slider.isEnabled()


def test_borrowing_is_part_of_the_costs(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 6)
    studio.application.edits.run(ChangeLaneSettings(lane_id, GenerationSettings(num_steps=50)))
    studio.run("generate")
    studio.wait_for_jobs()
    studio.application.selection.set(TimelineSelection(focused_lane=lane_id))
    paces = studio.application.generation.estimated_seconds
    before = paces(studio.application.display.scope.plans)
    drag(section(studio).like_start.slider, 500)

    after = paces(studio.application.display.scope.plans)
    assert before is not None
    assert after is not None
    assert settings_of(studio).reference_share == 0.5
    # 24 of 50 steps once more over 128 frames, beside 50 steps over 150 frames twice.
    assert after / before == pytest.approx(1 + 24 * 128 / (50 * 150 * 2))


def test_a_sound_to_start_from_can_keep_its_own_noise(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "sea.wav"
    soundfile.write(file, np.zeros(16_000 * 4, np.float32), 16_000)
    studio.answers.to_import = file
    studio.run("import_audio")
    studio.qtbot.waitUntil(lambda: bool(studio.project.lanes), timeout=30_000)
    studio.wait_for_jobs()
    [clip] = studio.project.lanes[0].clips
    studio.application.selection.select_clips(frozenset({clip.id}))
    source = studio.application.window.inspector.clip_page.source
    assert source.noise.choice == "hash"
    QTest.mouseClick(source.noise.button("inversion"), Qt.MouseButton.LeftButton)

    made = studio.project.lanes[0].clips[0].source
    assert made is not None
    assert made.noise is SourceNoise.INVERSION
    assert studio.application.document.history[-1] == "Change the sound's noise"
    studio.run("generate")
    studio.wait_for_jobs()
    asked = studio.engine.requests[-1].source
    assert asked is not None
    assert asked.noise is EngineNoise.INVERSION
    studio.run("undo")
    studio.run("undo")
    assert source.noise.choice == "hash"
