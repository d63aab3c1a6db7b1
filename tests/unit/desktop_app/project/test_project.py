from desktop_app.project.edits import KeepTake
from desktop_app.project.ids import new_id
from desktop_app.project.project import Project
from tests.unit.desktop_app.builders import LANE, clip, frames, project_with, take


def test_a_project_ends_after_its_last_clip_or_sound() -> None:
    clips = project_with((clip("a", 0, 10),), (clip("b", 5, 20),))

    assert Project().end == 0
    assert clips.end == frames(20)
    assert KeepTake(LANE, take("a", 1, 15, 40)).apply(clips).end == frames(40)


def test_names_are_not_given_out_twice() -> None:
    assert len({new_id() for _ in range(1_000)}) == 1_000
