import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.views.spectrogram.frequency import (
    HIGHEST_HZ,
    axis_label,
    frequency_text,
    height_of_hz,
    hz_at_height,
    hz_from_mel,
    mel_from_hz,
    note_name,
)


def test_the_scale_is_linear_to_one_kilohertz_and_logarithmic_above() -> None:
    assert mel_from_hz(1_000) == pytest.approx(15)
    assert mel_from_hz(500) == pytest.approx(7.5)
    assert mel_from_hz(6_400) == pytest.approx(42)


@given(frequency=st.floats(0, 8_000))
def test_mels_go_back_to_their_frequency(frequency: float) -> None:
    assert hz_from_mel(mel_from_hz(frequency)) == pytest.approx(frequency, abs=1e-6)
    assert hz_at_height(height_of_hz(frequency)) == pytest.approx(frequency, abs=1e-6)


def test_the_axis_ends_at_the_models_limit() -> None:
    assert hz_at_height(0) == 0
    assert hz_at_height(2) == pytest.approx(HIGHEST_HZ)


def test_frequencies_have_names() -> None:
    assert [axis_label(value) for value in (800, 2_000)] == ["800", "2k"]
    assert [frequency_text(value) for value in (164.4, 2_410)] == ["164 Hz", "2.41 kHz"]


@pytest.mark.parametrize(
    ("frequency", "name"), [(440, "A4"), (2_349, "D7"), (261.6, "C4"), (5, ""), (466, "A♯4")]
)
def test_frequencies_have_notes(frequency: float, name: str) -> None:
    assert note_name(frequency) == name
