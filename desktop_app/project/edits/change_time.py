"""Take time out of a run of clips, or put time into it."""

from dataclasses import dataclass, replace

from desktop_app.project import curves
from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.placement import placed, source_shifted
from desktop_app.project.edits.sound import sound_without_span
from desktop_app.project.errors import EditError
from desktop_app.project.ids import LaneId
from desktop_app.project.lookup import island_span, islands, lane_by_id
from desktop_app.project.project import CurvePoint, Lane, Project, PromptClip
from desktop_app.project.time import MAX_TIMELINE_SAMPLES, Samples, Span


@dataclass(frozen=True, slots=True)
class ChangeTime:
    """Make a run of clips shorter or longer at a place within it.

    Clips behind the place move, those at it become shorter or longer. What lies elsewhere on the
    lane stays. The sound of the run goes, because it lies in the old time; a take that was made for
    the new time is kept in the same step.

    Attributes:
        lane_id: The lane.
        run: From the first clip's start to the last clip's end, as it was when this was planned.
        span: The time that is deleted, or that is inserted where it starts; whole latent frames.
        inserts: Whether it is inserted.
    """

    lane_id: LaneId
    run: Span
    span: Span
    inserts: bool

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Insert time" if self.inserts else "Delete time"

    def apply(self, project: Project) -> Project:
        """Return the project with the other time, or raise :class:`EditError`."""
        lane = lane_by_id(project, self.lane_id)
        run = self.clips(lane)
        if any(clip.is_loop for clip in run):
            raise EditError("The time of a loop cannot be changed. Switch Loop off first.")
        self._require_room(lane)
        changed = [new for clip in run if (new := self._changed(clip)) is not None]
        others = [clip for clip in lane.clips if clip not in run]
        lane = replace(lane, sound=sound_without_span(lane.sound, self.run))
        return with_lane(project, placed(lane, (*others, *changed)))

    def clips(self, lane: Lane) -> tuple[PromptClip, ...]:
        """The clips of the run.

        Raises:
            EditError: They lie no longer where they did.
        """
        for run in islands(lane):
            if island_span(run) == self.run:
                return run
        raise EditError(f"The clips on the lane “{lane.name}” have changed. Select the time again.")

    def moved(self, position: Samples) -> Samples:
        """Where a position in the old time lies in the new one."""
        start, end = self.span.start, self.span.end
        if self.inserts:
            return Samples(position + self.span.duration) if position >= start else position
        if position >= end:
            return Samples(position - self.span.duration)
        return min(position, start)

    def _changed(self, clip: PromptClip) -> PromptClip | None:
        """The clip in the new time; ``None`` if all of it was deleted."""
        start, end = self.moved(clip.span.start), self.moved(clip.span.end)
        if start == end:
            return None
        # Of a sound that the clip starts from, what is deleted at its beginning goes too.
        lost = 0
        if not self.inserts and self.span.start <= clip.span.start < self.span.end:
            lost = self.span.end - clip.span.start
        source = source_shifted(clip.source, Samples(lost))
        return replace(
            clip,
            span=Span(start, end),
            source=source,
            guidance_curve=self._changed_curve(clip.guidance_curve, clip.span, start),
            weight_curve=self._changed_curve(clip.weight_curve, clip.span, start),
        )

    def _changed_curve(
        self, points: tuple[CurvePoint, ...], old: Span, new_start: Samples
    ) -> tuple[CurvePoint, ...]:
        """A clip's curve in the new time: what lies before the place, then what lies behind it."""
        resumed = self.span.start if self.inserts else self.span.end
        left: tuple[CurvePoint, ...] = ()
        right: tuple[CurvePoint, ...] = ()
        if old.start < self.span.start:
            end = min(old.end, self.span.start)
            left = curves.cropped(points, Samples(0), Samples(end - old.start))
        if resumed < old.end:
            first = max(old.start, resumed)
            part = curves.cropped(points, Samples(first - old.start), old.duration)
            right = curves.shifted(part, Samples(self.moved(first) - new_start))
        return curves.joined(left, right)

    def _require_room(self, lane: Lane) -> None:
        if not self.inserts:
            return
        end = self.moved(self.run.end)
        following = [clip.span.start for clip in lane.clips if clip.span.start > self.run.end]
        if end > min(following, default=end):
            raise EditError("The next clips are too near for so much time. Move them first.")
        if end > MAX_TIMELINE_SAMPLES:
            raise EditError("A clip would end after the last hour of the timeline.")
