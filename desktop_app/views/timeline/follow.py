"""When the view goes with the playhead. No Qt."""

from desktop_app.project.time import Samples
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.values import FollowMode

_MARGIN_PX = 24.0
_LARGEST_STEP = Samples(24_000)


def followed(
    geometry: TimelineGeometry, mode: FollowMode, before: Samples, position: Samples
) -> TimelineGeometry:
    """The part of the timeline to show for a playhead that went from ``before`` to ``position``.

    A page is turned only when the playhead runs out of view by itself: who scrolls away is left
    alone, and who seeks to somewhere out of view is taken there.
    """
    x_before, x = geometry.x_at(before), geometry.x_at(position)
    is_jump = not 0 <= position - before <= _LARGEST_STEP
    was_in_view = 0 <= x_before <= geometry.width_px
    if mode is FollowMode.OFF or not (is_jump or was_in_view):
        return geometry
    if mode is FollowMode.CENTRE:
        return geometry.scrolled_to(geometry.scroll_px + x - geometry.width_px / 2)
    if 0 <= x <= geometry.width_px:
        return geometry
    return geometry.scrolled_to(geometry.scroll_px + x - _MARGIN_PX)
