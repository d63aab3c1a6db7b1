"""Which gesture begins with a press on the lanes. No Qt."""

from desktop_app.project.ids import ClipId
from desktop_app.project.project import Lane, PromptClip
from desktop_app.project.time import Samples
from desktop_app.views.timeline.gestures import (
    DrawClip,
    DuplicateClips,
    Gesture,
    MoveClips,
    Pointer,
    Scene,
    SelectTime,
    TrimClip,
)
from desktop_app.views.timeline.hit_testing import Hit, Part
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.selection import clicked, with_lane
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.timeline.wishes import Wishes

_BODY = (Part.CLIP, Part.WEIGHT_TAG)
_EDGES = (Part.CLIP_START, Part.CLIP_END)


def gesture_at(
    scene: LanesScene,
    hit: Hit,
    press: Pointer,
    wishes: Wishes,
    *,
    has_control: bool = False,
    has_shift: bool = False,
) -> Gesture | None:
    """The gesture that a press begins.

    Args:
        scene: What is shown.
        hit: What was pressed.
        press: Where.
        wishes: Hears of selections at once and of the rest while the pointer moves.
        has_control: Ctrl is held.
        has_shift: Shift is held.
    """
    lane = scene.lanes.get(hit.lane_id) if hit.lane_id is not None else None
    if hit.clip_id is not None and lane is not None:
        return _on_clip(
            scene, hit, lane, hit.clip_id, press, wishes, has_control=has_control,
            has_shift=has_shift,
        )  # fmt: skip
    if hit.part is Part.SOUND and lane is not None:
        return _on_sound(scene, lane, press, wishes, adds=has_control, extends=has_shift)
    if hit.part in (Part.STRIP, Part.NEW_LANE):
        row = scene.row_of(lane.id) if lane is not None else None
        around = Scene(geometry=scene.geometry, rows=scene.rows, snap=scene.snap())

        def focus() -> None:
            wishes.select(with_lane(scene.selection, lane.id if lane is not None else None))

        return DrawClip(around, press, row, wishes, focus)
    return None


def _on_clip(
    scene: LanesScene,
    hit: Hit,
    lane: Lane,
    clip_id: ClipId,
    press: Pointer,
    wishes: Wishes,
    *,
    has_control: bool,
    has_shift: bool,
) -> Gesture:
    before = scene.selection
    clip = next(clip for clip in lane.clips if clip.id == clip_id)
    if hit.part in _EDGES and not has_control and not has_shift:
        wishes.select(clicked(before, lane, clip_id))
        around = _scene_without(scene, frozenset({clip_id}))
        return TrimClip(around, press, clip, wishes, is_start=hit.part is Part.CLIP_START)
    if has_control:
        return _copying(scene, lane, clip_id, press, wishes)
    selection = clicked(before, lane, clip_id, extends=has_shift)
    wishes.select(selection)

    def collapse() -> None:
        if not has_shift:
            only = TimelineSelection(clip_ids=frozenset({clip_id}), focused_lane=lane.id)
            wishes.select(only)

    ids = selection.clip_ids
    chosen = [c.span.start for _, c in _chosen(scene, ids)]
    earliest = min(chosen, default=Samples(0))
    return MoveClips(_scene_without(scene, ids), press, clip, ids, earliest, wishes, collapse)


def _copying(
    scene: LanesScene, lane: Lane, clip_id: ClipId, press: Pointer, wishes: Wishes
) -> Gesture:
    """Ctrl: a drag copies, a click changes the selection."""
    before = scene.selection
    ids = before.clip_ids if clip_id in before.clip_ids else frozenset({clip_id})
    clip = next(clip for clip in lane.clips if clip.id == clip_id)

    def toggle() -> None:
        wishes.select(clicked(before, lane, clip_id, toggles=True))

    around = Scene(geometry=scene.geometry, rows=scene.rows, snap=scene.snap())
    return DuplicateClips(around, press, clip, _chosen(scene, ids), wishes, toggle)


def _on_sound(
    scene: LanesScene, lane: Lane, press: Pointer, wishes: Wishes, *, adds: bool, extends: bool
) -> Gesture:
    around = Scene(geometry=scene.geometry, rows=scene.rows, snap=scene.snap())

    def place_playhead() -> None:
        if not adds:
            wishes.select(with_lane(scene.selection, lane.id))
            wishes.seek(around.snap.position(scene.geometry.samples_at(press.x)))

    return SelectTime(
        around, press, scene.selection, wishes, place_playhead, adds_lanes=adds, extends=extends
    )


def _scene_without(scene: LanesScene, excluded: frozenset[ClipId]) -> Scene:
    return Scene(geometry=scene.geometry, rows=scene.rows, snap=scene.snap(excluded))


def _chosen(scene: LanesScene, ids: frozenset[ClipId]) -> list[tuple[int, PromptClip]]:
    return [
        (index, clip)
        for index, lane in enumerate(scene.project.lanes)
        for clip in lane.clips
        if clip.id in ids
    ]
