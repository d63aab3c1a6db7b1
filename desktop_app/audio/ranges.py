"""Sets of whole numbers as ranges that do not touch."""

from collections.abc import Iterator


class Ranges:
    """Half-open ranges, joined where they touch or overlap, in order."""

    def __init__(self) -> None:
        self._ranges: tuple[tuple[int, int], ...] = ()

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """The ranges in order."""
        return iter(self._ranges)

    def add(self, start: int, end: int) -> None:
        """Add the numbers from ``start`` to ``end - 1``; none if the range is empty."""
        if end <= start:
            return
        apart = []
        for other in self._ranges:
            if other[1] < start or other[0] > end:
                apart.append(other)
            else:
                start, end = min(start, other[0]), max(end, other[1])
        self._ranges = tuple(sorted((*apart, (start, end))))

    def run_end(self, position: int) -> int:
        """Where the range that holds ``position`` ends; ``position`` itself if none does."""
        return next((end for start, end in self if start <= position < end), position)

    def missing(self, start: int, end: int) -> list[tuple[int, int]]:
        """What of a range is not there."""
        missing = []
        for there_start, there_end in self._ranges:
            if there_end <= start or there_start >= end:
                continue
            if there_start > start:
                missing.append((start, there_start))
            start = max(start, there_end)
        if start < end:
            missing.append((start, end))
        return missing
