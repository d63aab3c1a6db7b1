"""What gestures ask for. The view turns it into signals; tests write it down. No Qt."""

from typing import Protocol

from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.values import TimelineSelection


class Wishes(Protocol):
    """Receives the wishes of a gesture, always as the total change since it began."""

    def begin(self, label: str) -> None:
        """What follows until :meth:`end` is one step of undo."""
        ...

    def end(self, *, is_kept: bool) -> None:
        """The gesture is over: kept, or taken back."""
        ...

    def move_clips(self, clip_ids: frozenset[ClipId], delta: int, lane_delta: int) -> None:
        """Shift clips in time and to other lanes."""
        ...

    def trim_clip(self, clip_id: ClipId, span: Span) -> None:
        """Give a clip another start or end."""
        ...

    def duplicate_clips(self, clip_ids: frozenset[ClipId], delta: int) -> None:
        """Copies of clips, shifted in time."""
        ...

    def add_clip(self, lane_id: LaneId | None, span: Span) -> None:
        """A new clip, on a new lane if ``lane_id`` is ``None``."""
        ...

    def select(self, selection: TimelineSelection) -> None:
        """Another selection."""
        ...

    def seek(self, position: Samples) -> None:
        """The playhead elsewhere."""
        ...
