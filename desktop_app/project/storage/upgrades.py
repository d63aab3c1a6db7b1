"""Reading files of older versions: one small step from each version to the next.

A step takes the data of the whole file as the old version wrote them and returns them as the next
version would have. Steps are never changed once released.
"""

from collections.abc import Callable, Mapping

Step = Callable[[dict[str, object]], dict[str, object]]


def _from_1(data: dict[str, object]) -> dict[str, object]:
    """Version 2 knows more about takes, lanes and clips; what is missing takes its default."""
    return {**data, "version": 2}


STEPS: Mapping[int, Step] = {1: _from_1}
"""Version to the step that leads to the next one."""


def upgraded(
    data: dict[str, object], version: int, newest: int, steps: Mapping[int, Step] = STEPS
) -> dict[str, object]:
    """The data as the newest version would have written them.

    Args:
        data: Contents of a file.
        version: The version that wrote it, at most ``newest``.
        newest: The version that is wanted.
        steps: Version to step.

    Raises:
        KeyError: A step is missing, so the version was never released.
    """
    for number in range(version, newest):
        data = steps[number](data)
    return data
