"""Tests of the comb of a job."""

import numpy as np
import pytest

from desktop_app.views.timeline.comb import comb_fill, even_fill


def walked(num_windows: int, num_steps: int, lag: int, num_diagonals: int) -> list[float]:
    """The engine's diagonals, one after the other."""
    done = [0] * num_windows
    for diagonal in range(num_diagonals):
        for window in range(num_windows):
            if (diagonal - window) % lag == 0 and 0 <= (diagonal - window) // lag < num_steps:
                done[window] += 1
    return [steps / num_steps for steps in done]


@pytest.mark.parametrize(("num_windows", "num_steps", "lag"), [(1, 5, 2), (6, 8, 2), (23, 3, 4)])
def test_the_staircase_is_the_one_that_the_engine_walks(
    num_windows: int, num_steps: int, lag: int
) -> None:
    for num_diagonals in range(num_windows + lag * (num_steps - 1) + 1):
        expected = walked(num_windows, num_steps, lag, num_diagonals)
        got = comb_fill(num_windows, num_steps, float(np.mean(expected)), lag)
        np.testing.assert_array_equal(got, expected)


def test_it_is_full_at_the_end_and_empty_before() -> None:
    assert comb_fill(7, 10, 0.0, 2).max() == 0
    assert comb_fill(7, 10, 1.0, 2).min() == 1


def test_the_first_window_is_finished_long_before_the_last_has_begun() -> None:
    fill = comb_fill(60, 10, 0.5, 2)
    assert fill[0] == 1
    assert fill[-1] == 0


def test_steps_that_all_windows_finish_together_fill_it_evenly() -> None:
    np.testing.assert_array_equal(even_fill(3, 0.25), [0.25, 0.25, 0.25])
