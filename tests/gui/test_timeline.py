"""The timeline alone, driven with mouse and keys; what it asks for is written down."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.audio.peaks import Peaks
from desktop_app.project.ids import ClipId, LaneId, MarkerId, MediaId, TakeId
from desktop_app.project.project import (
    GenerationSettings,
    Lane,
    Marker,
    Project,
    Prompt,
    PromptClip,
    Recipe,
    SoundBlock,
    Take,
    TakeMedia,
    TransitionKind,
)
from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import load_theme
from desktop_app.views.timeline.text_editor import ClipTextEditor
from desktop_app.views.timeline.timeline_view import TimelineView
from desktop_app.views.timeline.values import (
    FollowMode,
    Grid,
    JobState,
    LaneJob,
    SoundView,
    TakePicture,
    TimelineSelection,
    TimeUnit,
)

SECOND = 48_000
RAIN, DRONE = LaneId("rain"), LaneId("drone")
ONE, TWO = ClipId("one"), ClipId("two")
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def span(start: float, end: float) -> Span:
    return Span(Samples(round(start * SECOND)), Samples(round(end * SECOND)))


def clip(name: ClipId, start: float, end: float, weight: float = 1.0) -> PromptClip:
    return PromptClip(
        id=name, span=span(start, end), prompt=Prompt(text=f"{name} rain"), weight=weight,
        transition=TransitionKind.BLEND,
    )  # fmt: skip


def take() -> Take:
    media = TakeMedia(
        audio=MediaId(""), mel=MediaId(""), latents=MediaId(""), state=MediaId(""),
        sample_rate=16_000,
    )  # fmt: skip
    recipe = Recipe(
        prompts=(), settings=GenerationSettings(), stream=0, noise_take=1, engine_version="0"
    )
    return Take(id=TakeId("take"), number=1, span=span(0, 60), media=media, recipe=recipe)


def project() -> Project:
    rain = Lane(
        id=RAIN, name="Rain", colour="lagoon", stream=0,
        clips=(clip(ONE, 10, 40), clip(TWO, 60, 90, 1.2)),
        takes=(take(),), sound=(SoundBlock(span=span(10, 40), take_id=TakeId("take")),),
    )  # fmt: skip
    drone = Lane(id=DRONE, name="Drone", colour="iris", stream=1)
    marker = Marker(id=MarkerId("m"), position=Samples(30 * SECOND), name="Storm")
    return Project(lanes=(rain, drone), markers=(marker,))


class Driver:
    """A timeline of 180 s over 1,016 px: about 5.6 px a second, and a hand that moves on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.view = TimelineView(load_theme("dark"))
        qtbot.addWidget(self.view)
        self.view.resize(256 + 1_016, 760)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.heard: list[tuple[object, ...]] = []
        for name in (
            "gesture_started", "gesture_ended", "clip_add_requested", "clips_move_requested",
            "clip_trim_requested", "clips_duplicate_requested", "clips_remove_requested",
            "clip_split_requested", "clip_text_requested", "clip_weight_requested",
            "everywhere_requested", "lane_add_requested", "lane_change_requested",
            "lane_remove_requested", "lane_move_requested", "marker_add_requested",
            "marker_move_requested", "marker_rename_requested", "marker_remove_requested",
            "loop_requested", "seek_requested", "cancel_requested", "takes_requested",
        ):  # fmt: skip
            self._listen(name)
        self.view.set_snap(True, Grid.SECOND)
        self.view.show_project(project())

    def _listen(self, name: str) -> None:
        getattr(self.view, name).connect(lambda *values: self.heard.append((name, *values)))

    def x(self, seconds: float) -> float:
        return self.view.geometry_shown.x_at(seconds * SECOND)

    def at(self, seconds: float, y: float = 18) -> QPoint:
        return QPoint(round(self.x(seconds)), round(y))

    def drag(
        self,
        widget: QWidget,
        start: QPoint,
        *stops: QPoint,
        keys: Qt.KeyboardModifier = PLAIN,
        releases: bool = True,
    ) -> None:
        QTest.mousePress(widget, LEFT, keys, start)
        for stop in stops:
            self.move(widget, stop)
        if releases:
            QTest.mouseRelease(widget, LEFT, PLAIN, stops[-1])

    def move(self, widget: QWidget, point: QPoint) -> None:
        QTest.mouseMove(widget, point)
        QApplication.processEvents()

    def click(self, seconds: float, y: float = 18, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseClick(self.view.lanes, LEFT, keys, self.at(seconds, y))

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.view.lanes, key, keys)

    def wheel(
        self, widget: QWidget, point: QPoint, notches: int, keys: Qt.KeyboardModifier = PLAIN
    ) -> None:
        event = QWheelEvent(
            QPointF(point), widget.mapToGlobal(QPointF(point)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.view.close()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def picture(seconds: float = 60) -> TakePicture:
    samples = np.sin(np.arange(round(seconds * 16_000)) / 7).astype(np.float32) * 0.5
    return TakePicture(
        peaks=Peaks.of(samples, 16_000), levels=np.full((64, round(seconds * 100)), 180, np.uint8)
    )


def test_a_drag_on_an_empty_strip_draws_a_clip(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 190), driver.at(30, 190), driver.at(50.2, 190))
    assert driver.heard == [("clip_add_requested", DRONE, span(20, 50))]


def test_a_drag_below_the_lanes_draws_a_clip_on_a_new_one(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 420), driver.at(30, 420), driver.at(50, 420))
    assert driver.heard == [("clip_add_requested", None, span(20, 50))]


def test_escape_abandons_a_drawn_clip(driver: Driver) -> None:
    stops = (driver.at(30, 190), driver.at(50, 190))
    driver.drag(driver.view.lanes, driver.at(20, 190), *stops, releases=False)
    driver.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(driver.view.lanes, LEFT, PLAIN, driver.at(50, 190))
    assert driver.heard == []


def test_clicks_select_with_control_and_shift(driver: Driver) -> None:
    driver.click(25)
    assert driver.view.selection == TimelineSelection(clip_ids=frozenset({ONE}), focused_lane=RAIN)
    driver.click(75, keys=CONTROL)
    assert driver.view.selection.clip_ids == {ONE, TWO}
    driver.click(75, keys=CONTROL)
    assert driver.view.selection.clip_ids == {ONE}
    driver.click(75, keys=SHIFT)
    assert driver.view.selection.clip_ids == {ONE, TWO}


def test_the_selection_is_told_when_the_user_changes_it_and_only_then(driver: Driver) -> None:
    told: list[TimelineSelection] = []
    driver.view.selection_changed.connect(told.append)
    driver.view.show_selection(TimelineSelection(clip_ids=frozenset({TWO}), focused_lane=RAIN))
    assert told == []
    driver.click(25)
    assert [selection.clip_ids for selection in told] == [{ONE}]


def test_a_clip_is_moved_in_time_and_to_another_lane_as_one_gesture(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(30), driver.at(35.1, 200))
    one = frozenset({ONE})
    assert driver.heard[0] == ("gesture_started", "Move clip")
    assert driver.heard[-2] == ("clips_move_requested", one, 10 * SECOND, 1)
    assert driver.heard[-1] == ("gesture_ended", True)


def test_escape_takes_a_move_back(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(30), driver.at(35), releases=False)
    driver.key(Qt.Key.Key_Escape)
    assert driver.heard[-1] == ("gesture_ended", False)
    driver.move(driver.view.lanes, driver.at(70))
    QTest.mouseRelease(driver.view.lanes, LEFT, PLAIN, driver.at(70))
    assert driver.heard[-1] == ("gesture_ended", False)


def test_the_edges_trim(driver: Driver) -> None:
    inside = QPoint(4, 0)
    driver.drag(driver.view.lanes, driver.at(40) - inside, driver.at(45), driver.at(50) - inside)
    assert ("clip_trim_requested", ONE, span(10, 50)) in driver.heard
    driver.heard.clear()
    driver.drag(driver.view.lanes, driver.at(10) + inside, driver.at(15), driver.at(20) + inside)
    assert ("clip_trim_requested", ONE, span(20, 40)) in driver.heard


def test_control_drags_a_copy(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(25), driver.at(60), driver.at(125), keys=CONTROL)
    assert driver.heard == [("clips_duplicate_requested", frozenset({ONE}), 100 * SECOND)]


def test_dragging_over_the_sound_selects_time(driver: Driver) -> None:
    driver.drag(driver.view.lanes, driver.at(20, 90), driver.at(30, 90), driver.at(45, 90))
    assert driver.view.selection == TimelineSelection(
        span=span(20, 45), lane_ids=(RAIN,), focused_lane=RAIN
    )


def test_a_click_on_the_sound_seeks_to_the_grid(driver: Driver) -> None:
    driver.click(20.1, 90)
    assert driver.heard == [("seek_requested", 20 * SECOND)]


def test_a_double_click_edits_the_words_and_enter_commits(driver: Driver) -> None:
    QTest.mouseDClick(driver.view.lanes, LEFT, PLAIN, driver.at(25))
    editor = focused()
    assert isinstance(editor, ClipTextEditor)
    assert editor.text() == "one rain"
    QTest.keyClicks(editor, "hail")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert driver.heard == [("clip_text_requested", ONE, "hail")]
    assert QApplication.focusWidget() is driver.view.lanes


def test_escape_leaves_the_words_as_they_were(driver: Driver) -> None:
    driver.click(25)
    driver.key(Qt.Key.Key_Return)
    editor = focused()
    assert isinstance(editor, ClipTextEditor)
    QTest.keyClicks(editor, "hail")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert driver.heard == []
    assert not editor.isVisible()


def test_words_that_did_not_change_are_not_told(driver: Driver) -> None:
    driver.view.edit_clip_text(ONE)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert driver.heard == []
    driver.view.edit_clip_text(ClipId("nowhere"))


def test_letters_in_the_field_are_only_letters(driver: Driver) -> None:
    driver.click(25)
    driver.key(Qt.Key.Key_Return)
    QTest.keyClicks(focused(), "siq")
    assert driver.heard == []


def test_keys_edit_the_selected_clip(driver: Driver) -> None:
    driver.view.show_playhead(Samples(20 * SECOND))
    driver.click(25)
    one = frozenset({ONE})
    for key, keys, wish in (
        (Qt.Key.Key_S, PLAIN, ("clip_split_requested", ONE, 20 * SECOND)),
        (Qt.Key.Key_D, CONTROL, ("clips_duplicate_requested", one, 30 * SECOND)),
        (Qt.Key.Key_Right, CONTROL, ("clips_move_requested", one, SECOND, 0)),
        (Qt.Key.Key_Left, CONTROL | SHIFT, ("clips_move_requested", one, -480, 0)),
        (Qt.Key.Key_Down, CONTROL, ("clips_move_requested", one, 0, 1)),
        (Qt.Key.Key_Q, PLAIN, ("clip_trim_requested", ONE, span(20, 40))),
        (Qt.Key.Key_W, PLAIN, ("clip_trim_requested", ONE, span(10, 20))),
        (Qt.Key.Key_Up, CONTROL | SHIFT, ("clip_weight_requested", ONE, 1.1)),
        (Qt.Key.Key_Down, CONTROL | SHIFT, ("clip_weight_requested", ONE, 0.9)),
        (Qt.Key.Key_Delete, PLAIN, ("clips_remove_requested", one)),
        (Qt.Key.Key_I, PLAIN, ("clip_add_requested", RAIN, span(20, 30))),
        (Qt.Key.Key_Home, PLAIN, ("seek_requested", 0)),
        (Qt.Key.Key_End, PLAIN, ("seek_requested", 90 * SECOND)),
        (Qt.Key.Key_Period, PLAIN, ("seek_requested", 20 * SECOND + 480)),
        (Qt.Key.Key_Comma, SHIFT, ("seek_requested", 19 * SECOND)),
    ):
        driver.heard.clear()
        driver.key(key, keys)
        assert driver.heard == [wish], wish


def test_arrows_walk_clips_and_lanes(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Down)
    assert driver.view.selection == TimelineSelection(focused_lane=RAIN)
    driver.key(Qt.Key.Key_Right)
    driver.key(Qt.Key.Key_Right)
    assert driver.view.selection.clip_ids == {TWO}
    driver.key(Qt.Key.Key_Left)
    assert driver.view.selection.clip_ids == {ONE}
    driver.key(Qt.Key.Key_Down)
    assert driver.view.selection == TimelineSelection(focused_lane=DRONE)
    driver.view.show_playhead(Samples(5 * SECOND))
    driver.key(Qt.Key.Key_Right)
    assert driver.heard == [("seek_requested", 6 * SECOND)]


def test_shift_arrows_extend_the_selected_time(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.view.show_playhead(Samples(5 * SECOND))
    driver.key(Qt.Key.Key_Right, SHIFT)
    driver.key(Qt.Key.Key_Right, SHIFT)
    assert driver.view.selection.span == span(5, 7)
    driver.key(Qt.Key.Key_Left, SHIFT)
    driver.key(Qt.Key.Key_Left, SHIFT)
    assert driver.view.selection.span is None


def test_control_a_selects_the_lane_and_escape_nothing(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.key(Qt.Key.Key_A, CONTROL)
    assert driver.view.selection.clip_ids == {ONE, TWO}
    driver.key(Qt.Key.Key_Escape)
    assert driver.view.selection == TimelineSelection(focused_lane=RAIN)


def test_keys_without_a_meaning_are_left_to_others(driver: Driver) -> None:
    driver.key(Qt.Key.Key_Z, CONTROL)
    driver.key(Qt.Key.Key_Delete)
    driver.key(Qt.Key.Key_D, CONTROL)
    assert driver.heard == []


def test_shift_escape_cancels_the_job_of_the_focused_lane(driver: Driver) -> None:
    driver.view.show_selection(TimelineSelection(focused_lane=RAIN))
    driver.key(Qt.Key.Key_Escape, SHIFT)
    driver.view.show_lane_job(RAIN, LaneJob(job_id="j", span=span(10, 40)))
    driver.key(Qt.Key.Key_Escape, SHIFT)
    assert driver.heard == [("cancel_requested", "j")]


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


def test_the_ruler_seeks_and_sets_the_loop(driver: Driver) -> None:
    ruler = driver.view.ruler
    QTest.mouseClick(ruler, LEFT, PLAIN, driver.at(20, 15))
    assert driver.heard[0][0] == "seek_requested"
    assert driver.heard[0][1] == pytest.approx(20 * SECOND, abs=SECOND)
    driver.heard.clear()
    driver.drag(ruler, driver.at(20, 15), driver.at(25, 15), driver.at(40, 15))
    assert driver.heard[0] == ("gesture_started", "Set loop")
    assert driver.heard[-2] == ("loop_requested", span(20, 40))
    assert driver.heard[-1] == ("gesture_ended", True)


def test_escape_takes_a_loop_back(driver: Driver) -> None:
    ruler = driver.view.ruler
    driver.drag(ruler, driver.at(20, 15), driver.at(25, 15), driver.at(40, 15), releases=False)
    driver.key(Qt.Key.Key_Escape)
    QTest.keyClick(driver.view, Qt.Key.Key_Escape)
    assert driver.heard[-1] == ("gesture_ended", False)


def test_markers_are_moved_renamed_added_and_removed(driver: Driver) -> None:
    markers, flag = driver.view.markers, driver.at(30, 8) + QPoint(6, 0)
    QTest.mouseClick(markers, LEFT, PLAIN, flag)
    driver.drag(markers, flag, flag + QPoint(20, 0), driver.at(50, 8) + QPoint(6, 0))
    QTest.mouseDClick(markers, LEFT, PLAIN, driver.at(100, 8))
    QTest.mouseDClick(markers, LEFT, PLAIN, flag)
    editor = focused()
    QTest.keyClicks(editor, "Calm")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    driver.view.markers.edit_name(MarkerId("m"))
    QTest.keyClick(focused(), Qt.Key.Key_Delete)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    name = MarkerId("m")
    assert driver.heard[:2] == [
        ("seek_requested", 30 * SECOND),
        ("gesture_started", "Move marker"),
    ]
    assert driver.heard[-5:] == [
        ("marker_move_requested", name, 50 * SECOND),
        ("gesture_ended", True),
        ("marker_add_requested", 100 * SECOND),
        ("marker_rename_requested", name, "Calm"),
        ("marker_remove_requested", name),
    ]


def test_the_everywhere_prompt_is_edited_in_place(driver: Driver) -> None:
    QTest.mouseClick(driver.view.everywhere, LEFT, PLAIN, QPoint(60, 12))
    editor = focused()
    QTest.keyClicks(editor, "wide valley")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert driver.heard == [("everywhere_requested", "wide valley")]


def test_the_header_mutes_solos_folds_and_opens_the_takes(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    for name, keys in (
        ("Mute", {"is_muted": True}),
        ("Solo", {"is_soloed": True}),
        ("Fold lane", {"is_folded": True}),
    ):
        driver.heard.clear()
        QTest.mouseClick(child(header, name), LEFT)
        assert driver.heard == [("lane_change_requested", RAIN, keys)]
    driver.heard.clear()
    QTest.mouseClick(child(header, "Take 1 of 1"), LEFT)
    assert driver.heard == [("takes_requested", RAIN)]


def child(parent: QWidget, name: str) -> QWidget:
    return next(each for each in parent.findChildren(QWidget) if each.accessibleName() == name)


def test_a_slider_is_one_gesture_and_answers_to_keys_and_wheel(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    level, pan = child(header, "Level"), child(header, "Pan")
    driver.drag(level, QPoint(70, 10), QPoint(50, 10), QPoint(6, 10))
    assert driver.heard[0] == ("gesture_started", "Change level")
    assert driver.heard[-2] == ("lane_change_requested", RAIN, {"gain_db": -60.0})
    assert driver.heard[-1] == ("gesture_ended", True)
    driver.heard.clear()
    QTest.mouseClick(pan, LEFT, CONTROL, QPoint(5, 5))
    assert driver.heard == [("lane_change_requested", RAIN, {"pan": 0.0})]
    driver.wheel(pan, QPoint(5, 5), 5)
    QTest.keyClick(pan, Qt.Key.Key_Right)
    assert [wish[2] for wish in driver.heard[1:]] == [{"pan": 0.1}, {"pan": 0.12}]


def test_a_lane_is_renamed_moved_and_removed_from_its_header(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    QTest.mouseDClick(header, LEFT, PLAIN, QPoint(50, 16))
    editor = focused()
    QTest.keyClicks(editor, "Storm")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(header, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(header, Qt.Key.Key_Up, CONTROL)
    QTest.keyClick(header, Qt.Key.Key_Delete)
    assert driver.heard == [
        ("lane_change_requested", RAIN, {"name": "Storm"}),
        ("lane_move_requested", RAIN, 1),
        ("lane_remove_requested", RAIN),
    ]


def test_the_lower_edge_of_a_header_makes_the_lane_higher(driver: Driver) -> None:
    header = driver.view.headers.headers[RAIN]
    driver.drag(header, QPoint(40, 170), QPoint(40, 190), QPoint(40, 210))
    assert driver.view.headers.headers[RAIN].height() == 212


def test_a_press_on_a_header_focuses_its_lane(driver: Driver) -> None:
    QTest.mouseClick(driver.view.headers.headers[DRONE], LEFT, PLAIN, QPoint(40, 140))
    assert driver.view.selection.focused_lane == DRONE


def test_the_tools_add_lanes_and_change_what_is_shown(driver: Driver) -> None:
    QTest.mouseClick(child(driver.view.tools, "Add a lane"), LEFT)
    QTest.mouseClick(driver.view.headers, LEFT, PLAIN, QPoint(40, 365))
    assert driver.heard == [("lane_add_requested",), ("lane_add_requested",)]
    QTest.mouseClick(child(driver.view.tools, "Spectrogram"), LEFT)
    driver.view.set_sound_view(SoundView.WAVEFORM)
    QTest.mouseClick(child(driver.view.ruler_header, "What the ruler counts"), LEFT)
    driver.view.set_time_unit(TimeUnit.BARS)
    driver.view.fit()


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


def context_click(widget: QWidget, point: QPoint) -> None:
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, widget.mapToGlobal(point), PLAIN
    )
    QApplication.sendEvent(widget, event)


def test_the_pointer_reads_time_and_frequency(driver: Driver) -> None:
    readings: list[str] = []
    driver.view.reading_changed.connect(readings.append)
    driver.view.show_take_picture(TakeId("take"), picture())
    driver.move(driver.view.lanes, driver.at(20, 130))
    assert readings
    assert "Hz" in readings[-1]
    assert "dB" in readings[-1]


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


def test_gone_clips_leave_the_selection(driver: Driver) -> None:
    driver.click(25)
    rain = replace(project().lanes[0], clips=())
    driver.view.show_project(replace(project(), lanes=(rain,)))
    assert driver.view.selection.clip_ids == frozenset()
    assert set(driver.view.headers.headers) == {RAIN}


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
