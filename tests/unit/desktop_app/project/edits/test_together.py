import pytest

from desktop_app.project.edits import AddLane, EditError, RenameProject, SetTempo, Together
from desktop_app.project.ids import LaneId
from desktop_app.project.undo import UndoStack
from tests.unit.desktop_app.builders import project_with


def test_several_edits_are_one_step() -> None:
    stack = UndoStack(before := project_with(()))

    stack.execute(Together("Set up", (RenameProject("x"), SetTempo(90.0, 3))))

    assert (stack.project.name, stack.project.tempo_bpm) == ("x", 90.0)
    assert stack.entries == ("Set up",)
    assert stack.undo() is before


def test_if_one_is_refused_none_is_done() -> None:
    stack = UndoStack(before := project_with(()))

    with pytest.raises(EditError, match="already has a lane"):
        stack.execute(Together("Set up", (RenameProject("x"), AddLane(LaneId("lane0")))))
    assert stack.project is before
