"""Playing and going places with the transport's own keys and buttons."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Studio
from tests.gui.test_application import draw, span


def test_the_large_button_does_what_its_sign_says(studio: Studio) -> None:
    draw(studio, "rain")
    studio.run("generate")
    studio.wait_for_jobs()
    button = studio.application.window.transport.play
    assert button.toolTip() == "Play (Space)"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.qtbot.waitUntil(lambda: studio.application.transport.position > 0, timeout=30_000)
    assert button.toolTip() == "Pause (P)"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert studio.application.player.state.value == "paused"
    assert studio.application.transport.position > 0


def test_alt_and_arrows_walk_the_markers(studio: Studio) -> None:
    transport, view = studio.application.transport, studio.application.timeline_view
    for second in (6, 2, 4):
        transport.seek(span(0, second).end)
        studio.run("marker")
    view.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    for key, second in ((Qt.Key.Key_Right, 6), (Qt.Key.Key_Left, 4), (Qt.Key.Key_Left, 2)):
        QTest.keyClick(view.lanes, key, alt)
        assert transport.position == span(0, second).end
    QTest.keyClick(view.lanes, Qt.Key.Key_Left, alt)
    assert transport.position == span(0, 2).end
    assert "no marker before" in studio.application.window.status.message
