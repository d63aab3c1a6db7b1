from dataclasses import replace

import pytest
from hypothesis import given, settings
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


EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(AddLane, LANES),
    st.builds(RemoveLane, LANES),
    st.builds(MoveLane, LANES, st.integers(0, 2)),
    st.builds(ChangeLane, LANES, gain_db=st.floats(-90, 20), is_muted=st.booleans()),
    st.builds(
        AddClip,
        LANES,
        st.builds(lambda name, where: replace(clip(name, 0, 1), span=where), NAMES, SPANS),
    ),
    st.builds(MoveClips, CLIPS, DELTAS, st.integers(-1, 1)),
    st.builds(TrimClip, NAMES.map(ClipId), SPANS),
    st.builds(SplitClip, NAMES.map(ClipId), STARTS.map(frames), NAMES.map(ClipId)),
    st.builds(DuplicateClips, CLIPS, DELTAS, st.just({ClipId("a"): ClipId("f")})),
    st.builds(RemoveClips, CLIPS),
    st.builds(ChangeClips, CLIPS, weight=st.floats(0, 5)),
    st.builds(
        KeepTake, LANES, st.builds(take, NAMES, st.integers(1, 4), STARTS, st.integers(61, 90))
    ),
    st.builds(UseTake, LANES, NAMES.map(TakeId), st.none() | SPANS),
    st.builds(RemoveTake, LANES, NAMES.map(TakeId)),
    st.builds(AddMarker, NAMES.map(MarkerId), STARTS.map(frames)),
    st.builds(MoveMarker, NAMES.map(MarkerId), DELTAS),
    st.builds(RemoveMarker, NAMES.map(MarkerId)),
    st.builds(SetLoop, st.none() | SPANS),
    st.builds(SetTempo, st.floats(10, 200), st.integers(0, 9)),
    st.builds(RenameProject, NAMES),
)
"""Any edit; many of them cannot be done."""

TRIES = st.lists(EDITS, max_size=20)
patient = settings(deadline=None, max_examples=60)


def stack() -> UndoStack:
    return UndoStack(project_with((clip("a", 0, 10), clip("b", 20, 30)), ()))


@patient
@given(tries=TRIES)
def test_no_series_of_edits_makes_an_unsound_project(tries: list[Edit]) -> None:
    history = stack()
    for edit in tries:
        before = history.project
        try:
            history.execute(edit)
        except EditError:
            assert history.project is before
        check_project(history.project)


@patient
@given(tries=TRIES)
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

    assert history.states == tuple(states)
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
