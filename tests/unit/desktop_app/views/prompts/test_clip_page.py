from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.project.project import Project, Prompt, PromptClip, TransitionKind
from desktop_app.project.time import Samples, Span
from desktop_app.views.prompts.clip_page import ClipPage
from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.field import Field
from tests.unit.desktop_app.builders import clip, frames, span
from tests.unit.desktop_app.views.prompts.builders import lane_of, rain


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> ClipPage:
    widget = ClipPage(theme)
    qtbot.addWidget(widget)
    lane = rain()
    widget.show_clips((lane.clips[1],), lane)
    return widget


def changes(page: ClipPage) -> list[tuple[frozenset[str], dict[str, object]]]:
    asked: list[tuple[frozenset[str], dict[str, object]]] = []
    page.clip_change_requested.connect(lambda ids, fields: asked.append((ids, fields)))
    return asked


def typed(field: Field, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_showing_asks_for_nothing(page: ClipPage) -> None:
    asked = changes(page)
    lane = rain()
    page.show_clips((lane.clips[0],), lane)
    page.show_clips(lane.clips, lane)
    page.show_clips((), None)
    page.show_project(Project(everywhere=Prompt(text="night")))
    assert asked == []


def test_writing_asks_for_the_whole_text_so_far_within_a_gesture(page: ClipPage) -> None:
    asked = changes(page)
    told: list[object] = []
    page.gesture_started.connect(told.append)
    page.gesture_ended.connect(told.append)
    edit = page.prompt.findChild(QPlainTextEdit)
    assert edit is not None
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    QTest.keyClicks(edit, "!!")
    page.commit_pending()
    assert asked == [
        (frozenset({"b"}), {"text": "sound b!"}),
        (frozenset({"b"}), {"text": "sound b!!"}),
    ]
    assert told == ["Change prompt", True]


def test_another_selection_ends_the_gesture_of_the_one_before(page: ClipPage) -> None:
    ended: list[bool] = []
    page.gesture_ended.connect(ended.append)
    edit = page.prompt.findChild(QPlainTextEdit)
    assert edit is not None
    QTest.keyClicks(edit, "x")
    lane = rain()
    page.show_clips((lane.clips[0],), lane)
    assert ended == [True]


def test_a_typed_end_trims(page: ClipPage) -> None:
    asked = changes(page)
    typed(page.time.end, "+1")
    assert asked == [(frozenset({"b"}), {"span": Span(frames(46), frames(125))})]


def test_a_typed_length_moves_the_end(page: ClipPage) -> None:
    asked = changes(page)
    typed(page.time.length, "10")
    assert asked[0][1] == {"span": Span(frames(46), Samples(frames(46) + 480_000))}


def test_an_end_before_the_start_is_refused_in_words(page: ClipPage) -> None:
    asked = changes(page)
    typed(page.time.end, "0")
    assert (asked, page.time.end.error) == ([], "The end must come after the start.")


def test_the_fade_in_is_the_clips_and_the_fade_out_the_next_ones(page: ClipPage) -> None:
    asked = changes(page)
    page.time.fade_in.kind.activated.emit(2)
    page.time.fade_out.kind.activated.emit(3)
    assert asked == [
        (frozenset({"b"}), {"transition": TransitionKind.BLEND}),
        (frozenset({"c"}), {"transition": TransitionKind.CUT}),
    ]


def test_an_overlap_is_the_length_and_a_touch_can_be_typed(page: ClipPage) -> None:
    asked = changes(page)
    assert not page.time.fade_in.seconds.isEnabled()
    assert page.time.fade_in.seconds.text() == "0.16"
    typed(page.time.fade_out.seconds, "2")
    assert asked == [(frozenset({"c"}), {"transition_duration": 96_000})]


def test_a_clip_alone_has_no_fades(page: ClipPage) -> None:
    lane = lane_of(clip("a", 0, 50), clip("b", 60, 100))
    page.show_clips((lane.clips[0],), lane)
    assert not page.time.fade_in.kind.isEnabled()
    assert not page.time.fade_out.kind.isEnabled()


def test_several_clips_show_what_they_share(page: ClipPage) -> None:
    lane = rain()
    heavy = replace(lane.clips[0], weight=2.0)
    page.show_clips((heavy, lane.clips[1]), lane)
    assert page.strength.weight.field.placeholderText() == "various"
    assert page.strength.guidance.field.text() == "1.5"
    assert page.prompt.text == ""
    assert not page.time.start.isEnabled()


def test_a_change_of_several_clips_names_them_all(page: ClipPage) -> None:
    lane = rain()
    page.show_clips(lane.clips, lane)
    asked = changes(page)
    typed(page.strength.guidance.field, "5")
    typed(page.leave_out, "voices")
    assert asked == [
        (frozenset({"a", "b", "c"}), {"guidance_scale": 5.0}),
        (frozenset({"a", "b", "c"}), {"leave_out": "voices"}),
    ]


def test_the_everywhere_switch_names_its_words_and_asks(page: ClipPage) -> None:
    asked = changes(page)
    page.show_project(Project(everywhere=Prompt(text="wide valley")))
    assert page.everywhere.text() == "Adds \u201cwide valley\u201d"
    page.everywhere.click()
    assert asked == [(frozenset({"b"}), {"uses_everywhere": False})]


def test_a_prompt_that_is_too_long_says_so(page: ClipPage) -> None:
    long = PromptClip(id=rain().clips[0].id, span=span(0, 10), prompt=Prompt(text="rain " * 90))
    page.show_clips((long,), lane_of(long))
    assert "the end is not read" in page.prompt._note.text()


def test_a_press_elsewhere_ends_the_text_before_another_gesture_begins(
    page: ClipPage, qtbot: QtBot
) -> None:
    told: list[object] = []
    page.gesture_started.connect(told.append)
    page.gesture_ended.connect(told.append)
    page.resize(300, 900)
    with qtbot.waitExposed(page):
        page.show()
    edit = page.prompt.findChild(QPlainTextEdit)
    assert edit is not None
    QTest.keyClicks(edit, "x")
    QTest.mouseClick(page.strength.weight.slider, Qt.MouseButton.LeftButton)
    assert told == ["Change prompt", True, "Change weight", True]


def test_a_switch_keeps_the_text_that_is_being_written(page: ClipPage) -> None:
    told: list[object] = []
    page.gesture_ended.connect(lambda keeps: told.append(("ended", keeps)))
    page.clip_change_requested.connect(lambda _, fields: told.append(fields))
    edit = page.prompt.findChild(QPlainTextEdit)
    assert edit is not None
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    QTest.keyClicks(edit, "!")
    page.everywhere.click()
    assert told == [{"text": "sound b!"}, ("ended", True), {"uses_everywhere": False}]
