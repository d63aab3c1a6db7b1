"""What is drawn, read and named, and the menus that are asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import (
    Project,
)
from desktop_app.project.time import Samples
from desktop_app.views.theme.theme import load_theme
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import (
    JobState,
    LaneJob,
    TimelineSelection,
)
from tests.gui.timeline.driver import (
    ONE,
    RAIN,
    SECOND,
    TWO,
    Driver,
    clip,
    context_click,
    picture,
    project,
    span,
)


def test_menus_are_asked_for_where_the_click_was(driver: Driver) -> None:
    asked: list[tuple[str, QPoint]] = []
    driver.view.clip_menu_requested.connect(lambda name, point: asked.append((name, point)))
    driver.view.lane_menu_requested.connect(lambda name, point: asked.append((name, point)))
    for seconds, y in ((25, 18), (25, 90)):
        point = driver.at(seconds, y)
        context_click(driver.view.lanes, point)
        assert asked[-1][1] == driver.view.lanes.mapToGlobal(point)
    assert [name for name, _ in asked] == [ONE, RAIN]
    assert driver.view.selection.clip_ids == {ONE}


def test_the_pointer_reads_time_and_frequency(driver: Driver) -> None:
    readings: list[str] = []
    driver.view.reading_changed.connect(readings.append)
    driver.view.show_take_picture(TakeId("take"), picture())
    driver.move(driver.view.lanes, driver.at(20, 130))
    assert readings
    assert "Hz" in readings[-1]
    assert "dB" in readings[-1]


@pytest.mark.parametrize("theme", ["dark", "light", "high_contrast"])
def test_every_state_can_be_drawn(qtbot: QtBot, theme: str) -> None:
    view = TimelineView(load_theme(theme))
    qtbot.addWidget(view)
    view.resize(1_200, 800)
    folded = replace(project().lanes[1], id=LaneId("f"), is_folded=True, is_soloed=True)
    crossing = (clip(ONE, 10, 40), clip(TWO, 30, 60, 1.2))
    rain = replace(project().lanes[0], clips=crossing, is_muted=True)
    drawn = replace(project(), lanes=(rain, project().lanes[1], folded), loop=span(20, 30))
    pixels = []
    view.show_project(Project())
    pixels.append(view.grab().toImage())
    view.show_project(drawn)
    view.show_take_picture(TakeId("take"), picture())
    view.show_stale({ONE})
    view.show_levels({RAIN: -12.0})
    view.show_selection(TimelineSelection(span=span(5, 25), lane_ids=(RAIN,), focused_lane=RAIN))
    pixels.append(view.grab().toImage())
    running = LaneJob(
        job_id="j", span=span(10, 30), state=JobState.RUNNING, step=3, num_steps=9, num_windows=7,
        fraction=0.4, ready_until=Samples(15 * SECOND), peaks=picture(8).peaks, label="Step 3 of 9",
    )  # fmt: skip
    view.show_lane_job(RAIN, running)
    pixels.append(view.grab().toImage())
    view.show_lane_job(RAIN, replace(running, levels=np.full((64, 2_000), 90, np.uint8)))
    pixels.append(view.grab().toImage())
    view.show_lane_job(RAIN, replace(running, state=JobState.FAILED, label="Failed"))
    pixels.append(view.grab().toImage())
    view.show_lane_job(RAIN, replace(running, state=JobState.WAITING, label="Waiting"))
    pixels.append(view.grab().toImage())
    view.show_lane_job(RAIN, None)
    view.show_take_picture(TakeId("take"), None)
    pixels.append(view.grab().toImage())
    for before, after in pairwise(pixels):
        assert before != after


def test_everything_has_a_name(driver: Driver) -> None:
    nameless = [
        widget
        for widget in [driver.view, *driver.view.findChildren(QWidget)]
        if not widget.accessibleName() and widget.isVisibleTo(driver.view)
    ]
    assert nameless == []
    assert driver.view.headers.headers[RAIN].accessibleName() == "Rain, 2 clips"
    driver.click(25)
    assert driver.view.lanes.accessibleDescription() == "Lane Rain. one rain. 0:10 to 0:40"


def test_the_theme_can_change_while_it_is_shown(driver: Driver) -> None:
    driver.view.show_take_picture(TakeId("take"), picture())
    before = driver.view.grab().toImage()
    theme = driver.view.lanes._theme
    theme.switch_to("light")
    assert driver.view.grab().toImage() != before
