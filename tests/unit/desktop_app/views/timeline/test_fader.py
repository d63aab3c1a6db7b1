import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.views.timeline.fader import (
    gain_at,
    gain_text,
    meter_height,
    pan_text,
    position_of_gain,
)


@given(gain_db=st.floats(-59, 12))
def test_a_level_survives_its_slider(gain_db: float) -> None:
    assert gain_at(position_of_gain(gain_db)) == pytest.approx(gain_db, abs=0.051)


def test_the_ends_of_the_slider_are_silence_and_the_loudest() -> None:
    assert gain_at(-1) == -60
    assert gain_at(2) == 12
    assert position_of_gain(-99) == 0
    assert position_of_gain(99) == 1


@pytest.mark.parametrize(
    ("gain_db", "text"), [(-3.2, "−3.2"), (0.0, "0.0"), (-0.04, "0.0"), (6, "6.0"), (-60, "−∞")]
)
def test_levels_have_real_minus_signs(gain_db: float, text: str) -> None:
    assert gain_text(gain_db) == text


@pytest.mark.parametrize(
    ("pan", "text"), [(0.0, "C"), (-0.25, "25 L"), (0.35, "35 R"), (1, "100 R")]
)
def test_pans_name_their_side(pan: float, text: str) -> None:
    assert pan_text(pan) == text


def test_the_meter_spans_sixty_decibels() -> None:
    assert [meter_height(level) for level in (-90, -60, -30, 0, 6)] == [0, 0, 0.5, 1, 1]
