from dataclasses import replace

from desktop_app.project.ids import ClipId, TakeId
from desktop_app.project.project import Project, SoundBlock
from desktop_app.views.dock.clip_rows import clip_rows, take_text
from tests.unit.desktop_app.builders import clip, project_with, span


def project_with_sound() -> Project:
    project = project_with((clip("a", 0, 50), clip("b", 60, 100)))
    lane = replace(project.lanes[0], sound=(SoundBlock(span=span(0, 40), take_id=TakeId("gone")),))
    return replace(project, lanes=(lane,))


def test_clips_with_sound_are_ready_and_others_not_generated() -> None:
    rows = clip_rows(project_with_sound(), {})
    assert [row.state for row in rows] == ["Ready", "Not generated"]


def test_known_states_win() -> None:
    rows = clip_rows(project_with_sound(), {ClipId("a"): "Waiting"})
    assert [row.state for row in rows] == ["Waiting", "Not generated"]


def test_takes_that_are_gone_have_no_number() -> None:
    assert [take_text(row) for row in clip_rows(project_with_sound(), {})] == ["", ""]
