"""How much memory the engine may take, in the words of people."""

import pytest

from desktop_app.memory import MOST_GIB, STANDARD_GIB, memory_budget_bytes
from engine.api import STANDARD_MEMORY_BUDGET_BYTES, EngineError


@pytest.mark.parametrize(("gib", "expected"), [(0, 0), (0.5, 1 << 29), (MOST_GIB, 1 << 40)])
def test_gibibytes_become_bytes(gib: float, expected: int) -> None:
    assert memory_budget_bytes(gib) == expected


def test_the_usual_amount_is_the_engines() -> None:
    assert memory_budget_bytes(STANDARD_GIB) == STANDARD_MEMORY_BUDGET_BYTES


@pytest.mark.parametrize("gib", [-1, 1025, float("nan"), float("inf")])
def test_nonsense_is_refused_with_a_way_out(gib: float) -> None:
    with pytest.raises(EngineError, match=r"GiB of memory make no sense. Choose 0 .* 3 are usual"):
        memory_budget_bytes(gib)
