import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.views.timeline.comb import comb_fill


@given(num_windows=st.integers(1, 200), fraction=st.floats(-1, 2))
def test_the_comb_never_lies_about_how_much_is_done(num_windows: int, fraction: float) -> None:
    fill = comb_fill(num_windows, fraction)
    assert fill.shape == (num_windows,)
    assert fill.mean() == pytest.approx(min(max(fraction, 0), 1), abs=1e-6)


def test_the_comb_is_a_staircase_that_walks_to_the_right() -> None:
    early, late = comb_fill(20, 0.3), comb_fill(20, 0.6)
    assert np.all(np.diff(early) <= 0)
    assert np.all(late >= early)
    assert early[0] > early[10]
