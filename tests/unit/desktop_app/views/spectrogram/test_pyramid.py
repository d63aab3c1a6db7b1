import numpy as np
import pytest

from desktop_app.views.spectrogram.pyramid import LevelPyramid


def test_at_its_own_resolution_frames_come_back_unchanged() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (4, 200), dtype=np.uint8)
    pyramid = LevelPyramid(levels)
    assert (pyramid.num_bands, pyramid.num_frames) == (4, 200)
    assert np.array_equal(pyramid.columns(0, 1, 200), levels)


def test_between_frames_it_interpolates() -> None:
    pyramid = LevelPyramid(np.array([[0, 100]], np.uint8))
    assert pyramid.columns(0, 0.5, 4)[0].tolist() == [0, 25, 75, 100]


def test_a_constant_stays_constant_at_every_zoom() -> None:
    pyramid = LevelPyramid(np.full((3, 5_000), 77, np.uint8))
    for frames in (0.1, 1, 3, 40, 900):
        assert np.all(pyramid.columns(0, frames, 5) == 77)


def test_attacks_survive_when_time_is_compressed() -> None:
    levels = np.zeros((1, 4_096), np.uint8)
    levels[0, 1_000] = 255
    seen = LevelPyramid(levels).columns(0, 16, 256)
    assert seen.max() > 60


def test_positions_outside_repeat_the_last_frame() -> None:
    pyramid = LevelPyramid(np.array([[10, 20]], np.uint8))
    assert pyramid.columns(-5, 1, 1)[0, 0] == pytest.approx(10)
    assert pyramid.columns(50, 1, 1)[0, 0] == pytest.approx(20)
