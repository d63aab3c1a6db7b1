"""Drags of points on curves, from press to release. No Qt."""

from typing import Protocol

from desktop_app.project.curves import curve_of
from desktop_app.project.ids import ClipId
from desktop_app.project.project import CurvePoint, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.curve_layout import CurveAxis, clip_value, rounded
from desktop_app.views.timeline.gestures import THRESHOLD_PX, Ghost, Pointer, Scene

FINE_SHARE = 0.1
"""How much of the hand's way a point goes while Shift is held."""


class CurveWishes(Protocol):
    """Receives the wishes of a drag, always as the total change since it began."""

    def begin(self, label: str) -> None:
        """What follows until :meth:`end` is one step of undo."""
        ...

    def end(self, *, is_kept: bool) -> None:
        """The gesture is over: kept, or taken back."""
        ...

    def add_point(self, clip_id: ClipId, index: int, point: CurvePoint) -> None:
        """One more point, which gets this place among them."""
        ...

    def move_point(self, clip_id: ClipId, index: int, point: CurvePoint) -> None:
        """A point elsewhere."""
        ...


class DragCurvePoint:
    """Drags a point in time and value; a new one is there from the press on.

    Args:
        scene: The timeline at the press.
        axis: Values to heights.
        press: Where the pointer is.
        clip: The clip before the drag.
        index: The point, or the place of the new one.
        room: First and last time that it may have; see ``curve_layout.room_for``.
        wishes: Hears of every change.
        new_at: Where in the clip a new point begins; ``None`` drags one that is there.
    """

    def __init__(
        self,
        scene: Scene,
        axis: CurveAxis,
        press: Pointer,
        clip: PromptClip,
        index: int,
        room: tuple[Samples, Samples],
        wishes: CurveWishes,
        new_at: Samples | None = None,
    ) -> None:
        self._scene = scene
        self._axis = axis
        self._clip = clip
        self._index = index
        self._room = room
        self._wishes = wishes
        self._is_new = new_at is not None
        if new_at is None:
            self._before = curve_of(clip, axis.kind)[index]
        else:
            value = rounded(axis.kind, clip_value(clip, axis.kind, new_at), is_fine=True)
            self._before = CurvePoint(new_at, value)
        self._point = self._before
        self._start_x = scene.geometry.x_at(clip.span.start + self._before.position)
        self._x, self._y = self._start_x, axis.y_at(self._before.value)
        self._start_y = self._y
        self._last = press
        self._has_begun = False
        self._leaves_time = self._leaves_value = False
        if self._is_new:
            self._begin()
            self._send()

    @property
    def ghost(self) -> Ghost | None:
        """Nothing: the point itself moves."""
        return None

    @property
    def marked(self) -> Span | None:
        """Nothing: the point says its value itself."""
        return None

    def move(self, pointer: Pointer) -> None:
        """Ask for the point to be here."""
        share = FINE_SHARE if pointer.is_fine else 1.0
        self._x += (pointer.x - self._last.x) * share
        self._y += (pointer.y - self._last.y) * share
        self._last = pointer
        threshold = 1.0 if pointer.is_fine else THRESHOLD_PX
        # Up and down leaves the time alone, to and fro the value, until the hand means both.
        self._leaves_time |= abs(self._x - self._start_x) >= threshold
        self._leaves_value |= abs(self._y - self._start_y) >= threshold
        if not (self._leaves_time or self._leaves_value):
            return
        point = CurvePoint(self._position(pointer), self._value(pointer))
        if point != self._point:
            self._begin()
            self._point = point
            self._send()

    def release(self) -> None:
        """Keep it."""
        if self._has_begun:
            self._wishes.end(is_kept=True)

    def abandon(self) -> None:
        """Take it back."""
        if self._has_begun:
            self._wishes.end(is_kept=False)

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            verb = "Add" if self._is_new else "Move"
            self._wishes.begin(f"{verb} {self._axis.kind} point")

    def _send(self) -> None:
        ask = self._wishes.add_point if self._is_new else self._wishes.move_point
        ask(self._clip.id, self._index, self._point)

    def _position(self, pointer: Pointer) -> Samples:
        if not self._leaves_time:
            return self._before.position
        place = self._scene.geometry.samples_at(self._x)
        if not pointer.is_fine:
            place = self._scene.snap_for(pointer).position(place)
        first, last = self._room
        return Samples(min(max(place - self._clip.span.start, first), last))

    def _value(self, pointer: Pointer) -> float:
        if not self._leaves_value:
            return self._before.value
        value = self._axis.value_at(self._y)
        return rounded(self._axis.kind, value, is_fine=pointer.is_fine)
