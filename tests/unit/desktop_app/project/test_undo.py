from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.checks import check_project
from desktop_app.project.edits import (
    AddClip,
    AddLane,
    AddMarker,
    ChangeClips,
    ChangeLane,
    DuplicateClips,
    Edit,
    EditError,
    KeepTake,
    MoveClips,
    MoveLane,
    MoveMarker,
    RemoveClips,
    RemoveLane,
    RemoveMarker,
    RemoveTake,
    RenameProject,
    SetLoop,
    SetTempo,
    SplitClip,
    TrimClip,
    UseTake,
)
from desktop_app.project.ids import ClipId, LaneId, MarkerId, TakeId
from desktop_app.project.time import Samples
from desktop_app.project.undo import UndoStack
from tests.unit.desktop_app.builders import clip, frames, project_with, span, take

NAMES = st.sampled_from("abcdef")
LANES = st.sampled_from(["lane0", "lane1", "new"]).map(LaneId)
CLIPS = st.frozensets(NAMES.map(ClipId), min_size=1, max_size=3)
STARTS = st.integers(0, 60)
LENGTHS = st.integers(1, 30)
SPANS = st.builds(lambda start, length: span(start, start + length), STARTS, LENGTHS)
DELTAS = st.integers(-40, 40).map(frames)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Any edit; many of them cannot be done."""
    lane, name, where = draw(LANES), draw(NAMES), draw(SPANS)
    clips, delta = draw(CLIPS), draw(DELTAS)
    made: list[Edit] = [
        AddLane(lane),
        RemoveLane(lane),
        MoveLane(lane, draw(st.integers(0, 2))),
        ChangeLane(lane, gain_db=draw(st.floats(-90, 20)), is_muted=draw(st.booleans())),
        AddClip(lane, replace(clip(name, 0, 1), span=where)),
        MoveClips(clips, delta, draw(st.integers(-1, 1))),
        TrimClip(ClipId(name), where),
        SplitClip(ClipId(name), where.start, ClipId(draw(NAMES))),
        DuplicateClips(clips, delta, {each: ClipId(draw(NAMES)) for each in clips}),
        RemoveClips(clips),
        ChangeClips(clips, weight=draw(st.floats(0, 5))),
        KeepTake(lane, replace(take(name, draw(st.integers(1, 4)), 0, 1), span=where)),
        UseTake(lane, TakeId(name), draw(st.none() | st.just(where))),
        RemoveTake(lane, TakeId(name)),
        AddMarker(MarkerId(name), where.start),
        MoveMarker(MarkerId(name), where.end),
        RemoveMarker(MarkerId(name)),
        SetLoop(where),
        SetTempo(draw(st.floats(10, 200)), 4),
        RenameProject(name),
    ]
    return draw(st.sampled_from(made))


def stack() -> UndoStack:
    return UndoStack(project_with((clip("a", 0, 10), clip("b", 20, 30)), ()))


@given(tries=st.lists(edits(), max_size=30))
def test_no_series_of_edits_makes_an_unsound_project(tries: list[Edit]) -> None:
    history = stack()
    for edit in tries:
        before = history.project
        try:
            history.execute(edit)
        except EditError:
            assert history.project is before
        check_project(history.project)


@given(tries=st.lists(edits(), max_size=30))
def test_undo_and_redo_return_to_the_very_same_projects(tries: list[Edit]) -> None:
    history = stack()
    visited = [history.project]
    for edit in tries:
        try:
            history.execute(edit)
        except EditError:
            continue
        if history.project is not visited[-1]:
            visited.append(history.project)

    for earlier in reversed(visited[:-1]):
        assert history.undo() is earlier
    for later in visited[1:]:
        assert history.redo() is later
    assert len(history.entries) == len(visited) - 1


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    history = stack()
    before = history.project

    history.execute(MoveClips(frozenset([ClipId("a")]), Samples(0)))

    assert history.project is before
    assert history.entries == ()


def test_a_new_step_forgets_the_undone_ones() -> None:
    history = stack()
    history.execute(RenameProject("one"))
    history.execute(RenameProject("two"))
    history.undo()
    history.execute(SetTempo(90.0, 4))

    assert history.entries == ("Rename project", "Change tempo")
    assert (history.undo_label, history.redo_label) == ("Change tempo", None)
    assert history.undo().name == "one"
    assert history.redo_label == "Change tempo"


def test_nothing_happens_at_the_ends() -> None:
    history = stack()
    start = history.project

    assert history.undo() is start
    assert history.redo() is start
    assert (history.undo_label, history.redo_label) == (None, None)


def test_jumping_goes_to_any_state() -> None:
    history = stack()
    states = [history.project]
    states += [history.execute(RenameProject(str(n))) for n in range(4)]

    assert [history.jump(n) for n in (3, 0, 4)] == [states[3], states[0], states[4]]
    assert history.position == 4
    with pytest.raises(ValueError, match="0 to 4, got 5"):
        history.jump(5)


def test_an_amendment_reaches_every_state_and_is_no_step() -> None:
    history = stack()
    history.execute(SetTempo(90.0, 4))
    history.amend_all(lambda project: replace(project, name="Saved"))

    assert history.project.name == "Saved"
    assert history.undo().name == "Saved"
    assert history.entries == ("Change tempo",)
