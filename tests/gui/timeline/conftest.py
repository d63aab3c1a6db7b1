"""A timeline to drive."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.timeline.driver import Driver


@pytest.fixture
def driver(qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(qtbot)
    yield driver
    driver.view.close()
