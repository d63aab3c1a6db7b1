import numpy as np
import pytest

from desktop_app.audio.peaks import PeakColumns, Peaks
from desktop_app.views.waveform.picture import (
    NOTHING,
    PEAK,
    RMS,
    displayed,
    waveform_picture,
    waveform_tile,
)


def columns(*values: tuple[float, float, float]) -> PeakColumns:
    table = np.array(values, dtype=np.float32)
    return PeakColumns(table[:, 0], table[:, 1], table[:, 2])


def test_quiet_sound_is_lifted_and_loud_sound_stays_within() -> None:
    shown = displayed(np.array([-2.0, -0.1, 0.0, 0.1], np.float32))
    assert shown[0] == -1
    assert shown[1] == -shown[3] == pytest.approx(-(0.1**0.72))
    assert shown[2] == 0


def test_full_scale_reaches_both_edges() -> None:
    picture = waveform_picture(columns((-1, 1, 0.5)), 21)
    assert picture[0, 0] == picture[20, 0] == PEAK
    assert picture[10, 0] == RMS


def test_silence_and_missing_sound_are_a_hairline() -> None:
    picture = waveform_picture(columns((0, 0, 0), (np.nan, np.nan, np.nan)), 11)
    for column in range(2):
        assert np.flatnonzero(picture[:, column]).tolist() == [5]


def test_the_energy_never_reaches_beyond_the_extremes() -> None:
    picture = waveform_picture(columns((-0.1, 0.3, 0.9)), 41)
    extremes = np.flatnonzero(picture[:, 0] != NOTHING)
    assert np.array_equal(extremes, np.flatnonzero(picture[:, 0] == RMS))


def test_sound_on_one_side_still_touches_the_centre() -> None:
    picture = waveform_picture(columns((0.4, 0.8, 0.5)), 41)
    assert picture[20, 0] != NOTHING


def test_a_tile_is_empty_before_and_after_its_sound() -> None:
    peaks = Peaks.of(np.full(16_000, 0.5, np.float32), 16_000)
    tile = waveform_tile(peaks, -4_800.0, 4_800.0, 20, 11)
    assert np.flatnonzero(tile.any(axis=0)).tolist() == list(range(1, 11))


def test_a_tile_beside_the_sound_is_empty() -> None:
    peaks = Peaks.of(np.full(16_000, 0.5, np.float32), 16_000)
    assert not waveform_tile(peaks, 480_000.0, 4_800.0, 20, 11).any()
