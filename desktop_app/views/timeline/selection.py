"""How clicks and keys change the selection. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Project, PromptClip
from desktop_app.project.time import Span
from desktop_app.views.timeline.ticks import clock_text
from desktop_app.views.timeline.values import TimelineSelection


def clicked(
    selection: TimelineSelection,
    lane: Lane,
    clip_id: ClipId,
    *,
    toggles: bool = False,
    extends: bool = False,
) -> TimelineSelection:
    """The selection after a press on a clip.

    Args:
        selection: Before.
        lane: The clip's lane.
        clip_id: The clip.
        toggles: Ctrl: the clip joins or leaves.
        extends: Shift: all clips of the lane from the selected ones to this one.
    """
    if toggles:
        clip_ids = selection.clip_ids ^ {clip_id}
    elif extends:
        clip_ids = selection.clip_ids | _range(selection, lane, clip_id)
    elif clip_id in selection.clip_ids:
        clip_ids = selection.clip_ids
    else:
        clip_ids = frozenset({clip_id})
    return TimelineSelection(clip_ids=clip_ids, focused_lane=lane.id)


def _range(selection: TimelineSelection, lane: Lane, clip_id: ClipId) -> frozenset[ClipId]:
    order = [clip.id for clip in lane.clips]
    anchors = [order.index(name) for name in order if name in selection.clip_ids]
    here = order.index(clip_id)
    first, last = min([*anchors, here]), max([*anchors, here])
    return frozenset(order[first : last + 1])


def with_lane(selection: TimelineSelection, lane_id: LaneId | None) -> TimelineSelection:
    """Only a lane in focus; nothing else is selected."""
    return replace(TimelineSelection(), focused_lane=lane_id or selection.focused_lane)


def pruned(selection: TimelineSelection, project: Project) -> TimelineSelection:
    """The selection without what no longer exists; the very same object if all exists."""
    lane_ids = {lane.id for lane in project.lanes}
    clip_ids = {clip.id for lane in project.lanes for clip in lane.clips}
    kept_lanes = tuple(lane_id for lane_id in selection.lane_ids if lane_id in lane_ids)
    focused = selection.focused_lane if selection.focused_lane in lane_ids else None
    kept = TimelineSelection(
        clip_ids=selection.clip_ids & clip_ids,
        span=selection.span if kept_lanes or not selection.lane_ids else None,
        lane_ids=kept_lanes,
        focused_lane=focused,
    )
    return selection if kept == selection else kept


def selected_clips(selection: TimelineSelection, lanes: Sequence[Lane]) -> list[PromptClip]:
    """The selected clips, lane by lane."""
    return [clip for lane in lanes for clip in lane.clips if clip.id in selection.clip_ids]


def shown_span(selection: TimelineSelection, lanes: Sequence[Lane]) -> Span | None:
    """What the ruler tints: the selected time, or the selected clips from first to last."""
    if selection.span is not None:
        return selection.span
    clips = selected_clips(selection, lanes)
    if not clips:
        return None
    return Span(min(clip.span.start for clip in clips), max(clip.span.end for clip in clips))


def spoken(selection: TimelineSelection, lanes: Sequence[Lane]) -> str:
    """What is selected, in words: "Lane Rain. Heavy rain, gusting wind. 0:44 to 1:52"."""
    words = [f"Lane {lane.name}" for lane in lanes if lane.id == selection.focused_lane]
    for clip in selected_clips(selection, lanes):
        words.append(clip.prompt.text or "No words yet")
        words.append(f"{clock_text(clip.span.start)} to {clock_text(clip.span.end)}")
        if clip.weight != 1.0:
            words.append(f"Weight {clip.weight:g}")
    return ". ".join(words)


def lane_of(lanes: Mapping[LaneId, Lane], clip_id: ClipId) -> Lane | None:
    """The lane that holds a clip."""
    for lane in lanes.values():
        if any(clip.id == clip_id for clip in lane.clips):
            return lane
    return None


def beside(
    selection: TimelineSelection, lanes: Sequence[Lane], step: int
) -> TimelineSelection | None:
    """The next (``step`` 1) or previous (-1) clip of the focused lane selected.

    Returns:
        ``None`` when the lane has no clip there.
    """
    lane = next((lane for lane in lanes if lane.id == selection.focused_lane), None)
    if lane is None or not lane.clips:
        return None
    chosen = [index for index, clip in enumerate(lane.clips) if clip.id in selection.clip_ids]
    if not chosen:
        index = 0 if step > 0 else len(lane.clips) - 1
    else:
        index = (chosen[-1] if step > 0 else chosen[0]) + step
    if not 0 <= index < len(lane.clips):
        return None
    return TimelineSelection(clip_ids=frozenset({lane.clips[index].id}), focused_lane=lane.id)


def above_or_below(
    selection: TimelineSelection, lanes: Sequence[Lane], step: int
) -> TimelineSelection | None:
    """The lane below (``step`` 1) or above (-1) in focus, its clip nearest in time selected."""
    order = [lane.id for lane in lanes]
    if not order:
        return None
    if selection.focused_lane not in order:
        return TimelineSelection(focused_lane=order[0])
    index = order.index(selection.focused_lane) + step
    if not 0 <= index < len(order):
        return None
    chosen = selected_clips(selection, lanes)
    lane = lanes[index]
    if not chosen or not lane.clips:
        return TimelineSelection(focused_lane=lane.id)
    centre = (chosen[0].span.start + chosen[0].span.end) / 2
    nearest = min(lane.clips, key=lambda clip: _distance(clip.span, centre))
    return TimelineSelection(clip_ids=frozenset({nearest.id}), focused_lane=lane.id)


def _distance(span: Span, position: float) -> float:
    return max(span.start - position, position - span.end, 0.0)
