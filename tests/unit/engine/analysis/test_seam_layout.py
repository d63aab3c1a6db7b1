"""The layout without torch agrees with the engine's, and with the loudness meter."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.audio.meters import LoudnessMeter
from engine.analysis import seam_layout
from engine.analysis.spectra import loudness_lufs, weighted_powers
from engine.longform.windows import window_grid


@given(
    num_frames=st.integers(1, 3_000),
    sizes=st.sampled_from([(256, 128), (256, 64), (256, 192), (128, 64), (16, 8)]),
)
def test_seams_are_where_two_windows_count_half(num_frames: int, sizes: tuple[int, int]) -> None:
    window, stride = sizes
    layout = seam_layout(window=window, stride=stride)
    grid = window_grid(
        0, num_frames, window=window, stride=stride, time_multiple=8, ramp=layout.ramp
    )

    expected = []
    for index in range(grid.num_windows - 1):
        weights = grid.weights(index).numpy()
        falls = np.flatnonzero((weights < 0.5) & (np.arange(len(weights)) > window // 2))
        expected.append(grid.starts[index] + int(falls[0]))

    heard = [frame for frame in expected if frame < num_frames - 1]
    assert layout.seam_frames(num_frames).tolist() == heard


@pytest.mark.parametrize(
    ("window", "stride", "ramp"), [(256, 0, 32), (256, 300, 32), (256, 192, 80), (256, 128, -2)]
)
def test_numbers_that_do_not_fit_are_refused(window: int, stride: int, ramp: int) -> None:
    with pytest.raises(ValueError, match="must"):
        seam_layout(window=window, stride=stride, ramp=ramp)


def test_loudness_agrees_with_the_meter() -> None:
    sound = 0.1 * np.random.default_rng(0).standard_normal(3 * 48_000).astype(np.float32)
    meter = LoudnessMeter()
    meter.add(np.stack([sound, sound], axis=1))

    measured = loudness_lufs(np.asarray(weighted_powers(sound, 48_000).mean()))

    assert float(measured) == pytest.approx(meter.short_term_lufs, abs=0.01)


def test_the_report_loads_without_torch_and_qt() -> None:
    code = (
        "import sys, engine.analysis;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'PySide6')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
