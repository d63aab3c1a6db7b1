"""Snapping of positions to a grid and to what lies near. No Qt."""

from dataclasses import dataclass

from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Snap:
    """What positions are drawn to.

    Attributes:
        interval: Samples between grid positions, above 0.
        is_on: Whether anything snaps.
        targets: Positions that attract from nearby: clip edges, markers, the playhead.
        reach: How near, in samples.
    """

    interval: float
    is_on: bool = True
    targets: tuple[Samples, ...] = ()
    reach: int = 0

    def position(self, position: float) -> Samples:
        """The snapped position, within the timeline."""
        snapped = self._unbounded(position) if self.is_on else round(position)
        return Samples(min(max(snapped, 0), MAX_TIMELINE_SAMPLES))

    def _unbounded(self, position: float) -> int:
        near = min(self.targets, key=lambda target: abs(target - position), default=None)
        if near is not None and abs(near - position) <= self.reach:
            return near
        return round(round(position / self.interval) * self.interval)

    def delta(self, start: Samples, end: Samples, delta: float) -> int:
        """A shift of a range that brings its start, or where a target is nearer its end, to a snap.

        The range never leaves the beginning of the timeline.
        """
        if not self.is_on:
            return max(round(delta), -start)
        by_start = self.position(start + delta) - start
        by_end = self._unbounded(end + delta)
        if by_end in self.targets and abs(by_end - end - delta) < abs(by_start - delta):
            by_start = by_end - end
        return max(by_start, -start)
