"""What is selected: shared by the timeline, the inspector and the commands; never saved."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop_app.document import Document
from desktop_app.project.ids import ClipId, LaneId
from desktop_app.project.project import Lane, Project, PromptClip
from desktop_app.views.timeline.values import TimelineSelection


class Selection(QObject):
    """Holds the selection and drops what is no longer in the project.

    Signals:
        changed (TimelineSelection): Something else is selected.
    """

    changed = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._value = TimelineSelection()
        document.changed.connect(self._on_document_changed)

    @property
    def value(self) -> TimelineSelection:
        """What is selected."""
        return self._value

    @property
    def clips(self) -> tuple[PromptClip, ...]:
        """The selected clips, by lane and start."""
        wanted = self._value.clip_ids
        lanes = self._document.project.lanes
        return tuple(clip for lane in lanes for clip in lane.clips if clip.id in wanted)

    @property
    def lane(self) -> Lane | None:
        """The lane that is meant: the focused one, or that of the first selected clip."""
        lanes = self._document.project.lanes
        for lane in lanes:
            if any(clip.id in self._value.clip_ids for clip in lane.clips):
                return lane
        return next((lane for lane in lanes if lane.id == self._value.focused_lane), None)

    def set(self, value: TimelineSelection) -> None:
        """Select something else."""
        if value != self._value:
            self._value = value
            self.changed.emit(value)

    def select_clips(self, clip_ids: frozenset[ClipId], lane_id: LaneId | None = None) -> None:
        """Select clips and nothing else."""
        focused = lane_id if lane_id is not None else self._value.focused_lane
        self.set(TimelineSelection(clip_ids=clip_ids, focused_lane=focused))

    def _on_document_changed(self, before: Project, after: Project) -> None:
        if before.lanes is after.lanes:
            return
        clip_ids = {clip.id for lane in after.lanes for clip in lane.clips}
        lane_ids = {lane.id for lane in after.lanes}
        focused = self._value.focused_lane
        lanes = tuple(lane_id for lane_id in self._value.lane_ids if lane_id in lane_ids)
        self.set(
            replace(
                self._value,
                clip_ids=self._value.clip_ids & clip_ids,
                lane_ids=lanes,
                span=self._value.span if lanes else None,
                focused_lane=focused if focused in lane_ids else None,
            )
        )
