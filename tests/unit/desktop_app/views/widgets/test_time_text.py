import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.project.time import (
    MAX_TIMELINE_SAMPLES,
    Samples,
    samples_from_seconds_rounded,
)
from desktop_app.views.widgets.time_text import (
    bar_text,
    clock_text,
    decibel_text,
    duration_text,
    padded_clock_text,
    pan_text,
    range_text,
    samples_from_text,
)


def at(seconds: float) -> Samples:
    return samples_from_seconds_rounded(seconds)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.000"), (84.36, "1:24.360"), (3723.5, "1:02:03.500"), (59.9996, "1:00.000")],
)
def test_positions_read_as_a_clock(seconds: float, text: str) -> None:
    assert clock_text(at(seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(87.6, "01:27.600"), (600, "10:00.000"), (3600, "1:00:00.000")]
)
def test_the_large_time_keeps_its_width(seconds: float, text: str) -> None:
    assert padded_clock_text(at(seconds)) == text


@pytest.mark.parametrize(("seconds", "text"), [(68, "68.0 s"), (119.96, "2 min 0.0 s")])
def test_lengths_read_in_seconds_up_to_two_minutes(seconds: float, text: str) -> None:
    assert duration_text(at(seconds)) == text


def test_ranges_use_an_en_dash() -> None:
    assert range_text(at(44), at(112)) == "0:44\u2009\u2013\u20091:52"


def test_bars_count_from_one() -> None:
    assert bar_text(Samples(0), 92.0, 4) == "1.1.1"
    assert bar_text(at(87.6), 92.0, 4) == "34.3.2"


def test_levels_have_a_true_minus_and_an_end() -> None:
    assert [decibel_text(db) for db in (-3.2, -0.0, 6, -60)] == [
        "\u22123.2 dB",
        "0.0 dB",
        "6.0 dB",
        "\u2212\u221e dB",
    ]


def test_pan_names_its_side() -> None:
    assert [pan_text(pan) for pan in (-1, -0.25, 0, 0.35)] == ["100 L", "25 L", "C", "35 R"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:52", 112),
        (" 1:02:03.5 ", 3723.5),
        ("112", 112),
        ("112s", 112),
        ("1,5 min", 90),
        ("200 ms", 0.2),
        (".5", 0.5),
        ("2h", 7200),
    ],
)
def test_people_write_times_in_many_ways(text: str, seconds: float) -> None:
    assert samples_from_text(text) == at(seconds)


def test_bars_are_read_in_the_given_tempo() -> None:
    assert samples_from_text("3.2.3", tempo_bpm=120, beats_per_bar=4) == at(4.75)


def test_a_sign_counts_from_the_current_time() -> None:
    assert samples_from_text("+5", current=at(10)) == at(15)
    assert samples_from_text("\u22121:00", current=at(90)) == at(30)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write a time"),
        ("0:4x", "Write a time"),
        ("5 parsecs", "Write a time"),
        ("1:75", "Seconds go up to 59"),
        ("-5", "before the beginning"),
        ("25h", "24 hours"),
        ("0.1.1", "count from 1"),
        ("1.5.1", "a bar has 4 beats"),
    ],
)
def test_what_is_no_time_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        samples_from_text(text)


@given(st.integers(min_value=0, max_value=MAX_TIMELINE_SAMPLES // 48))
def test_what_is_shown_can_be_typed_back(milliseconds: int) -> None:
    position = Samples(milliseconds * 48)
    assert samples_from_text(clock_text(position)) == position


@given(st.text(alphabet="0123456789:.+-,smh ", max_size=12))
def test_any_text_is_a_time_or_is_refused_in_a_sentence(text: str) -> None:
    with contextlib.suppress(RefusedError):
        assert 0 <= read(text) <= MAX_TIMELINE_SAMPLES


class RefusedError(Exception):
    """Refused with a sentence, as it should be."""


def read(text: str) -> Samples:
    try:
        return samples_from_text(text)
    except ValueError as error:
        if not str(error).endswith("."):
            raise
        raise RefusedError from error
