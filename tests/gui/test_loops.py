"""A loop from the inspector's switch to the take and to playback without a seam."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.audio.mixdown import render_lane
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.values import TimelineSelection
from tests.gui.conftest import Studio
from tests.gui.test_application_jobs import draw, lane, span


def switch(studio: Studio) -> None:
    """Click the switch with the mouse."""
    section = studio.application.window.inspector.clip_page.time
    QTest.mouseClick(section.loop, Qt.MouseButton.LeftButton)


def note(studio: Studio) -> str:
    return studio.application.window.inspector.clip_page.time._loop_note.text()


def test_a_switch_makes_the_clip_a_loop_of_whole_bars(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 1, 8.7)
    assert note(studio) == "Would be 4 bars, 8.00 s exactly"
    switch(studio)
    [clip] = lane(studio, lane_id).clips
    assert (clip.is_loop, clip.span) == (True, span(1, 9))
    assert note(studio) == "4 bars, 8.00 s exactly"

    studio.run("generate")
    studio.wait_for_jobs()
    [request] = studio.engine.requests
    assert (request.is_loop, request.num_latent_frames) == (True, 200)
    inspector = studio.application.window.inspector
    assert inspector.takes_page.rows[0].accessibleName().startswith("Take 1, plays. Loop, 8 s")
    made = lane(studio, lane_id)
    stem = render_lane(made, studio.application._sources(), Span(Samples(0), span(0, 10).end))
    ends = stem[[span(0, 1).end, span(0, 9).end - 1], 0]
    np.testing.assert_allclose(np.abs(np.diff(ends)), 0, atol=0.05)

    switch(studio)
    assert not lane(studio, lane_id).clips[0].is_loop
    assert studio.application.display.scope.label == "Generate 1 take"
    studio.run("undo")
    assert lane(studio, lane_id).clips[0].is_loop


def test_a_loop_that_was_trimmed_says_what_to_do(studio: Studio) -> None:
    lane_id = draw(studio, "rain", 0, 8)
    switch(studio)
    field = studio.application.window.inspector.clip_page.time.end
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "9.1s")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "fits no loop any more. Nearest: 5 bars, 9.92 s, 80 ms shorter" in note(studio)
    studio.application.selection.set(TimelineSelection(focused_lane=lane_id))
    studio.run("generate")
    assert studio.engine.requests == []
    assert "Switch Loop off and on" in studio.application.display.scope.reason
