"""How much memory the engine may take for a piece, as people say it. Pure functions."""

from engine.api import STANDARD_MEMORY_BUDGET_BYTES, EngineError

MOST_GIB = 1024
STANDARD_GIB = STANDARD_MEMORY_BUDGET_BYTES / 2**30


def memory_budget_bytes(gib: float) -> int:
    """What a number of GiB means in ``GenerateRequest.memory_budget_bytes``.

    Args:
        gib: 0 (everything is kept in files) to 1024.

    Raises:
        EngineError: The number makes no sense.
    """
    if not 0.0 <= gib <= MOST_GIB:
        raise EngineError(
            f"{gib:g} GiB of memory make no sense.",
            f"Choose 0 (everything in files) to {MOST_GIB}; {STANDARD_GIB:g} are usual.",
        )
    return round(gib * 2**30)
