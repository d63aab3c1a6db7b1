"""All that the lanes show at a moment. Holds values and derives places; no Qt."""

from collections.abc import Mapping
from dataclasses import replace

from desktop_app.project.ids import ClipId, LaneId, TakeId
from desktop_app.project.project import CurveKind, Lane, Project, PromptClip
from desktop_app.project.time import Samples, Span
from desktop_app.views.timeline.curve_layout import CurveAxis, CurveSpot, curve_band, spot_at
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.gestures import Ghost
from desktop_app.views.timeline.hit_testing import Hit, Part, hit_at
from desktop_app.views.timeline.lane_layout import LaneRow, clamped_height, lane_rows
from desktop_app.views.timeline.snap import Snap
from desktop_app.views.timeline.ticks import Tempo, TickScale, grid_interval, tick_scale
from desktop_app.views.timeline.values import (
    Grid,
    JobState,
    LaneJob,
    SoundView,
    TakePicture,
    TimelineSelection,
    TimeUnit,
)

_SNAP_REACH_PX = 6.0


class LanesScene:
    """What is told to the timeline, and the places that follow from it."""

    def __init__(self) -> None:
        self.project = Project()
        self.lanes: Mapping[LaneId, Lane] = {}
        self.geometry = TimelineGeometry(samples_per_px=1.0).fitted()
        self.rows: tuple[LaneRow, ...] = ()
        self.selection = TimelineSelection()
        self.pictures: dict[TakeId, TakePicture] = {}
        self.jobs: dict[LaneId, LaneJob] = {}
        self.stale: frozenset[ClipId | TakeId] = frozenset()
        self.playhead = Samples(0)
        self.hover = Hit(part=Part.NOTHING)
        self.ghost: Ghost | None = None
        self.curve_kind: CurveKind | None = None
        self.curve_point: CurveSpot | None = None
        self.curve_hover: CurveSpot | None = None
        self.is_curve_dragged = False
        self.sound_view = SoundView.BOTH
        self.unit = TimeUnit.MIN_SEC
        self.grid = Grid.ADAPTIVE
        self.is_snapping = True
        self.is_loop_enabled = True
        self.scroll_y = 0
        self._heights: dict[LaneId, int] = {}

    @property
    def tempo(self) -> Tempo:
        """The project's bar grid."""
        return Tempo(bpm=self.project.tempo_bpm, beats_per_bar=self.project.beats_per_bar)

    @property
    def scale(self) -> TickScale:
        """The ruler's ticks at the present zoom."""
        return tick_scale(self.geometry, self.unit, self.tempo)

    @property
    def grid_step(self) -> int:
        """One step of the grid, in samples."""
        return max(1, round(grid_interval(self.grid, self.scale, self.tempo)))

    @property
    def is_empty(self) -> bool:
        """Whether no clip and no take was made yet."""
        return not any(lane.clips or lane.takes for lane in self.project.lanes)

    def show_project(self, project: Project) -> None:
        """Take over another version of the project."""
        self.project = project
        self.lanes = {lane.id: lane for lane in project.lanes}
        self.geometry = self.geometry.for_content(project.end)
        self.lay_out()

    def show_job(self, lane_id: LaneId, job: LaneJob | None) -> None:
        """Take over how far a lane's job is."""
        if job is None:
            self.jobs.pop(lane_id, None)
        else:
            self.jobs[lane_id] = job
        self.lay_out()

    def set_height(self, lane_id: LaneId, height_px: float) -> None:
        """Give a lane another height."""
        self._heights[lane_id] = clamped_height(height_px)
        self.lay_out()

    def change_heights(self, difference_px: float) -> None:
        """Make all open lanes higher or lower."""
        for row in self.rows:
            self._heights[row.lane_id] = clamped_height(self.height_of(row.lane_id) + difference_px)
        self.lay_out()

    def height_of(self, lane_id: LaneId) -> int:
        """Height of a lane when it is open."""
        return self._heights.get(lane_id, 172)

    def lay_out(self) -> None:
        """Find the places again."""
        combs = [
            lane_id
            for lane_id, job in self.jobs.items()
            if job.state is JobState.RUNNING and job.num_windows
        ]
        self.rows = lane_rows(self.project.lanes, self._heights, self.sound_view, combs)

    def row_of(self, lane_id: LaneId) -> LaneRow | None:
        """The place of a lane."""
        return next((row for row in self.rows if row.lane_id == lane_id), None)

    def hit(self, x: float, y: float) -> Hit:
        """What lies at a point of the view."""
        return hit_at(x, y + self.scroll_y, self.rows, self.lanes, self.geometry)

    @property
    def curve_axis(self) -> CurveAxis | None:
        """Where curves are drawn: over the focused lane, if they are shown and it is open."""
        lane_id = self.selection.focused_lane
        row = self.row_of(lane_id) if lane_id is not None else None
        band = curve_band(row) if row is not None else None
        if self.curve_kind is None or band is None:
            return None
        return CurveAxis(kind=self.curve_kind, band=band)

    @property
    def curve_clips(self) -> tuple[PromptClip, ...]:
        """The clips whose curves are drawn."""
        lane_id = self.selection.focused_lane
        lane = self.lanes.get(lane_id) if lane_id is not None else None
        return lane.clips if lane is not None and self.curve_axis is not None else ()

    def curve_spot(self, x: float, y: float) -> CurveSpot | None:
        """What of the curves lies at a point of the view."""
        axis = self.curve_axis
        if axis is None or not axis.band.contains(y + self.scroll_y):
            return None
        return spot_at(x, y + self.scroll_y, self.curve_clips, axis, self.geometry)

    def snap(self, excluded: frozenset[ClipId] = frozenset()) -> Snap:
        """What positions are drawn to while clips other than ``excluded`` stay."""
        edges = [
            edge
            for lane in self.project.lanes
            for clip in lane.clips
            if clip.id not in excluded
            for edge in (clip.span.start, clip.span.end)
        ]
        markers = [marker.position for marker in self.project.markers]
        return Snap(
            interval=grid_interval(self.grid, self.scale, self.tempo),
            is_on=self.is_snapping,
            targets=tuple(sorted({*edges, *markers, self.playhead})),
            reach=round(_SNAP_REACH_PX * self.geometry.samples_per_px),
        )

    def is_silenced(self, lane: Lane) -> bool:
        """Whether a lane cannot be heard: muted, or others are solo."""
        has_solo = any(other.is_soloed for other in self.project.lanes)
        return lane.is_muted or (has_solo and not lane.is_soloed)

    def has_sound(self, lane: Lane, span: Span) -> bool:
        """Whether something plays in ``span``."""
        return any(block.span.intersects(span) for block in lane.sound)

    def is_stale(self, lane: Lane, clip: PromptClip) -> bool:
        """Whether what plays in a clip was made from other words."""
        return clip.id in self.stale or any(
            block.take_id in self.stale and block.span.intersects(clip.span) for block in lane.sound
        )

    def stale_spans(self, lane: Lane) -> list[Span]:
        """Where a lane's sound was made from other words; nowhere while it is made again."""
        if lane.id in self.jobs:
            return []
        clips = [clip.span for clip in lane.clips if clip.id in self.stale]
        covered = [span for span in clips if self.has_sound(lane, span)]
        blocks = [block.span for block in lane.sound if block.take_id in self.stale]
        others = [span for span in blocks if not any(span.intersects(other) for other in covered)]
        return covered + others

    def focus(self, lane_id: LaneId | None) -> TimelineSelection:
        """The selection with another lane in focus."""
        return replace(self.selection, focused_lane=lane_id)
