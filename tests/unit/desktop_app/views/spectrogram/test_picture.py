import numpy as np
import pytest

from desktop_app.views.spectrogram.picture import (
    coloured,
    row_weights,
    spectrogram_tile,
    start_noise,
)
from desktop_app.views.spectrogram.pyramid import LevelPyramid


@pytest.mark.parametrize(("num_bands", "height"), [(64, 160), (64, 20), (1, 5)])
def test_every_row_is_a_weighted_mean_of_bands(num_bands: int, height: int) -> None:
    weights = row_weights(num_bands, height)
    assert weights.sum(axis=1) == pytest.approx(np.ones(height))
    assert weights.min() >= 0


def test_the_lowest_band_lies_at_the_bottom() -> None:
    tile = spectrogram_tile(LevelPyramid(np.array([[0], [255]], np.uint8)), 0, 480, 1, 2)
    assert tile[:, 0].tolist() == [255, 0]


def test_a_tile_is_empty_beside_its_spectrogram() -> None:
    pyramid = LevelPyramid(np.full((2, 10), 200, np.uint8))
    tile = spectrogram_tile(pyramid, -960, 480, 20, 4)
    assert np.flatnonzero(tile.any(axis=0)).tolist() == list(range(2, 12))
    assert not spectrogram_tile(pyramid, 48_000, 480, 20, 4).any()


def test_levels_become_opaque_pixels_of_the_map() -> None:
    table = np.zeros((256, 3), np.uint8)
    table[7] = (1, 2, 3)
    assert coloured(np.array([[7]], np.uint8), table)[0, 0] == 0xFF010203


def test_the_start_noise_has_the_grain_of_latents_and_stays_the_same() -> None:
    noise = start_noise(64, 90, seed=3)
    assert noise.shape == (64, 90)
    assert np.array_equal(noise, start_noise(64, 90, seed=3))
    assert np.all(noise[:4, :4] == noise[0, 0])
    assert not np.array_equal(noise, start_noise(64, 90, seed=4))
