import pytest

from desktop_app.project.edits import (
    AddMarker,
    ChangeEverywhere,
    Edit,
    EditError,
    MoveMarker,
    RemoveMarker,
    RenameMarker,
    RenameProject,
    SetLoop,
    SetTempo,
)
from desktop_app.project.ids import MarkerId
from desktop_app.project.project import Project, Prompt
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples
from tests.unit.desktop_app.builders import done, span

M, N = MarkerId("m"), MarkerId("n")


def two_markers() -> Project:
    return done(Project(), AddMarker(M, Samples(500)), AddMarker(N, Samples(100), "Start"))


def markers(project: Project) -> list[tuple[str, int, str]]:
    return [(str(marker.id), marker.position, marker.name) for marker in project.markers]


def test_markers_lie_in_order_of_time_and_get_free_names() -> None:
    assert markers(two_markers()) == [("n", 100, "Start"), ("m", 500, "Marker 1")]


def test_a_new_marker_skips_names_that_are_taken() -> None:
    project = done(two_markers(), RemoveMarker(N), RenameMarker(M, "Marker 2"))

    assert markers(AddMarker(N, Samples(0)).apply(project))[0][2] == "Marker 3"


def test_a_marker_moves_past_another() -> None:
    assert markers(MoveMarker(M, Samples(0)).apply(two_markers()))[0][:2] == ("m", 0)


def test_a_marker_is_renamed() -> None:
    assert markers(RenameMarker(M, "Storm").apply(two_markers()))[1] == ("m", 500, "Storm")


def test_a_marker_is_removed() -> None:
    assert markers(RemoveMarker(N).apply(two_markers())) == [("m", 500, "Marker 1")]


def test_the_loop_is_set_and_cleared() -> None:
    looped = SetLoop(span(1, 9)).apply(Project())

    assert looped.loop == span(1, 9)
    assert SetLoop(None).apply(looped).loop is None


def test_the_tempo_is_set() -> None:
    project = SetTempo(93.5, 3).apply(Project())

    assert (project.tempo_bpm, project.beats_per_bar) == (93.5, 3)


def test_the_everywhere_prompt_is_set() -> None:
    prompt = Prompt(text="in a large hall", leave_out="hiss")

    assert ChangeEverywhere(prompt).apply(Project()).everywhere == prompt


def test_the_project_is_renamed() -> None:
    assert RenameProject("Night bus").apply(Project()).name == "Night bus"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (AddMarker(M, Samples(0)), "already has a marker “m”"),
        (AddMarker(MarkerId("x"), Samples(-1)), "A marker's position"),
        (AddMarker(MarkerId("x"), Samples(0), "a\nb"), "line break"),
        (MoveMarker(MarkerId("x"), Samples(0)), "no marker “x”"),
        (MoveMarker(M, Samples(MAX_TIMELINE_SAMPLES + 1)), "A marker's position"),
        (RenameMarker(MarkerId("x"), ""), "no marker “x”"),
        (RenameMarker(M, "a" * 256), "256 characters"),
        (RemoveMarker(MarkerId("x")), "no marker “x”"),
        (SetTempo(19.9, 4), "The tempo"),
        (SetTempo(float("nan"), 4), "not a number"),
        (SetTempo(120.0, 0), "beats in a bar"),
        (ChangeEverywhere(Prompt(text="a" * 2_001)), "2001 characters"),
        (RenameProject(" "), "needs a name"),
        (RenameProject("a" * 256), "256 characters"),
    ],
)
def test_impossible_edits_of_the_project_say_why(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit.apply(two_markers())


@pytest.mark.parametrize(
    ("edit", "label"),
    [
        (AddMarker(M, Samples(0)), "Add marker"),
        (MoveMarker(M, Samples(0)), "Move marker"),
        (RenameMarker(M, ""), "Rename marker"),
        (RemoveMarker(M), "Remove marker"),
        (SetLoop(None), "Clear loop"),
        (SetLoop(span(0, 1)), "Set loop"),
        (SetTempo(120.0, 4), "Change tempo"),
        (ChangeEverywhere(Prompt()), "Change Everywhere prompt"),
        (RenameProject("x"), "Rename project"),
    ],
)
def test_edits_of_the_project_say_what_they_do(edit: Edit, label: str) -> None:
    assert edit.label == label
