"""A press on the ruler: a click seeks, a drag makes or changes the loop. No Qt."""

from dataclasses import replace

from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.gestures import THRESHOLD_PX
from desktop_app.views.timeline.snap import Snap

_EDGE_PX = 8.0


class RulerGesture:
    """From press to release.

    Args:
        geometry: The time transform.
        snap: What positions are drawn to.
        loop: The loop before.
        x: Where the press was.
        is_on_bar: The press was on the loop's bar, so that it may take one of its ends.
    """

    def __init__(
        self,
        geometry: TimelineGeometry,
        snap: Snap,
        loop: Span | None,
        x: float,
        *,
        is_on_bar: bool,
    ) -> None:
        self._geometry = geometry
        self._snap = snap
        self._press_x = x
        self._fixed = _kept_end(geometry, loop, x) if loop is not None and is_on_bar else None
        self._last: Span | None = None
        self.has_begun = False

    @property
    def clicked_position(self) -> Samples:
        """Where a click seeks to: exactly where it was."""
        return self._geometry.samples_at(self._press_x)

    def loop_at(self, x: float, *, is_free: bool = False) -> Span | None:
        """The loop for a pointer at ``x``, or ``None`` if nothing changes."""
        if not self.has_begun and abs(x - self._press_x) < THRESHOLD_PX:
            return None
        snap = replace(self._snap, is_on=False) if is_free else self._snap
        fixed = self._fixed
        if fixed is None:
            fixed = snap.position(self._geometry.samples_at(self._press_x))
        ends = sorted((fixed, snap.position(self._geometry.samples_at(x))))
        if ends[0] == ends[1]:
            return None
        loop = Span(ends[0], ends[1])
        if loop == self._last:
            return None
        self._last = loop
        self.has_begun = True
        return loop


def _kept_end(geometry: TimelineGeometry, loop: Span, x: float) -> Samples | None:
    """The end that stays when the other one is taken."""
    if abs(geometry.x_at(loop.start) - x) <= _EDGE_PX:
        return loop.end
    if abs(geometry.x_at(loop.end) - x) <= _EDGE_PX:
        return loop.start
    return None
