"""Clips that take on the character of a selected sound."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.project.edits.use_take import UseTake
from desktop_app.project.ids import LaneId
from desktop_app.project.time import samples_from_seconds_rounded
from desktop_app.views.prompts.anchor_section import AnchorSection
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, select_range, span


def section(studio: Studio) -> AnchorSection:
    return studio.application.window.inspector.clip_page.anchors


def with_sound(studio: Studio) -> LaneId:
    lane_id = draw(studio, "rain", 0, 20)
    studio.run("generate")
    studio.wait_for_jobs()
    return lane_id


def test_a_clip_is_made_like_a_selected_range(studio: Studio) -> None:
    first = with_sound(studio)
    second = draw(studio, "wind", 0, 8)
    clip = lane(studio, second).clips[0]
    assert section(studio).isHidden()
    select_range(studio, first, 2, 7)
    studio.run("style_take")
    assert "Lane 1, 0:02 – 0:07 is remembered" in studio.application.window.status.message
    studio.application.selection.select_clips(frozenset({clip.id}))
    assert section(studio).give.text() == "Be like Lane 1, 0:02 – 0:07"
    QTest.mouseClick(section(studio).give, Qt.MouseButton.LeftButton)
    section(studio).strength.slider.setFocus()
    QTest.keyClick(section(studio).strength.slider, Qt.Key.Key_Right)

    changed = lane(studio, second).clips[0]
    [anchor] = changed.anchors
    take = lane(studio, first).takes[0]
    assert (anchor.media, anchor.start) == (take.media.audio, samples_from_seconds_rounded(2))
    assert changed.anchor_strength == pytest.approx(0.35)
    studio.run("generate")
    studio.wait_for_jobs()
    [region] = studio.engine.requests[1].regions
    [asked] = region.anchors
    store = studio.application.workspace.store
    assert Path(asked.audio_path) == store.path(take.media.audio)
    assert (asked.start_seconds, asked.duration_seconds) == (2.0, 5.0)
    assert region.anchor_strength == pytest.approx(0.35)
    assert lane(studio, second).takes[0].recipe.prompts[0].anchors == (anchor,)

    QTest.mouseClick(section(studio).remove, Qt.MouseButton.LeftButton)
    assert lane(studio, second).clips[0].anchors == ()
    assert second in {each.id for each in studio.project.lanes}
    assert studio.application.timeline_view._scene.stale, "its take was made like the sound"


def test_a_range_of_several_takes_gives_one_sound_of_each(studio: Studio) -> None:
    lane_id = with_sound(studio)
    studio.run("generate")
    studio.wait_for_jobs()
    older = lane(studio, lane_id).takes[0]
    studio.application.edits.run(UseTake(lane_id, older.id, span(0, 10)))
    select_range(studio, lane_id, 8, 13)
    studio.run("style_take")
    studio.application.selection.select_clips(frozenset({lane(studio, lane_id).clips[0].id}))
    studio.run("style_give")

    anchors = lane(studio, lane_id).clips[0].anchors
    assert [(anchor.start, anchor.duration) for anchor in anchors] == [
        (span(0, 8).end, span(0, 2).end),
        (span(0, 10).end, span(0, 3).end),
    ]


def test_without_sound_there_is_nothing_to_remember(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 4)
    select_range(studio, lane_id, 0, 2)
    studio.run("style_take")

    assert "Select a range with sound first" in studio.application.window.status.message
    assert not studio.application.window.commands["style_give"].isEnabled()


def test_sounds_to_be_like_stay_with_the_project(studio: Studio, tmp_path: Path) -> None:
    lane_id = with_sound(studio)
    select_range(studio, lane_id, 2, 7)
    studio.run("style_take")
    clip_id = lane(studio, lane_id).clips[0].id
    studio.application.selection.select_clips(frozenset({clip_id}))
    studio.run("style_give")
    before = studio.project.lanes
    studio.answers.to_save = tmp_path / "Storm"
    studio.run("save")
    studio.run("new")
    assert not studio.application.window.commands["style_give"].isEnabled()
    assert studio.application.files.open_path(tmp_path / "Storm")
    assert studio.project.lanes == before


def test_a_model_that_cannot_listen_disables_likeness_and_says_why(studio: Studio) -> None:
    first = with_sound(studio)
    second = draw(studio, "wind", 0, 8)
    clip = lane(studio, second).clips[0]
    select_range(studio, first, 2, 7)
    studio.run("style_take")
    studio.application.selection.select_clips(frozenset({clip.id}))
    sampling = studio.application.window.inspector.clip_sampling
    assert section(studio).give.isEnabled()
    assert "fits best plays" in sampling.takes.toolTip()

    studio.application.models.choose("large")

    assert lane(studio, second).settings.model == "large"
    assert not section(studio).isHidden()
    assert not section(studio).give.isEnabled()
    assert not section(studio).strength.isEnabled()
    assert not studio.application.window.commands["style_give"].isEnabled()
    assert "model “large” cannot listen to sounds. Choose" in section(studio).give.toolTip()
    assert "cannot listen to sounds. So they are not ranked" in sampling.takes.toolTip()
    studio.application.styles.give()
    assert "cannot listen" in studio.application.window.status.message
    assert lane(studio, second).clips[0].anchors == ()

    studio.application.models.choose("starter")

    assert section(studio).give.isEnabled()
    assert section(studio).strength.isEnabled()
    assert studio.application.window.commands["style_give"].isEnabled()
    assert "fits best plays" in sampling.takes.toolTip()


def test_what_a_deaf_model_cannot_be_like_can_still_be_taken_away(studio: Studio) -> None:
    first = with_sound(studio)
    second = draw(studio, "wind", 0, 8)
    clip = lane(studio, second).clips[0]
    select_range(studio, first, 2, 7)
    studio.run("style_take")
    studio.application.selection.select_clips(frozenset({clip.id}))
    studio.run("style_give")
    studio.application.models.choose("large")

    QTest.mouseClick(section(studio).remove, Qt.MouseButton.LeftButton)

    assert lane(studio, second).clips[0].anchors == ()
