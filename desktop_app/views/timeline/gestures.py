"""Drags on the lanes, from press to release, as state machines. No Qt.

A gesture is fed with pointer positions and speaks through :class:`Wishes`. It keeps what it needs
from the moment of the press, because the project changes under it while its wishes are granted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.lane_layout import LaneRow, nearest_index, rows_between
from desktop_app.views.timeline.snap import Snap
from desktop_app.views.timeline.values import TimelineSelection
from desktop_app.views.timeline.wishes import Wishes

THRESHOLD_PX = 4.0
MIN_CLIP_DURATION = Samples(1_920)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Where the pointer is, from the top left of the time area and the first lane.

    Attributes:
        is_free: Ctrl or Alt is held: nothing snaps.
        is_fine: Shift is held: points of curves go a tenth of the way.
    """

    x: float
    y: float
    is_free: bool = False
    is_fine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a gesture needs to know about the timeline when it begins."""

    geometry: TimelineGeometry
    rows: Sequence[LaneRow]
    snap: Snap

    def snap_for(self, pointer: Pointer) -> Snap:
        """The snap under the keys held."""
        return replace(self.snap, is_on=False) if pointer.is_free else self.snap


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A preview that only the view shows: clips to come."""

    spans: tuple[tuple[int | None, Span], ...]
    """Index of the lane (``None``: a new one) and place."""


class Gesture(Protocol):
    """A drag under way."""

    @property
    def ghost(self) -> Ghost | None:
        """What to preview."""
        ...

    @property
    def marked(self) -> Span | None:
        """What the drag label tells, or ``None`` before the drag has begun."""
        ...

    def move(self, pointer: Pointer) -> None:
        """The pointer is elsewhere."""
        ...

    def release(self) -> None:
        """The button is up."""
        ...

    def abandon(self) -> None:
        """Esc: nothing happened."""
        ...


def _has_moved(press: Pointer, pointer: Pointer) -> bool:
    return max(abs(pointer.x - press.x), abs(pointer.y - press.y)) >= THRESHOLD_PX


class MoveClips:
    """Drags selected clips in time and across lanes; a press without a drag calls ``on_click``."""

    def __init__(
        self,
        scene: Scene,
        press: Pointer,
        grabbed: PromptClip,
        clip_ids: frozenset[ClipId],
        earliest: Samples,
        wishes: Wishes,
        on_click: Callable[[], None],
    ) -> None:
        self._scene = scene
        self._press = press
        self._grabbed = grabbed.span
        self._clip_ids = clip_ids
        self._earliest = earliest
        self._wishes = wishes
        self._on_click = on_click
        self._has_begun = False
        self._sent = (0, 0)

    @property
    def ghost(self) -> Ghost | None:
        """Nothing: the clips themselves move."""
        return None

    @property
    def marked(self) -> Span | None:
        """Where the grabbed clip goes."""
        return self._grabbed.moved(Samples(self._sent[0])) if self._has_begun else None

    def move(self, pointer: Pointer) -> None:
        """Ask for the shift to here."""
        if not self._has_begun:
            if not _has_moved(self._press, pointer):
                return
            self._has_begun = True
            count = len(self._clip_ids)
            self._wishes.begin("Move clip" if count == 1 else f"Move {count} clips")
        distance = self._scene.geometry.samples_in(pointer.x - self._press.x)
        snap = self._scene.snap_for(pointer)
        delta = snap.delta(self._grabbed.start, self._grabbed.end, distance)
        delta = max(delta, -self._earliest)
        rows = self._scene.rows
        lane_delta = nearest_index(rows, pointer.y) - nearest_index(rows, self._press.y)
        if (delta, lane_delta) != self._sent:
            self._sent = (delta, lane_delta)
            self._wishes.move_clips(self._clip_ids, delta, lane_delta)

    def release(self) -> None:
        """Keep it, or click."""
        if self._has_begun:
            self._wishes.end(is_kept=True)
        else:
            self._on_click()

    def abandon(self) -> None:
        """Take it back."""
        if self._has_begun:
            self._wishes.end(is_kept=False)


class DuplicateClips:
    """Drags copies of clips in time; they come into being on release."""

    def __init__(
        self,
        scene: Scene,
        press: Pointer,
        grabbed: PromptClip,
        clips: Sequence[tuple[int, PromptClip]],
        wishes: Wishes,
        on_click: Callable[[], None],
    ) -> None:
        self._scene = scene
        self._press = press
        self._grabbed = grabbed.span
        self._clips = tuple(clips)
        self._wishes = wishes
        self._on_click = on_click
        self._has_begun = False
        self._delta = 0

    @property
    def ghost(self) -> Ghost | None:
        """Where the copies would be."""
        if not self._has_begun:
            return None
        spans = tuple((row, clip.span.moved(Samples(self._delta))) for row, clip in self._clips)
        return Ghost(spans=spans)

    @property
    def marked(self) -> Span | None:
        """Where the copy of the grabbed clip goes."""
        return self._grabbed.moved(Samples(self._delta)) if self._has_begun else None

    def move(self, pointer: Pointer) -> None:
        """Shift the ghosts. Ctrl begins this gesture, so only Alt bypasses the snap."""
        if not self._has_begun and not _has_moved(self._press, pointer):
            return
        self._has_begun = True
        distance = self._scene.geometry.samples_in(pointer.x - self._press.x)
        snap = self._scene.snap_for(pointer)
        delta = snap.delta(self._grabbed.start, self._grabbed.end, distance)
        self._delta = max(delta, -min(clip.span.start for _, clip in self._clips))

    def release(self) -> None:
        """Ask for the copies, or click."""
        if not self._has_begun:
            self._on_click()
        elif self._delta:
            ids = frozenset(clip.id for _, clip in self._clips)
            self._wishes.duplicate_clips(ids, self._delta)

    def abandon(self) -> None:
        """No copies."""


class TrimClip:
    """Drags the start or the end of a clip."""

    def __init__(
        self, scene: Scene, press: Pointer, clip: PromptClip, wishes: Wishes, *, is_start: bool
    ) -> None:
        self._scene = scene
        self._press = press
        self._clip_id = clip.id
        self._before = clip.span
        self._is_start = is_start
        self._wishes = wishes
        self._has_begun = False
        self._span = clip.span

    @property
    def ghost(self) -> Ghost | None:
        """Nothing: the clip itself changes."""
        return None

    @property
    def marked(self) -> Span | None:
        """The clip's place now."""
        return self._span if self._has_begun else None

    def move(self, pointer: Pointer) -> None:
        """Ask for the edge to be here."""
        if not self._has_begun:
            if not _has_moved(self._press, pointer):
                return
            self._has_begun = True
            self._wishes.begin("Trim clip")
        distance = self._scene.geometry.samples_in(pointer.x - self._press.x)
        span = self._trimmed(self._scene.snap_for(pointer), distance)
        if span != self._span:
            self._span = span
            self._wishes.trim_clip(self._clip_id, span)

    def _trimmed(self, snap: Snap, distance: int) -> Span:
        start, end = self._before.start, self._before.end
        if self._is_start:
            return Span(Samples(min(snap.position(start + distance), end - MIN_CLIP_DURATION)), end)
        return Span(start, Samples(max(snap.position(end + distance), start + MIN_CLIP_DURATION)))

    def release(self) -> None:
        """Keep it."""
        if self._has_begun:
            self._wishes.end(is_kept=True)

    def abandon(self) -> None:
        """Take it back."""
        if self._has_begun:
            self._wishes.end(is_kept=False)


class DrawClip:
    """Draws a new clip on an empty stretch of a strip."""

    def __init__(
        self,
        scene: Scene,
        press: Pointer,
        row: LaneRow | None,
        wishes: Wishes,
        on_click: Callable[[], None],
    ) -> None:
        self._scene = scene
        self._press = press
        self._row = row
        self._wishes = wishes
        self._on_click = on_click
        self._has_begun = False
        self._span: Span | None = None

    @property
    def ghost(self) -> Ghost | None:
        """The clip to come."""
        if self._span is None:
            return None
        return Ghost(spans=((self._row.index if self._row else None, self._span),))

    @property
    def marked(self) -> Span | None:
        """Its place."""
        return self._span

    def move(self, pointer: Pointer) -> None:
        """Draw to here."""
        if not self._has_begun and not _has_moved(self._press, pointer):
            return
        self._has_begun = True
        self._span = _drawn_span(self._scene, self._press, pointer)

    def release(self) -> None:
        """Ask for the clip, or click."""
        if not self._has_begun:
            self._on_click()
        elif self._span is not None and self._span.duration >= MIN_CLIP_DURATION:
            self._wishes.add_clip(self._row.lane_id if self._row else None, self._span)

    def abandon(self) -> None:
        """No clip."""
        self._span = None


class SelectTime:
    """Selects time and lanes by dragging over the sound."""

    def __init__(
        self,
        scene: Scene,
        press: Pointer,
        before: TimelineSelection,
        wishes: Wishes,
        on_click: Callable[[], None],
        *,
        adds_lanes: bool = False,
        extends: bool = False,
    ) -> None:
        self._scene = scene
        self._press = press
        self._before = before
        self._wishes = wishes
        self._on_click = on_click
        self._kept_lanes = before.lane_ids if adds_lanes else ()
        self._anchor = press
        self._has_begun = False
        self._span: Span | None = None
        if extends and before.span is not None:
            self._anchor = replace(press, x=_farther_end(scene.geometry, before.span, press.x))
            self._has_begun = True
            self.move(press)

    @property
    def ghost(self) -> Ghost | None:
        """Nothing: the selection shows itself."""
        return None

    @property
    def marked(self) -> Span | None:
        """The selected time."""
        return self._span

    def move(self, pointer: Pointer) -> None:
        """Select from the press to here."""
        if not self._has_begun and not _has_moved(self._press, pointer):
            return
        self._has_begun = True
        # Ctrl held from the press on means "add a lane", so it does not free the snap.
        span = _drawn_span(self._scene, self._anchor, pointer)
        if span is None:
            return
        self._span = span
        dragged = rows_between(self._scene.rows, self._press.y, pointer.y)
        wanted = {*self._kept_lanes, *dragged}
        lane_ids = tuple(row.lane_id for row in self._scene.rows if row.lane_id in wanted)
        focused: LaneId | None = dragged[0] if dragged else self._before.focused_lane
        self._wishes.select(TimelineSelection(span=span, lane_ids=lane_ids, focused_lane=focused))

    def release(self) -> None:
        """Click, if nothing was dragged."""
        if not self._has_begun:
            self._on_click()

    def abandon(self) -> None:
        """Back to the old selection."""
        if self._has_begun:
            self._wishes.select(self._before)


def _drawn_span(scene: Scene, anchor: Pointer, pointer: Pointer) -> Span | None:
    snap = scene.snap_for(pointer)
    ends = sorted(snap.position(scene.geometry.samples_at(x)) for x in (anchor.x, pointer.x))
    return Span(ends[0], ends[1]) if ends[1] > ends[0] else None


def _farther_end(geometry: TimelineGeometry, span: Span, x: float) -> float:
    start, end = geometry.x_at(span.start), geometry.x_at(span.end)
    return start if abs(x - start) > abs(x - end) else end
