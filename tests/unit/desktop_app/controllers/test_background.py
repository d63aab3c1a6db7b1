"""Work outside the window's thread."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.controllers.background import Background


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    del qtbot  # results come through Qt's event loop
    background = Background()
    yield background
    background.close()


def test_results_arrive_in_order_and_in_this_thread(background: Background, qtbot: QtBot) -> None:
    results, threads = list[int](), set[str]()

    def work(number: int) -> tuple[int, str]:
        return number, threading.current_thread().name

    def then(result: tuple[int, str]) -> None:
        results.append(result[0])
        threads.add(result[1])

    for number in range(5):
        background.run(partial(work, number), then)
    qtbot.waitUntil(lambda: len(results) == 5)

    assert results == [0, 1, 2, 3, 4]
    assert threading.main_thread().name not in threads


def test_an_error_is_a_result(background: Background, qtbot: QtBot) -> None:
    results = list[object]()
    background.run(lambda: 1 / 0, results.append)
    qtbot.waitUntil(lambda: bool(results))

    assert isinstance(results[0], ZeroDivisionError)


def test_later_work_of_a_key_takes_the_place_of_what_waits(
    background: Background, qtbot: QtBot
) -> None:
    gate, results = threading.Event(), list[object]()
    background.run(gate.wait, results.append)
    for number in range(3):
        background.run(partial(int, number), results.append, key="preview")
    background.run(lambda: "end", results.append)
    gate.set()
    qtbot.waitUntil(lambda: "end" in results)

    assert results == [True, 2, "end"]


def test_nothing_arrives_after_closing(qtbot: QtBot) -> None:
    background, results = Background(), list[object]()
    background.run(lambda: 1, results.append)
    background.close()
    qtbot.wait(20)

    assert results == []
