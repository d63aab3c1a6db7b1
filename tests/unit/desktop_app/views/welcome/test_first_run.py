from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.welcome.first_run import FirstRun


def test_examples_are_asked_for_by_id(theme: Theme, qtbot: QtBot) -> None:
    welcome = FirstRun(theme, (("storm", "Storm, then dawn", "3 min"),))
    qtbot.addWidget(welcome)
    with qtbot.waitSignal(welcome.example_requested) as asked:
        welcome.examples[0].click()
    assert asked.args == ["storm"]


def test_pictures_give_way_where_it_is_low(theme: Theme, qtbot: QtBot) -> None:
    welcome = FirstRun(theme)
    qtbot.addWidget(welcome)
    welcome.resize(1000, 600)
    assert not welcome.grab().isNull()
    assert all(picture.isVisibleTo(welcome) for picture in welcome._pictures)
    welcome.resize(1000, 250)
    welcome.grab()
    assert not any(picture.isVisibleTo(welcome) for picture in welcome._pictures)
