import pytest

from desktop_app.views.transport.values import METER_MARKS_DB, meter_fraction


def test_the_marks_of_the_meter_are_evenly_spaced() -> None:
    assert [meter_fraction(mark) for mark in METER_MARKS_DB] == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("level_db", "fraction"), [(-200.0, 0.0), (-18.0, 0.625), (-6.0, 0.875), (3.0, 1.0)]
)
def test_levels_lie_between_the_marks(level_db: float, fraction: float) -> None:
    assert meter_fraction(level_db) == pytest.approx(fraction)
