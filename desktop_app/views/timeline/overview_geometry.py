"""The overview's own time transform and what a drag on it means. No Qt."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from desktop_app.project.time import Samples
from desktop_app.views.timeline.geometry import TimelineGeometry

_GRIP_PX = 8.0


class OverviewPart(Enum):
    """What the pointer is over."""

    LEFT_GRIP = auto()
    RIGHT_GRIP = auto()
    FRAME = auto()
    OUTSIDE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewGeometry:
    """The whole piece in a strip.

    Attributes:
        width_px: Width of the strip.
        timeline: What the timeline shows.
    """

    width_px: int
    timeline: TimelineGeometry

    @property
    def total(self) -> Samples:
        """What the strip shows from end to end: all content, and all that is in view."""
        return max(self.timeline.shown_end, self.timeline.visible[1])

    @property
    def samples_per_px(self) -> float:
        """Timeline samples in a pixel of the strip."""
        return self.total / max(self.width_px, 1)

    @property
    def frame(self) -> tuple[float, float]:
        """Left and right end of the part in view, in pixels."""
        first, last = self.timeline.visible
        return first / self.samples_per_px, last / self.samples_per_px

    def part_at(self, x: float) -> OverviewPart:
        """What lies at ``x``."""
        left, right = self.frame
        if abs(x - left) <= _GRIP_PX:
            return OverviewPart.LEFT_GRIP
        if abs(x - right) <= _GRIP_PX:
            return OverviewPart.RIGHT_GRIP
        return OverviewPart.FRAME if left < x < right else OverviewPart.OUTSIDE

    def panned(self, distance_px: float) -> TimelineGeometry:
        """The timeline after the frame was dragged."""
        distance = distance_px * self.samples_per_px / self.timeline.samples_per_px
        return self.timeline.scrolled_to(self.timeline.scroll_px + distance)

    def centred(self, x: float) -> TimelineGeometry:
        """The timeline with ``x`` in the middle of the view."""
        middle = x * self.samples_per_px / self.timeline.samples_per_px
        return self.timeline.scrolled_to(middle - self.timeline.width_px / 2)

    def stretched(self, part: OverviewPart, x: float) -> TimelineGeometry:
        """The timeline after a grip was dragged to ``x``; the other end stays."""
        first, last = self.timeline.visible
        at = x * self.samples_per_px
        smallest = 16 * self.timeline.width_px
        if part is OverviewPart.LEFT_GRIP:
            first = Samples(round(min(max(at, 0), last - smallest)))
        else:
            last = Samples(round(max(at, first + smallest)))
        zoom = max(last - first, 1) / max(self.timeline.width_px, 1)
        zoom = min(zoom, self.timeline.max_samples_per_px)
        return replace(self.timeline, samples_per_px=zoom).scrolled_to(first / zoom)
