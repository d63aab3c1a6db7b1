"""The time transform that everything in the timeline shares. No Qt."""

from dataclasses import dataclass, replace

from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span

INSET_PX = 8
"""Time zero lies this far from the lane headers, so that what begins there is whole."""

DEFAULT_DURATION = Samples(180 * 48_000)
"""What an empty project shows."""

_START = Samples(0)
_MIN_SAMPLES_PER_PX = 4.0
_MARGIN_PX = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineGeometry:
    """Timeline samples to pixels and back.

    Attributes:
        samples_per_px: Timeline samples in a pixel.
        scroll_px: Pixels that are scrolled away at the left, at least 0.
        width_px: Width of the time area.
        content_end: End of the project; bounds zoom and scroll.
    """

    samples_per_px: float
    scroll_px: float = 0.0
    width_px: int = 800
    content_end: Samples = _START

    def x_at(self, position: float) -> float:
        """The x of a position, in pixels from the left edge of the time area."""
        return INSET_PX + position / self.samples_per_px - self.scroll_px

    def samples_at(self, x: float) -> Samples:
        """The position nearest to ``x``, within the timeline."""
        samples = round((x - INSET_PX + self.scroll_px) * self.samples_per_px)
        return Samples(min(max(samples, 0), MAX_TIMELINE_SAMPLES))

    def samples_in(self, distance_px: float) -> int:
        """Whole samples in a distance, which may be negative."""
        return round(distance_px * self.samples_per_px)

    @property
    def shown_end(self) -> Samples:
        """What "everything" means: the content, or the default of an empty project."""
        return self.content_end or DEFAULT_DURATION

    @property
    def max_samples_per_px(self) -> float:
        """The widest zoom: twice the content."""
        shown = max(self.shown_end, DEFAULT_DURATION)
        return max(2.0 * shown / self.inner_width_px, _MIN_SAMPLES_PER_PX)

    @property
    def max_scroll_px(self) -> float:
        """Scroll at which the end of the content still lies in the middle."""
        end_px = max(self.shown_end, DEFAULT_DURATION) / self.samples_per_px
        return max(0.0, end_px - self.inner_width_px * 0.5)

    @property
    def visible(self) -> tuple[Samples, Samples]:
        """First and last position in view."""
        return self.samples_at(0), self.samples_at(self.width_px)

    def resized(self, width_px: int) -> "TimelineGeometry":
        """The same place and zoom in another width."""
        return replace(self, width_px=max(width_px, 1))

    def stretched_to(self, width_px: int) -> "TimelineGeometry":
        """The same time in another width."""
        wider = self.resized(width_px)
        zoom = self.samples_per_px * self.inner_width_px / wider.inner_width_px
        return replace(wider, samples_per_px=zoom)

    def for_content(self, end: Samples) -> "TimelineGeometry":
        """The same place and zoom for content that ends elsewhere."""
        return replace(self, content_end=end)

    def scrolled_to(self, scroll_px: float) -> "TimelineGeometry":
        """Another place, within bounds."""
        return replace(self, scroll_px=min(max(scroll_px, 0.0), self.max_scroll_px))

    def zoomed(self, factor: float, about_x: float) -> "TimelineGeometry":
        """Larger (``factor`` above 1) or smaller, the time at ``about_x`` staying where it is."""
        return self.at_zoom(self.samples_per_px / factor, about_x)

    def at_zoom(self, samples_per_px: float, about_x: float) -> "TimelineGeometry":
        """Another zoom, the time at ``about_x`` staying where it is."""
        zoom = min(max(samples_per_px, _MIN_SAMPLES_PER_PX), self.max_samples_per_px)
        fixed = (about_x - INSET_PX + self.scroll_px) * self.samples_per_px
        moved = replace(self, samples_per_px=zoom)
        return moved.scrolled_to(fixed / zoom - (about_x - INSET_PX))

    def revealing(self, span: Span) -> "TimelineGeometry":
        """The same place, or one where ``span`` begins in view if nothing of it is."""
        if (
            self.x_at(span.end) >= _MARGIN_PX
            and self.x_at(span.start) <= self.width_px - _MARGIN_PX
        ):
            return self
        return self.scrolled_to(self.scroll_px + self.x_at(span.start) - _MARGIN_PX)

    def fitted(self) -> "TimelineGeometry":
        """Everything in view."""
        return replace(self, samples_per_px=self.shown_end / self.inner_width_px, scroll_px=0.0)

    def to_span(self, span: Span) -> "TimelineGeometry":
        """``span`` fills the view."""
        zoom = max(span.duration / self.inner_width_px, _MIN_SAMPLES_PER_PX)
        return replace(self, samples_per_px=zoom).scrolled_to(span.start / zoom)

    @property
    def inner_width_px(self) -> float:
        """Width without the insets, at least 1."""
        return max(self.width_px - 2.0 * INSET_PX, 1.0)
