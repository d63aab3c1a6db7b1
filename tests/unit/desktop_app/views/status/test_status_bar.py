import pytest
from pytestqt.qtbot import QtBot

from desktop_app.views.message_strip import MessageKind, MessageStrip
from desktop_app.views.status.status_bar import StatusBar
from desktop_app.views.theme.theme import Theme


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> StatusBar:
    widget = StatusBar(theme)
    qtbot.addWidget(widget)
    return widget


def test_the_last_message_stays(bar: StatusBar) -> None:
    bar.show_message("Birds: 4 takes made in 38 s")
    bar.show_reading("1:12.480  2.41 kHz")
    assert bar.message == "Birds: 4 takes made in 38 s"


def test_a_missing_device_can_be_replaced(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_device("No audio device.", is_missing=True)
    with qtbot.waitSignal(bar.device_requested):
        bar._choose.click()
    bar.show_device("Built-in Audio, 48 kHz")
    assert not bar._choose.isVisibleTo(bar)


def test_strokes_stand_only_between_words(bar: StatusBar) -> None:
    assert [line.isVisibleTo(bar) for line in bar._lines] == [False, False, False]
    bar.show_sizes("Takes 1.2 GB", "412 GB free")
    assert [line.isVisibleTo(bar) for line in bar._lines] == [False, True, False]


def test_the_queue_leads_to_the_jobs(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_queue("1 running, 1 waiting", is_busy=True)
    with qtbot.waitSignal(bar.queue_requested):
        bar._queue_icon.click()


def test_a_strip_shows_one_message_with_its_answers(theme: Theme, qtbot: QtBot) -> None:
    strip = MessageStrip(theme)
    qtbot.addWidget(strip)
    strip.show_message(MessageKind.INFO, "first", (("a", "Answer"),))
    strip.show_message(MessageKind.ERROR, "The engine stopped.", (("retry", "Try again"),))
    assert strip.text == "The engine stopped."
    with qtbot.waitSignal(strip.action_requested) as asked:
        strip.button("Try again").click()
    assert asked.args == ["retry"]
    with qtbot.waitSignal(strip.dismissed):
        strip._close.click()
    assert strip.text == ""
