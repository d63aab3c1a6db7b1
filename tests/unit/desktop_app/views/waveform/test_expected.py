import numpy as np
import pytest

from desktop_app.project.time import Samples
from desktop_app.views.waveform.expected import (
    expected_heights,
    expected_opacity,
    num_mel_frames,
)


def test_louder_previews_have_higher_bars() -> None:
    levels = np.repeat(np.array([[60, 140, 220]], np.uint8), 8, axis=0)
    heights = expected_heights(levels, 0, 480, 3)
    assert heights[0] < heights[1] < heights[2] <= 1


def test_beyond_the_preview_nothing_is_expected() -> None:
    levels = np.full((8, 4), 200, np.uint8)
    heights = expected_heights(levels, -960, 960, 5)
    assert heights.tolist() == pytest.approx([0, heights[1], heights[1], 0, 0])
    assert heights[1] > 0


def test_bars_gain_opacity_with_the_steps() -> None:
    assert expected_opacity(0.0) < expected_opacity(0.5) < expected_opacity(1.0) < 0.7
    assert expected_opacity(5.0) == expected_opacity(1.0)


def test_mel_frames_cover_the_whole_duration() -> None:
    assert num_mel_frames(Samples(481)) == 2
