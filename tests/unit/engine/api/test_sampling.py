"""Numbers of steps that shares stand for."""

import pytest

from engine.api import num_reference_steps


@pytest.mark.parametrize(
    ("share", "num_steps", "expected"),
    [(0.0, 25, 0), (0.01, 25, 1), (0.3, 25, 8), (0.5, 50, 25), (0.3, 1, 1)],
)
def test_a_share_of_the_steps_is_a_whole_number(
    share: float, num_steps: int, expected: int
) -> None:
    assert num_reference_steps(share, num_steps) == expected
