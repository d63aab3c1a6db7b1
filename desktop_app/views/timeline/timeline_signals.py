"""The signals of the timeline."""

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

OF_MARKERS = (
    "marker_add_requested", "marker_move_requested", "marker_rename_requested",
    "marker_remove_requested", "marker_menu_requested",
)  # fmt: skip
OF_HEADERS = (
    "lane_add_requested", "lane_change_requested", "lane_menu_requested", "lane_move_requested",
    "lane_remove_requested", "takes_requested",
)  # fmt: skip
OF_LANES_AND_KEYS = (
    "clip_add_requested", "clip_trim_requested", "clip_weight_requested",
    "clips_duplicate_requested", "clips_move_requested",
)  # fmt: skip
OF_CURVES = (
    "curve_point_add_requested", "curve_point_move_requested", "curve_point_remove_requested",
)  # fmt: skip


class TimelineSignals(QWidget):
    """What the timeline tells.

    Signals (wishes about the project; between ``gesture_started`` and ``gesture_ended`` they carry
    the total change since the gesture began):
        gesture_started (str): A drag begins; its name for undo.
        gesture_ended (bool): The drag is kept, or taken back.
        clip_add_requested (LaneId or None for a new lane, Span)
        clips_move_requested (frozenset of ClipId, int delta, int lane_delta)
        clip_trim_requested (ClipId, Span)
        clips_duplicate_requested (frozenset of ClipId, int delta)
        clips_remove_requested (frozenset of ClipId)
        clip_split_requested (ClipId, Samples)
        clip_text_requested (ClipId, str)
        clip_weight_requested (ClipId, float)
        curve_point_add_requested (ClipId, CurveKind, CurvePoint),
        curve_point_move_requested (ClipId, CurveKind, int, CurvePoint),
        curve_point_remove_requested (ClipId, CurveKind, int)
        everywhere_requested (str)
        lane_add_requested ()
        lane_change_requested (LaneId, dict of fields of ``ChangeLane``)
        lane_remove_requested (LaneId)
        lane_move_requested (LaneId, int index)
        marker_add_requested (Samples), marker_move_requested (MarkerId, Samples),
        marker_rename_requested (MarkerId, str), marker_remove_requested (MarkerId)
        loop_requested (Span or None)

    Signals about everything else:
        seek_requested (Samples)
        selection_changed (TimelineSelection): It is shown already.
        cancel_requested (str job_id)
        takes_requested (LaneId): The takes button of a lane.
        reading_changed (str): Time, Hz, note and dB under the pointer; empty outside.
        geometry_changed (TimelineGeometry): Another place or zoom.
        lane_menu_requested (LaneId, QPoint), clip_menu_requested (ClipId, QPoint),
        marker_menu_requested (MarkerId, QPoint): At a point of the screen.
    """

    gesture_started = Signal(str)
    gesture_ended = Signal(bool)
    clip_add_requested = Signal(object, object)
    clips_move_requested = Signal(object, int, int)
    clip_trim_requested = Signal(object, object)
    clips_duplicate_requested = Signal(object, object)
    clips_remove_requested = Signal(object)
    clip_split_requested = Signal(object, object)
    clip_text_requested = Signal(object, str)
    clip_weight_requested = Signal(object, float)
    curve_point_add_requested = Signal(object, object, object)
    curve_point_move_requested = Signal(object, object, int, object)
    curve_point_remove_requested = Signal(object, object, int)
    everywhere_requested = Signal(str)
    lane_add_requested = Signal()
    lane_change_requested = Signal(object, dict)
    lane_remove_requested = Signal(object)
    lane_move_requested = Signal(object, int)
    marker_add_requested = Signal(object)
    marker_move_requested = Signal(object, object)
    marker_rename_requested = Signal(object, str)
    marker_remove_requested = Signal(object)
    loop_requested = Signal(object)
    seek_requested = Signal(object)
    selection_changed = Signal(object)
    cancel_requested = Signal(str)
    takes_requested = Signal(object)
    reading_changed = Signal(str)
    geometry_changed = Signal(object)
    lane_menu_requested = Signal(object, QPoint)
    clip_menu_requested = Signal(object, QPoint)
    marker_menu_requested = Signal(object, QPoint)


def forward(source: QObject, target: QObject, *names: str) -> None:
    """Let ``target`` send its signals of these names whenever ``source`` sends its own."""
    for name in names:
        getattr(source, name).connect(getattr(target, name))
