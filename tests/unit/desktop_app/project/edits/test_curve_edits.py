from dataclasses import replace

import pytest

from desktop_app.controllers.clip_copies import copies_of, paste
from desktop_app.project.checks import check_clip
from desktop_app.project.edits import (
    AddCurvePoint,
    ChangeTime,
    ClearCurves,
    DuplicateClips,
    Edit,
    EditError,
    MoveClips,
    MoveCurvePoint,
    RemoveCurvePoint,
    SplitClip,
    TrimClip,
)
from desktop_app.project.edits.make_loop import MakeLoop
from desktop_app.project.ids import ClipId
from desktop_app.project.project import MAX_CURVE_POINTS, CurveKind, CurvePoint, Project
from desktop_app.project.time import Samples
from tests.unit.desktop_app.builders import LANE, clip, done, frames, project_with, span

A, X = ClipId("a"), ClipId("x")
WEIGHT, GUIDANCE = CurveKind.WEIGHT, CurveKind.GUIDANCE
Line = tuple[CurvePoint, ...]


def line(*points: tuple[float, float]) -> Line:
    return tuple(CurvePoint(frames(position), value) for position, value in points)


SLOPE = line((10, 1.0), (20, 3.0))


def with_curves(guidance: Line = SLOPE, weight: Line = ()) -> Project:
    """A clip from frame 40 to 70 with curves."""
    curved = replace(clip("a", 40, 70), guidance_curve=guidance, weight_curve=weight)
    return project_with((curved,))


def guidance_of(project: Project, place: int = 0) -> Line:
    return project.lanes[0].clips[place].guidance_curve


def test_a_first_point_makes_a_curve_and_further_ones_go_in_order() -> None:
    project = done(
        with_curves(()),
        AddCurvePoint(A, GUIDANCE, CurvePoint(frames(20), 3.0)),
        AddCurvePoint(A, GUIDANCE, CurvePoint(frames(10), 1.0)),
    )
    assert guidance_of(project) == SLOPE
    assert project.lanes[0].clips[0].weight_curve == ()


def test_weight_and_guidance_have_curves_of_their_own() -> None:
    project = AddCurvePoint(A, WEIGHT, CurvePoint(frames(5), 0.5)).apply(with_curves())
    assert guidance_of(project) == SLOPE
    assert project.lanes[0].clips[0].weight_curve == line((5, 0.5))


def test_a_point_moves_and_goes() -> None:
    moved = MoveCurvePoint(A, GUIDANCE, 1, CurvePoint(frames(25), 4.0)).apply(with_curves())
    assert guidance_of(moved) == line((10, 1.0), (25, 4.0))
    assert guidance_of(RemoveCurvePoint(A, GUIDANCE, 0).apply(with_curves())) == SLOPE[1:]


def test_curves_are_cleared_by_kind() -> None:
    project = with_curves(weight=line((1, 0.5)))
    cleared = ClearCurves(frozenset({A}), WEIGHT).apply(project).lanes[0].clips[0]
    assert (cleared.guidance_curve, cleared.weight_curve) == (SLOPE, ())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (AddCurvePoint(A, GUIDANCE, CurvePoint(frames(10), 2.0)), "has a point there"),
        (AddCurvePoint(A, GUIDANCE, CurvePoint(frames(31), 2.0)), "outside its clip"),
        (AddCurvePoint(A, GUIDANCE, CurvePoint(frames(5), 20.5)), "between 1 and 20"),
        (AddCurvePoint(A, WEIGHT, CurvePoint(frames(5), 0.0)), "between 0.01 and 4"),
        (MoveCurvePoint(A, GUIDANCE, 0, CurvePoint(frames(20), 2.0)), "not in order"),
        (MoveCurvePoint(A, GUIDANCE, 2, CurvePoint(frames(20), 2.0)), "has 2 points"),
        (RemoveCurvePoint(A, WEIGHT, 0), "has 0 points"),
    ],
)
def test_what_makes_no_curve_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=message):
        edit.apply(with_curves())


def test_a_curve_has_so_many_points_at_most() -> None:
    many = tuple(CurvePoint(Samples(n), 2.0) for n in range(MAX_CURVE_POINTS + 1))
    with pytest.raises(EditError, match="at most 4096"):
        check_clip(with_curves(many).lanes[0].clips[0])


def test_labels_name_the_kind() -> None:
    point = CurvePoint(frames(1), 1.0)
    labels = [
        AddCurvePoint(A, WEIGHT, point).label,
        MoveCurvePoint(A, GUIDANCE, 0, point).label,
        RemoveCurvePoint(A, WEIGHT, 0).label,
        ClearCurves(frozenset({A}), GUIDANCE).label,
        ClearCurves(frozenset({A, X}), GUIDANCE).label,
    ]
    assert labels == [
        "Add weight point",
        "Move guidance point",
        "Remove weight point",
        "Clear guidance curve",
        "Clear guidance curves",
    ]


def test_a_curve_moves_with_its_clip_and_its_copies() -> None:
    project = with_curves()
    assert guidance_of(MoveClips(frozenset({A}), frames(-20)).apply(project)) == SLOPE
    copied = DuplicateClips(frozenset({A}), frames(40), {A: X}).apply(project)
    assert guidance_of(copied, 1) == SLOPE
    copies = copies_of(project, frozenset({A}))
    assert copies is not None
    edit, _ = paste(project, copies, LANE, frames(100), lambda: "x")
    assert guidance_of(edit.apply(project), 1) == SLOPE


def test_a_split_curve_sounds_the_same() -> None:
    project = SplitClip(A, frames(55), X).apply(with_curves())
    assert guidance_of(project) == line((10, 1.0), (15, 2.0))
    assert guidance_of(project, 1) == line((0, 2.0), (5, 3.0))


def test_a_curve_stays_in_place_while_an_edge_moves() -> None:
    project = with_curves()
    assert guidance_of(TrimClip(A, span(55, 80)).apply(project)) == line((0, 2.0), (5, 3.0))
    assert guidance_of(TrimClip(A, span(30, 55)).apply(project)) == line((20, 1.0), (25, 2.0))
    assert guidance_of(MakeLoop(A, 16).apply(project)) == line((10, 1.0), (16, 2.2))


def test_deleted_time_takes_its_part_of_the_curve() -> None:
    change = ChangeTime(LANE, span(40, 70), span(52, 58), inserts=False)
    [before, left, right, after] = guidance_of(change.apply(with_curves()))
    assert [before, after] == list(line((10, 1.0), (14, 3.0)))
    assert (left.position, right.position) == (frames(12) - 1, frames(12))
    assert (left.value, right.value) == pytest.approx((1.4, 2.6))


def test_inserted_time_holds_the_value_of_its_place() -> None:
    change = ChangeTime(LANE, span(40, 70), span(55, 65), inserts=True)
    changed = guidance_of(change.apply(with_curves()))
    assert changed == line((10, 1.0), (15, 2.0), (25, 2.0), (30, 3.0))
