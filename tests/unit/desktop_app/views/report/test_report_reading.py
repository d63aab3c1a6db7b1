import numpy as np
import pytest

from desktop_app.views.report.reading import level_db, reading_text, tick_step, tick_words
from desktop_app.views.report.values import ReportCurves, ReportPicture


def picture() -> ReportPicture:
    """Two seconds; the upper half of the second one is loud."""
    levels = np.zeros((64, 200), np.uint8)
    levels[32:, 100:] = 255
    return ReportPicture(levels=levels, seconds=2.0, colour="lagoon")


CURVES = ReportCurves(
    loudness_lufs=np.array([np.nan] * 10 + [-23.44] * 10),
    loudness_rate=10,
    flux=np.full(200, 4.13),
    flux_rate=100,
    seams=(1.0,),
)


def test_the_reading_tells_time_frequency_note_level_loudness_and_flux() -> None:
    assert reading_text(picture(), CURVES, 1.5, 0.75).split("   ") == [
        "0:01.500",
        "3.68 kHz",
        "A♯7",
        "−22 dB",
        "−23.4 LUFS",
        "flux 4.1",
    ]


def test_silence_is_called_silent_and_beside_the_spectrogram_there_is_no_frequency() -> None:
    assert reading_text(picture(), CURVES, 0.5, None) == "0:00.500   silent   flux 4.1"


def test_the_spectrogram_can_be_read_before_the_curves_are_measured() -> None:
    assert reading_text(picture(), None, 0.5, 0.75) == "0:00.500   3.68 kHz   A♯7   −78 dB"


@pytest.mark.parametrize("seconds", [-0.01, 2.0, 5.0])
def test_beside_the_take_there_is_no_level(seconds: float) -> None:
    assert level_db(picture(), seconds, 0.5) is None


@pytest.mark.parametrize("height", [-1.0, 0.0, 1.0, 2.0])
def test_a_point_on_the_edge_belongs_to_the_nearest_band(height: float) -> None:
    assert level_db(picture(), 1.5, height) == (-22.0 if height >= 1 else -78.0)


@pytest.mark.parametrize(
    ("seconds", "width_px", "step"),
    [(180.0, 880.0, 15), (3_600.0, 880.0, 300), (0.1, 880.0, 0.01), (1e6, 100.0, 3_600)],
)
def test_the_axis_counts_in_seconds_minutes_and_hours(
    seconds: float, width_px: float, step: float
) -> None:
    assert tick_step(seconds, width_px) == step


def test_the_axis_has_as_many_decimals_as_it_needs() -> None:
    assert tick_words([0, 75], 15) == ["0:00", "1:15"]
    assert tick_words([0.5], 0.1) == ["0:00.5"]
    assert tick_words([0.25], 0.05) == ["0:00.25"]
