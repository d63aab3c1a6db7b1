"""Wheel, zoom, overview, and how the view goes with the playhead."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from desktop_app.project.ids import LaneId
from desktop_app.project.project import (
    Lane,
    Project,
)
from desktop_app.project.time import Samples
from desktop_app.views.timeline.values import (
    FollowMode,
    TimelineSelection,
)
from tests.gui.timeline.driver import CONTROL, LEFT, PLAIN, RAIN, SECOND, SHIFT, TWO, Driver, span


def test_the_wheel_zooms_about_the_pointer_and_scrolls(driver: Driver) -> None:
    point = driver.at(60, 90)
    before = driver.view.geometry_shown.samples_at(point.x())
    driver.wheel(driver.view.lanes, point, 3, CONTROL)
    zoomed = driver.view.geometry_shown
    assert zoomed.samples_at(point.x()) == pytest.approx(before, abs=zoomed.samples_per_px)
    driver.wheel(driver.view.lanes, point, -2, SHIFT)
    assert driver.view.geometry_shown.scroll_px == pytest.approx(zoomed.scroll_px + 120, abs=1)
    driver.wheel(driver.view.ruler, QPoint(50, 5), -1)
    assert driver.view.geometry_shown.scroll_px == pytest.approx(zoomed.scroll_px + 180, abs=1)
    driver.wheel(driver.view.ruler, QPoint(50, 5), -1, CONTROL)
    assert driver.view.geometry_shown.samples_per_px > zoomed.samples_per_px


def test_the_wheel_scrolls_the_lanes_and_makes_them_higher(driver: Driver) -> None:
    lanes = [
        Lane(id=LaneId(f"lane{index}"), name=str(index), colour="moss", stream=index)
        for index in range(8)
    ]
    driver.view.show_project(Project(lanes=tuple(lanes)))
    first = driver.view.headers.headers[LaneId("lane0")]
    driver.wheel(driver.view.lanes, QPoint(300, 90), -2)
    assert first.y() == -120
    driver.wheel(driver.view.headers, QPoint(30, 90), 1)
    assert first.y() == -60
    driver.wheel(driver.view.lanes, QPoint(300, 90), -1, CONTROL | SHIFT)
    assert first.height() == 160


def test_the_wheel_over_the_weight_tag_changes_the_weight(driver: Driver) -> None:
    tag = QPoint(round(driver.x(90)) - 20, 18)
    driver.wheel(driver.view.lanes, tag, 2)
    assert driver.heard == [("clip_weight_requested", TWO, 1.4)]


def test_zooming_in_out_fitting_and_to_the_selection(driver: Driver) -> None:
    view = driver.view
    view.fit()
    fitted = view.geometry_shown
    assert fitted.x_at(90 * SECOND) == pytest.approx(1_008)
    view.zoom_in()
    assert view.geometry_shown.samples_per_px == pytest.approx(fitted.samples_per_px / 1.5)
    view.zoom_out()
    assert view.geometry_shown.samples_per_px == pytest.approx(fitted.samples_per_px)
    view.to_selection()
    view.show_selection(TimelineSelection(clip_ids=frozenset({TWO}), focused_lane=RAIN))
    view.to_selection()
    assert view.geometry_shown.x_at(60 * SECOND) == pytest.approx(8, abs=1)
    assert view.geometry_shown.x_at(90 * SECOND) == pytest.approx(1_008, abs=1)


def test_a_clip_out_of_view_is_scrolled_to(driver: Driver) -> None:
    driver.view.show_geometry(driver.view.geometry_shown.to_span(span(0, 5)))
    driver.view.edit_clip_text(TWO)
    assert 0 < driver.x(60) < 200


def test_the_overview_pans_zooms_and_fits(driver: Driver) -> None:
    driver.view.fit()
    overview = driver.view.overview
    right = QPoint(overview.width() - 6, 20)
    driver.drag(overview, right, right - QPoint(200, 0), QPoint(500, 20))
    zoomed = driver.view.geometry_shown
    assert zoomed.visible[1] == pytest.approx(45 * SECOND, rel=0.05)
    driver.drag(overview, QPoint(250, 20), QPoint(300, 20), QPoint(400, 20))
    assert driver.view.geometry_shown.scroll_px > 100
    QTest.mouseClick(overview, LEFT, PLAIN, QPoint(20, 20))
    assert driver.view.geometry_shown.scroll_px == 0
    driver.wheel(overview, QPoint(30, 20), -1)
    assert driver.view.geometry_shown.scroll_px == 60
    QTest.mouseDClick(overview, LEFT, PLAIN, QPoint(20, 20))
    assert driver.view.geometry_shown == driver.view.geometry_shown.fitted()


def test_the_overview_is_drawn_again_when_it_shows_another_length(driver: Driver) -> None:
    view = driver.view
    view.fit()
    view.zoom_out()
    wide = view.overview._drawn_picture()
    view.show_geometry(view.geometry_shown.to_span(span(0, 10)))
    whole = view.overview._drawn_picture()
    assert whole is not wide
    view.show_geometry(view.geometry_shown.to_span(span(10, 20)))
    assert view.overview._drawn_picture() is whole


def test_the_view_turns_pages_with_the_playhead(driver: Driver) -> None:
    view = driver.view
    view.show_geometry(view.geometry_shown.to_span(span(0, 10)))
    view.show_playhead(Samples(round(9.99 * SECOND)))
    view.show_playhead(Samples(round(10.3 * SECOND)))
    assert driver.x(10.3) == pytest.approx(24, abs=1)
    view.set_follow(FollowMode.OFF)
    before = view.geometry_shown
    view.show_playhead(Samples(50 * SECOND))
    assert view.geometry_shown == before
