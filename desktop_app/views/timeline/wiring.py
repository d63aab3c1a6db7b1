"""Which part of the timeline tells which of its wishes; the timeline hands them on as its own."""

from desktop_app.views.timeline.everywhere_strip import EverywhereStrip
from desktop_app.views.timeline.header_column import HeaderColumn
from desktop_app.views.timeline.lane_tools import LaneTools
from desktop_app.views.timeline.lanes_view import LanesView
from desktop_app.views.timeline.marker_row import MarkerRow
from desktop_app.views.timeline.time_ruler import TimeRuler
from desktop_app.views.timeline.timeline_keys import TimelineKeys
from desktop_app.views.timeline.timeline_signals import (
    OF_CURVES,
    OF_HEADERS,
    OF_LANES_AND_KEYS,
    OF_MARKERS,
    TimelineSignals,
    forward,
)


def forward_wishes(
    target: TimelineSignals,
    *,
    lanes: LanesView,
    keys: TimelineKeys,
    ruler: TimeRuler,
    markers: MarkerRow,
    everywhere: EverywhereStrip,
    headers: HeaderColumn,
    tools: LaneTools,
) -> None:
    """Let ``target`` send whatever its parts ask for."""
    for part in (lanes, lanes.curves, ruler, markers, headers):
        forward(part, target, "gesture_started", "gesture_ended")
    for source in (lanes, keys):
        forward(source, target, *OF_LANES_AND_KEYS)
    for seeker in (lanes, keys, ruler, markers):
        seeker.seek_requested.connect(target.seek_requested)
    forward(
        lanes,
        target,
        "clip_text_requested",
        "clip_menu_requested",
        "lane_menu_requested",
        "reading_changed",
    )
    forward(keys, target, "clips_remove_requested", "clip_split_requested", "cancel_requested")
    forward(lanes.curves, target, *OF_CURVES)
    forward(markers, target, *OF_MARKERS)
    forward(headers, target, *OF_HEADERS)
    forward(tools, target, "lane_add_requested")
    forward(ruler, target, "loop_requested")
    forward(everywhere, target, "everywhere_requested")
