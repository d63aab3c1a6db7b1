from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.views.theme.theme import Theme
from desktop_app.views.widgets.facts import Facts
from desktop_app.views.widgets.label import Label
from desktop_app.views.widgets.progress_bar import ProgressBar
from desktop_app.views.widgets.sizing import ScaledWidth


def test_labels_never_read_text_as_markup(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "<b>rain</b>")
    qtbot.addWidget(label)
    plain = Label(theme, "rain")
    qtbot.addWidget(plain)
    assert label.sizeHint().width() > plain.sizeHint().width()


def test_an_eliding_label_gives_way_and_keeps_its_words_in_the_tooltip(
    theme: Theme, qtbot: QtBot
) -> None:
    label = Label(theme, elides=True)
    qtbot.addWidget(label)
    label.show_text("Heavy rain, gusting wind, distant thunder")
    assert label.minimumSizeHint().width() < 40
    assert label.toolTip() == "Heavy rain, gusting wind, distant thunder"


def test_labels_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    label = Label(theme, "rain", colour="text")
    qtbot.addWidget(label)
    theme.switch_to("light")
    assert label.palette().windowText().color() == theme.colour("text")
    theme.set_text_scale(1.5)
    assert label.font().pixelSize() == 18


def test_a_bar_shows_a_limited_fraction(theme: Theme, qtbot: QtBot) -> None:
    bar = ProgressBar(theme, "Progress", colour="engine")
    qtbot.addWidget(bar)
    for fraction, expected in ((0.25, 25), (7.0, 100), (-1.0, 0)):
        bar.show_fraction(fraction)
        assert round(100 * bar.value() / bar.maximum()) == expected


def test_facts_are_read_out(theme: Theme, qtbot: QtBot) -> None:
    facts = Facts(theme)
    qtbot.addWidget(facts)
    facts.show_facts(("1:08 of sound", "about 48 s"))
    assert facts.accessibleName() == "1:08 of sound, about 48 s"


def test_widths_grow_with_the_text_and_never_shrink(theme: Theme, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    ScaledWidth(theme, widget, 40)
    widths = []
    for scale in (1.0, 1.5, 0.9):
        theme.set_text_scale(scale)
        widths.append(widget.width())
    assert widths == [40, 60, 40]
