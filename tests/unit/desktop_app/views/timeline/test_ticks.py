import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.time import Samples
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.ticks import (
    MIN_MAJOR_PX,
    Tempo,
    TickScale,
    bar_text,
    clock_text,
    duration_text,
    grid_interval,
    tick_label,
    tick_scale,
)
from desktop_app.views.timeline.values import Grid, TimeUnit

TEMPO = Tempo(bpm=120.0, beats_per_bar=4)
BEAT = 24_000


def at(samples_per_px: float) -> TimelineGeometry:
    return TimelineGeometry(samples_per_px=samples_per_px)


@given(zoom=st.floats(4, 400_000), unit=st.sampled_from(TimeUnit))
def test_labelled_ticks_are_never_closer_than_their_words(zoom: float, unit: TimeUnit) -> None:
    assert tick_scale(at(zoom), unit, TEMPO).major / zoom >= MIN_MAJOR_PX


def test_a_scale_wider_than_all_falls_back_to_the_coarsest() -> None:
    assert tick_scale(at(1e9), TimeUnit.MIN_SEC, TEMPO).major == 28_800 * 48_000


def test_three_minutes_on_a_wide_view_have_a_label_every_ten_seconds() -> None:
    scale = tick_scale(at(180 * 48_000 / 1_024), TimeUnit.MIN_SEC, TEMPO)
    assert scale.major == 480_000
    assert scale.minor == 96_000


def test_bars_are_counted_in_powers_of_two() -> None:
    scale = tick_scale(at(4 * BEAT / 40), TimeUnit.BARS, TEMPO)
    assert scale.major == 8 * BEAT


@pytest.mark.parametrize(
    ("position", "decimals", "text"),
    [
        (0, 0, "0:00"),
        (70 * 48_000, 0, "1:10"),
        (3_723 * 48_000, 0, "1:02:03"),
        (84_360 * 48, 3, "1:24.360"),
        (59_999 * 48, 1, "1:00.0"),
    ],
)
def test_times_read_as_on_a_clock(position: int, decimals: int, text: str) -> None:
    assert clock_text(position, decimals) == text


@pytest.mark.parametrize(
    ("major", "text"), [(48_000, "0:01"), (4_800, "0:01.0"), (480, "0:01.00"), (48, "0:01.000")]
)
def test_labels_have_as_many_decimals_as_their_scale_needs(major: int, text: str) -> None:
    scale = TickScale(major=major, subdivisions=5, unit=TimeUnit.MIN_SEC)
    assert tick_label(48_000, scale, TEMPO) == text


def test_bar_labels_name_beats_only_where_they_are_apart() -> None:
    bars = TickScale(major=4 * BEAT, subdivisions=4, unit=TimeUnit.BARS)
    beats = TickScale(major=BEAT, subdivisions=4, unit=TimeUnit.BARS)
    assert tick_label(8 * BEAT, bars, TEMPO) == "3"
    assert tick_label(9 * BEAT, beats, TEMPO) == "3.2"


def test_bars_begin_at_one() -> None:
    assert bar_text(0, TEMPO, has_beats=True) == "1.1"


def test_lengths_are_seconds_until_they_are_minutes() -> None:
    assert duration_text(Samples(54 * 48_000)) == "54.0 s"
    assert duration_text(Samples(112 * 48_000)) == "1:52"


@pytest.mark.parametrize(
    ("grid", "interval"),
    [
        (Grid.ADAPTIVE, 96_000),
        (Grid.BAR, 96_000),
        (Grid.BEAT, 24_000),
        (Grid.SECOND, 48_000),
        (Grid.TENTH, 4_800),
        (Grid.FRAME, 1_920),
    ],
)
def test_grids_have_their_intervals(grid: Grid, interval: float) -> None:
    scale = TickScale(major=480_000, subdivisions=5, unit=TimeUnit.MIN_SEC)
    assert grid_interval(grid, scale, TEMPO) == interval
