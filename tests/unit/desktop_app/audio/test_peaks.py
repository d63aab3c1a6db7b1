import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from desktop_app.audio.peaks import BASE_BIN_SAMPLES, Peaks


def noise(num: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).uniform(-1, 1, num).astype(np.float32)


def test_columns_are_the_extremes_and_rms_of_their_samples() -> None:
    samples = noise(BASE_BIN_SAMPLES * 64)

    columns = Peaks.of(samples, 16_000).columns(0, BASE_BIN_SAMPLES * 16, 4)

    blocks = samples.reshape(4, -1)
    np.testing.assert_array_equal(columns.minimum, blocks.min(1))
    np.testing.assert_array_equal(columns.maximum, blocks.max(1))
    np.testing.assert_allclose(columns.rms, np.sqrt(np.square(blocks).mean(1)), rtol=1e-5)


@settings(deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(min_value=1, max_value=700), min_size=1, max_size=12))
def test_appending_in_pieces_equals_the_whole(cuts: list[int]) -> None:
    samples = noise(sum(cuts))
    pieces = Peaks(16_000)
    start = 0
    for cut in cuts:
        pieces.append(samples[start : start + cut])
        start += cut

    got, expected = (peaks.columns(3.0, 50.0, 40) for peaks in (pieces, Peaks.of(samples, 16_000)))

    np.testing.assert_array_equal(got.maximum, expected.maximum)
    np.testing.assert_array_equal(got.rms, expected.rms)
    assert pieces.num_samples == len(samples)


def test_columns_outside_the_signal_are_not_a_number() -> None:
    columns = Peaks.of(noise(BASE_BIN_SAMPLES * 4), 16_000).columns(
        -2 * BASE_BIN_SAMPLES, BASE_BIN_SAMPLES, 8
    )

    assert np.isnan(columns.maximum).tolist() == [True] * 2 + [False] * 4 + [True] * 2


@pytest.mark.parametrize("samples_per_column", [1.0, 33.3, 1_000.0, 1e6])
def test_every_zoom_keeps_the_extremes_within_the_signals(samples_per_column: float) -> None:
    samples = noise(100_000)

    columns = Peaks.of(samples, 16_000).columns(0, samples_per_column, 50)

    shown = ~np.isnan(columns.maximum)
    assert shown.any()
    assert (columns.maximum[shown] <= samples.max()).all()
    assert (columns.minimum[shown] >= samples.min()).all()
    assert (columns.rms[shown] <= 1).all()


def test_an_empty_signal_has_nothing_to_show() -> None:
    assert np.isnan(Peaks(16_000).columns(0, 100, 3).rms).all()


@settings(deadline=None, max_examples=30)
@given(
    num=st.integers(min_value=1, max_value=3_000),
    places=st.tuples(st.integers(min_value=0, max_value=100), st.integers(min_value=1)),
)
def test_overwriting_equals_the_overview_of_the_changed_sound(
    num: int, places: tuple[int, int]
) -> None:
    samples = noise(num)
    first = min(places[0] * BASE_BIN_SAMPLES, num // BASE_BIN_SAMPLES * BASE_BIN_SAMPLES)
    end = min(first + places[1] * BASE_BIN_SAMPLES, num)
    peaks = Peaks.of(samples, 16_000)
    samples[first:end] *= np.float32(0.25)
    peaks.overwrite(first, samples[first:end])
    more = noise(500)
    peaks.append(more)

    expected = Peaks.of(np.append(samples, more), 16_000)
    for zoom in (BASE_BIN_SAMPLES, 4 * BASE_BIN_SAMPLES, 64 * BASE_BIN_SAMPLES):
        for got, wanted in zip(
            peaks.columns(0, zoom, 200), expected.columns(0, zoom, 200), strict=True
        ):
            np.testing.assert_array_equal(got, wanted)


def test_bins_cannot_be_overwritten_in_part() -> None:
    peaks = Peaks.of(noise(100), 16_000)
    for first, num in ((1, 32), (0, 16), (96, 5)):
        with pytest.raises(ValueError, match="sample"):
            peaks.overwrite(first, noise(num))
