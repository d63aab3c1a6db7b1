import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.presets import preset_named
from desktop_app.project.ids import TakeId
from desktop_app.project.project import GenerationSettings, Project, Prompt
from desktop_app.views.prompts.inspector import Inspector
from desktop_app.views.prompts.values import JobCard, TakeRow
from desktop_app.views.theme.theme import Theme
from tests.unit.desktop_app.views.prompts.builders import rain


@pytest.fixture
def inspector(qtbot: QtBot, theme: Theme) -> Inspector:
    widget = Inspector(theme)
    qtbot.addWidget(widget)
    widget.show_lane(rain())
    widget.show_project(Project(name="Valley", lanes=(rain(),)))
    return widget


def shown_facts(inspector: Inspector) -> list[str]:
    return list(inspector.foot._estimate.facts)


def test_tabs_show_their_pages(inspector: Inspector, qtbot: QtBot) -> None:
    for tab in ("lane", "takes", "project", "clip"):
        with qtbot.waitSignal(inspector.tab_changed):
            inspector.tabs.button(tab).click()
        assert inspector.tab == tab


def test_sampling_asks_for_whole_settings_of_the_lane(inspector: Inspector, qtbot: QtBot) -> None:
    asked: list[tuple[str, GenerationSettings]] = []
    inspector.lane_settings_requested.connect(lambda lane, value: asked.append((lane, value)))
    inspector.clip_sampling.quality.button("fine").click()
    inspector.lane_sampling.sampler.activated.emit(1)
    inspector.clip_sampling.dice.click()
    assert asked[0] == ("rain", preset_named("fine").applied_to(GenerationSettings()))
    assert asked[1] == ("rain", GenerationSettings(sampler="dpm-solver++2m"))
    assert asked[2][1].seed > 0


def test_a_lane_is_changed_by_field(inspector: Inspector, qtbot: QtBot) -> None:
    asked: list[object] = []
    inspector.lane_change_requested.connect(lambda lane, fields: asked.append((lane, fields)))
    page = inspector.lane_page
    page.colours.button("moss").click()
    page.name.setText("Storm")
    inspector.commit_pending()
    page.mute.click()
    QTest.keyClick(page.pan.slider, Qt.Key.Key_Right)
    assert asked == [
        ("rain", {"colour": "moss"}),
        ("rain", {"name": "Storm"}),
        ("rain", {"is_muted": True}),
        ("rain", {"pan": 0.01}),
    ]


def test_an_empty_lane_name_is_not_asked_for(inspector: Inspector, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(inspector.lane_change_requested):
        inspector.lane_page.name.setText("  ")
        inspector.commit_pending()
    assert inspector.lane_page.name.text() == "Rain"


def test_the_project_page_asks_for_name_tempo_and_everywhere(
    inspector: Inspector, qtbot: QtBot
) -> None:
    page = inspector.project_page
    with qtbot.waitSignal(inspector.name_requested) as name:
        page.name.setText("Dawn")
        page.commit_pending()
    with qtbot.waitSignal(inspector.tempo_requested) as tempo:
        page.metre.activated.emit(1)
    with qtbot.waitSignal(inspector.everywhere_requested) as words:
        edit = page.everywhere.findChild(QPlainTextEdit)
        assert edit is not None
        QTest.keyClicks(edit, "n")
    assert (name.args, tempo.args, words.args) == (["Dawn"], [120.0, 3], ["n"])


def test_project_values_are_shown(inspector: Inspector) -> None:
    inspector.show_project(Project(everywhere=Prompt(text="night"), tempo_bpm=92.0))
    assert inspector.project_page.everywhere.text == "night"
    assert inspector.project_page.tempo.text() == "92.0"


def test_takes_are_used_starred_and_removed_by_id(inspector: Inspector) -> None:
    asked: list[object] = []
    inspector.take_use_requested.connect(lambda lane, take: asked.append((lane, take)))
    inspector.take_change_requested.connect(lambda *args: asked.append(args))
    row = TakeRow(take_id=TakeId("t1"), number=1, title="Take 1", note="rain", is_used=True)
    inspector.show_takes(rain(), (row,))
    entry = inspector.takes_page.rows[0]
    QTest.keyClick(entry, Qt.Key.Key_Return)
    entry._favourite.click()
    assert asked == [("rain", "t1"), ("rain", "t1", {"is_favourite": True})]
    assert entry.accessibleName() == "Take 1, plays. rain"


def test_the_foot_says_what_will_happen_or_why_not(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_generate("Generate", enabled=True, estimate="1:08 of sound | about 48 s")
    assert shown_facts(inspector) == ["1:08 of sound", "about 48 s"]
    with qtbot.waitSignal(inspector.generate_requested):
        inspector.foot.generate.click()
    inspector.show_generate("Draw a clip first", enabled=False, reason="There is no clip.")
    assert not inspector.foot.generate.isEnabled()
    assert inspector.foot.reason.text() == "There is no clip."
    assert not inspector.foot.reason.isHidden()
    inspector.show_generate("Generate", enabled=True, estimate="1:08 of sound")
    assert inspector.foot.reason.isHidden()


def test_a_running_job_takes_the_place_of_the_button(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_job(JobCard(job_id="j1", title="Step 3 of 25", fraction=0.1))
    assert not inspector.foot.generate.isVisibleTo(inspector)
    with qtbot.waitSignal(inspector.cancel_requested) as asked:
        inspector.foot.cancel.click()
    assert asked.args == ["j1"]
    inspector.show_job(None)
    assert inspector.foot.generate.isVisibleTo(inspector)


def test_without_a_lane_nothing_can_be_changed(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_lane(None)
    assert not inspector.clip_sampling.isVisibleTo(inspector)
    with qtbot.assertNotEmitted(inspector.lane_change_requested):
        inspector.lane_page.mute.click()


def test_editing_the_prompt_selects_its_text(inspector: Inspector) -> None:
    inspector.show_tab("project")
    inspector.show_clips((rain().clips[0],), rain())
    inspector.edit_prompt()
    assert inspector.tab == "clip"
