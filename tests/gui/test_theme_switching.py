"""Colours and text size change while the window is open."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.views.main_window import MainWindow
from desktop_app.views.theme.theme import Theme, apply_theme, load_theme
from desktop_app.views.theme.tokens import THEME_NAMES
from tests.gui.shell_window import window_with_piece


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    palette, font, style = qapp.palette(), qapp.font(), qapp.style().objectName()
    theme = load_theme("dark")
    apply_theme(qapp, theme)
    yield theme
    theme.changed.disconnect()
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    shown = window_with_piece(theme)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_area_takes_the_ground_of_the_theme(
    window: MainWindow, theme: Theme, name: str
) -> None:
    theme.switch_to(name)
    QApplication.processEvents()
    picture = window.grab().toImage()
    ratio = picture.devicePixelRatio()
    # Between the controls, wherever those end: 1304 is in the margin of the inspector.
    for x, y in ((700, 6), (1290, 40), (1304, 850), (600, 990)):
        colour = picture.pixelColor(round(x * ratio), round(y * ratio))
        assert colour.name() == theme.colour("panel").name(), (x, y)


def test_the_application_follows(window: MainWindow, theme: Theme, qapp: QApplication) -> None:
    theme.switch_to("light")
    assert qapp.palette().window().color() == theme.colour("panel")
    assert theme.colour("hover").name() in qapp.styleSheet().lower()


def test_text_size_reaches_the_whole_window(window: MainWindow, theme: Theme) -> None:
    before = window.status.height()
    theme.set_text_scale(1.5)
    assert window.status.height() == round(before * 1.5)
    assert window.title_row.menu_bar.font().pixelSize() == 18


def test_switching_often_leaves_no_trace(window: MainWindow, theme: Theme) -> None:
    first = window.grab().toImage()
    for name in ("light", "high_contrast", "dark"):
        theme.switch_to(name)
    theme.set_text_scale(1.3)
    theme.set_text_scale(1.0)
    QApplication.processEvents()
    assert window.grab().toImage() == first
