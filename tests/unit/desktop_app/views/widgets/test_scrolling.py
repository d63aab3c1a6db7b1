"""Tests of pages that scroll."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.views.widgets.scrolling import ScrollingPage


def test_a_page_is_as_wide_with_its_bar_as_without(qtbot: QtBot) -> None:
    page = QWidget()
    page.setMinimumHeight(100)
    area = ScrollingPage(page, "Clip")
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    assert not area.bar.isVisible()
    width = page.width()

    page.setMinimumHeight(900)
    qtbot.waitUntil(area.bar.isVisible)
    assert page.width() == width == 300
    area.bar.setValue(250)
    assert page.y() == -250
    area.verticalScrollBar().setValue(40)
    assert area.bar.value() == 40
