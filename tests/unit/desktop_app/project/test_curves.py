from desktop_app.project.curves import (
    cropped,
    joined,
    on_frames,
    shifted,
    simplified,
    value_at,
)
from desktop_app.project.project import CurvePoint
from desktop_app.project.time import Samples


def line(*points: tuple[int, float]) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(Samples(position), value) for position, value in points)


SLOPE = line((10, 1.0), (20, 3.0))


def test_a_curve_is_straight_between_points_and_level_outside() -> None:
    assert [value_at(SLOPE, at) for at in (0, 10, 15, 20, 30)] == [1.0, 1.0, 2.0, 3.0, 3.0]


def test_a_shifted_curve_keeps_its_values() -> None:
    assert shifted(SLOPE, Samples(-5)) == line((5, 1.0), (15, 3.0))


def test_a_cut_curve_sounds_the_same_where_it_is_left() -> None:
    assert cropped(SLOPE, Samples(15), Samples(40)) == line((0, 2.0), (5, 3.0))
    assert cropped(SLOPE, Samples(0), Samples(15)) == line((10, 1.0), (15, 2.0))
    assert cropped(SLOPE, Samples(12), Samples(15)) == line((0, 1.4), (3, 2.0))


def test_what_lies_beside_all_points_keeps_one() -> None:
    assert cropped(SLOPE, Samples(30), Samples(40)) == line((0, 3.0))
    assert cropped(SLOPE, Samples(2), Samples(8)) == line((6, 1.0))


def test_nothing_is_added_where_nothing_is_cut_off() -> None:
    assert cropped(SLOPE, Samples(-5), Samples(40)) == line((15, 1.0), (25, 3.0))
    assert cropped((), Samples(0), Samples(5)) == ()


def test_two_halves_are_one_curve_again() -> None:
    left = cropped(SLOPE, Samples(0), Samples(15))
    right = cropped(SLOPE, Samples(15), Samples(30))
    assert simplified(joined(left, shifted(right, Samples(15)))) == SLOPE


def test_ends_of_different_values_jump() -> None:
    assert joined(line((0, 1.0), (9, 2.0)), line((9, 5.0))) == line((0, 1.0), (8, 2.0), (9, 5.0))
    assert joined(line((8, 2.0)), line((9, 5.0))) == line((8, 2.0), (9, 5.0))
    assert joined((), SLOPE) == joined(SLOPE, ()) == SLOPE


def test_points_on_a_line_say_nothing() -> None:
    assert simplified(line((0, 1.0), (10, 1.0), (15, 2.0), (20, 3.0), (30, 3.0))) == SLOPE
    assert simplified(line((0, 1.0), (9, 1.0))) == line((9, 1.0))


def test_no_two_points_share_a_frame() -> None:
    assert on_frames([3, 3, 4], [1.0, 2.0, 3.0]) == ((3, 1.0), (4, 2.0), (5, 3.0))
