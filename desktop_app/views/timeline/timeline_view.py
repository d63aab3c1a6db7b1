"""The timeline: one widget of overview, ruler, markers, Everywhere, lanes and their headers."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QWidget
from typing_extensions import override

from desktop_app.project.ids import ClipId, LaneId, TakeId
from desktop_app.project.project import Project
from desktop_app.project.time import Samples
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.empty_hint import EmptyHint
from desktop_app.views.timeline.everywhere_strip import EverywhereStrip
from desktop_app.views.timeline.follow import followed
from desktop_app.views.timeline.geometry import TimelineGeometry
from desktop_app.views.timeline.header_column import HeaderColumn, RulerHeader
from desktop_app.views.timeline.lane_tools import LaneTools
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.lanes_view import LanesView
from desktop_app.views.timeline.marker_row import MarkerRow
from desktop_app.views.timeline.overlay import TimelineOverlay
from desktop_app.views.timeline.overview import Overview
from desktop_app.views.timeline.selection import lane_of, pruned, shown_span, spoken
from desktop_app.views.timeline.time_ruler import TimeRuler
from desktop_app.views.timeline.timeline_keys import TimelineKeys
from desktop_app.views.timeline.timeline_signals import TimelineSignals
from desktop_app.views.timeline.values import (
    FollowMode,
    Grid,
    LaneJob,
    SoundView,
    TakePicture,
    TimelineSelection,
    TimeUnit,
)
from desktop_app.views.timeline.wiring import forward_wishes

_NARROW_WINDOW_PX, _LOW_WINDOW_PX = 1_160, 760
_SCROLL_BAR_PX = 10
_ZOOM_STEP = 1.5
_SILENCE_DB = -120.0
_HINT_GAP_PX = 24


class TimelineView(TimelineSignals):
    """Shows a project on the time axis and tells what the user wants of it.

    It never changes the project: it asks, and shows what it is told. What it holds itself is
    place, zoom, heights of lanes and the selection. Its signals are those of
    :class:`TimelineSignals`.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scene = LanesScene()
        self._follow = FollowMode.PAGE
        self._is_fitted = True
        self._shows_hint = True
        self._build()
        self._connect()
        self.setAccessibleName("Timeline and lanes")
        self.setMinimumSize(480, 240)
        theme.changed.connect(self._on_theme_changed)

    def _build(self) -> None:
        theme, scene = self._theme, self._scene
        self.tools = LaneTools(theme, self)
        self.overview = Overview(theme, scene, self)
        self.ruler_header = RulerHeader(theme, scene, self)
        self.ruler = TimeRuler(theme, scene, self)
        self.markers = MarkerRow(theme, scene, self)
        self.everywhere = EverywhereStrip(theme, scene, self)
        self.headers = HeaderColumn(theme, scene, self)
        self.lanes = LanesView(theme, scene, self)
        self.keys = TimelineKeys(scene, self)
        self._hint = EmptyHint(theme, self.lanes)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setAccessibleName("Scroll lanes")
        self._overlay = TimelineOverlay(theme, scene, self)
        self.setFocusProxy(self.lanes)

    def _connect(self) -> None:
        forward_wishes(
            self,
            lanes=self.lanes,
            keys=self.keys,
            ruler=self.ruler,
            markers=self.markers,
            everywhere=self.everywhere,
            headers=self.headers,
            tools=self.tools,
        )
        self._connect_lanes()
        self._connect_rest()

    def _connect_lanes(self) -> None:
        lanes, keys = self.lanes, self.keys
        lanes.selection_changed.connect(self._on_selection_changed)
        lanes.drag_changed.connect(self._on_drag_changed)
        lanes.scroll_requested.connect(self.scroll_by)
        lanes.zoom_requested.connect(self._on_zoom_requested)
        lanes.heights_requested.connect(self._on_heights_requested)
        lanes.key_pressed.connect(keys.handle)
        keys.edit_requested.connect(self.edit_clip_text)
        keys.select_requested.connect(lanes.select)

    def _connect_rest(self) -> None:
        self.tools.sound_view_requested.connect(self.set_sound_view)
        self.tools.fit_requested.connect(self.fit)
        self.overview.geometry_requested.connect(self.show_geometry)
        self.ruler.zoom_requested.connect(self._on_zoom_requested)
        self.ruler.scroll_requested.connect(self.scroll_by)
        self.ruler_header.unit_requested.connect(self.set_time_unit)
        self.headers.lane_focused.connect(self._on_lane_focused)
        self.headers.resize_requested.connect(self._on_resize_requested)
        self.headers.scroll_requested.connect(self.scroll_by)
        self._bar.valueChanged.connect(self._on_bar_moved)

    # What the view is told.

    @property
    def selection(self) -> TimelineSelection:
        """What is selected."""
        return self._scene.selection

    @property
    def geometry_shown(self) -> TimelineGeometry:
        """Place and zoom."""
        return self._scene.geometry

    def show_project(self, project: Project) -> None:
        """Show another version of the project."""
        before = self._scene.project
        self._scene.show_project(project)
        if before.lanes is not project.lanes:
            self.overview.drop_picture()
            self.lanes.select(pruned(self._scene.selection, project))
        self._show_all()

    def show_playhead(self, position: Samples) -> None:
        """Show the playhead, and go with it if asked to."""
        before, self._scene.playhead = self._scene.playhead, position
        if before == position:
            return
        if not self.lanes.is_dragging:
            geometry = followed(self._scene.geometry, self._follow, before, position)
            if geometry != self._scene.geometry:
                self.show_geometry(geometry)
                return
        self._overlay.move_playhead(before, position)

    def show_selection(self, selection: TimelineSelection) -> None:
        """Show another selection without telling of it."""
        if selection != self._scene.selection:
            self._scene.selection = selection
            self._show_selection()

    def show_take_picture(self, take_id: TakeId, picture: TakePicture | None) -> None:
        """Show what a take looks like; ``None`` forgets it."""
        if picture is None:
            self._scene.pictures.pop(take_id, None)
        else:
            self._scene.pictures[take_id] = picture
        self.lanes.painter.forget_take(take_id)
        self.overview.drop_picture()
        self.lanes.update()

    def show_lane_job(self, lane_id: LaneId, job: LaneJob | None) -> None:
        """Show how far a lane's job is; ``None``: it is over."""
        had_comb = self._scene.row_of(lane_id)
        self._scene.show_job(lane_id, job)
        if job is None:
            self.lanes.painter.forget_job(lane_id)
        row = self._scene.row_of(lane_id)
        if row is None or row != had_comb:
            self._show_all()
            return
        top = row.band.top - self._scene.scroll_y
        self.lanes.update(0, top, self.lanes.width(), row.band.height)
        self.overview.update()

    def show_stale(self, ids: Collection[ClipId | TakeId]) -> None:
        """Mark clips and takes whose sound was made from other words."""
        self._scene.stale = frozenset(ids)
        self.lanes.update()

    def show_levels(self, levels_db: Mapping[LaneId, float]) -> None:
        """Show the lanes' levels in dB; a lane that is not named is silent."""
        for lane_id in self._scene.lanes:
            self.headers.show_level(lane_id, levels_db.get(lane_id, _SILENCE_DB))

    def set_follow(self, mode: FollowMode) -> None:
        """How the view goes with the playhead."""
        self._follow = FollowMode(mode)

    def set_snap(self, is_on: bool, grid: Grid = Grid.ADAPTIVE) -> None:  # noqa: FBT001
        """Whether, and to what, positions snap."""
        self._scene.is_snapping = is_on
        self._scene.grid = Grid(grid)

    def set_loop_enabled(self, is_enabled: bool) -> None:  # noqa: FBT001
        """Whether the loop is in force; it is drawn paler when not."""
        self._scene.is_loop_enabled = is_enabled
        self.ruler.update()

    def set_sound_view(self, view: SoundView) -> None:
        """What is shown of the sound."""
        self._scene.sound_view = SoundView(view)
        self.tools.show_sound_view(self._scene.sound_view)
        self._scene.lay_out()
        self._show_all()

    def show_hint(self, *, is_shown: bool) -> None:
        """Whether an empty project says below its lanes how to begin."""
        self._shows_hint = is_shown
        self._show_all()

    def set_time_unit(self, unit: TimeUnit) -> None:
        """What the ruler counts."""
        self._scene.unit = TimeUnit(unit)
        self.ruler_header.show_unit()
        self._show_all()

    def edit_clip_text(self, clip_id: ClipId) -> None:
        """Scroll to a clip and open the field for its words."""
        self.scroll_to_clip(clip_id)
        self.lanes.edit_clip_text(clip_id)

    def scroll_to_clip(self, clip_id: ClipId) -> None:
        """Bring a clip's beginning and its lane into view."""
        lane = lane_of(self._scene.lanes, clip_id)
        row = self._scene.row_of(lane.id) if lane is not None else None
        if lane is None or row is None:
            return
        span = next(clip.span for clip in lane.clips if clip.id == clip_id)
        self.show_geometry(self._scene.geometry.revealing(span))
        lowest = row.band.bottom - self.lanes.height()
        self._bar.setValue(max(min(self._bar.value(), row.band.top), lowest))

    # Place and zoom.

    def show_geometry(self, geometry: TimelineGeometry) -> None:
        """Show this part of the timeline."""
        dpr = self.devicePixelRatioF()
        aligned = round(geometry.scroll_px * dpr) / dpr
        wanted = geometry if aligned == geometry.scroll_px else geometry.scrolled_to(aligned)
        if wanted == self._scene.geometry:
            return
        self._is_fitted = wanted == wanted.fitted()
        self._scene.geometry = wanted
        self._update_time_area()
        self.geometry_changed.emit(wanted)

    def zoom_in(self) -> None:
        """Larger, about the playhead if it is in view."""
        self._on_zoom_requested(_ZOOM_STEP, self._zoom_centre())

    def zoom_out(self) -> None:
        """Smaller."""
        self._on_zoom_requested(1 / _ZOOM_STEP, self._zoom_centre())

    def fit(self) -> None:
        """Everything in view."""
        self.show_geometry(self._scene.geometry.fitted())

    def to_selection(self) -> None:
        """The selected time or clips fill the view."""
        span = shown_span(self._scene.selection, self._scene.project.lanes)
        if span is not None:
            self.show_geometry(self._scene.geometry.to_span(span))

    def scroll_by(self, right_px: float, down_px: float) -> None:
        """Scroll by so many pixels."""
        if right_px:
            geometry = self._scene.geometry
            self.show_geometry(geometry.scrolled_to(geometry.scroll_px + right_px))
        if down_px:
            self._bar.setValue(self._bar.value() + round(down_px))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour("canvas"))
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._abandon_gesture():
            return
        self.keys.handle(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def _abandon_gesture(self) -> bool:
        return any(part.abandon_gesture() for part in (self.lanes, self.ruler, self.markers))

    def _lay_out(self) -> None:
        metric = self._theme.metric
        is_narrow = self.window().width() < _NARROW_WINDOW_PX
        left = metric("lane_header_min" if is_narrow else "lane_header")
        right = max(self.width() - left, 1)
        has_overview = self.window().height() >= _LOW_WINDOW_PX
        top = metric("overview")
        self.tools.setGeometry(0, 0, left, top)
        self.overview.setGeometry(left, 0, right, top)
        self.overview.setVisible(has_overview)
        ruler_top = top
        self.ruler.setGeometry(left, top, right, metric("ruler"))
        top += metric("ruler")
        self.markers.setGeometry(left, top, right, metric("marker_row"))
        top += metric("marker_row")
        self.everywhere.setGeometry(left, top, right, metric("everywhere_strip"))
        top += metric("everywhere_strip")
        self.ruler_header.setGeometry(0, ruler_top, left, top - ruler_top)
        height = max(self.height() - top, 1)
        self.headers.setGeometry(0, top, left, height)
        self.lanes.setGeometry(left, top, right, height)
        self._bar.setGeometry(self.width() - _SCROLL_BAR_PX, top, _SCROLL_BAR_PX, height)
        self._overlay.setGeometry(left, ruler_top, right, self.height() - ruler_top)
        self._overlay.set_lanes_top(top - ruler_top)
        self._overlay.raise_()
        self._bar.raise_()
        geometry = self._scene.geometry
        self._scene.geometry = (
            geometry.stretched_to(right) if self._is_fitted else geometry.resized(right)
        )
        self._show_all()

    def _show_all(self) -> None:
        """Places may have changed: bring scroll bar, headers and drawing up to date."""
        over = max(self.lanes.content_height - self.lanes.height(), 0)
        self._bar.setRange(0, over)
        self._bar.setPageStep(self.lanes.height())
        self._bar.setSingleStep(20)
        self._bar.setVisible(over > 0)
        self._scene.scroll_y = self._bar.value()
        hint_top = self.lanes.content_height + _HINT_GAP_PX
        hint_height = max(self.lanes.height() - hint_top, 0)
        self._hint.setGeometry(0, hint_top, self.lanes.width(), hint_height)
        self._hint.setVisible(self._shows_hint and self._scene.is_empty and hint_height > 0)
        self.headers.show_lanes()
        self._update_time_area()

    def _update_time_area(self) -> None:
        for part in (self.overview, self.ruler, self.markers, self.everywhere, self.lanes):
            part.update()

    def _show_selection(self) -> None:
        self.headers.show_lanes()
        self.ruler.update()
        self.lanes.update()
        self._overlay.update()
        words = spoken(self._scene.selection, self._scene.project.lanes)
        self.lanes.setAccessibleDescription(words)

    def _zoom_centre(self) -> float:
        geometry = self._scene.geometry
        x = geometry.x_at(self._scene.playhead)
        return x if 0 <= x <= geometry.width_px else geometry.width_px / 2

    def _on_zoom_requested(self, factor: float, about_x: float) -> None:
        self.show_geometry(self._scene.geometry.zoomed(factor, about_x))

    def _on_heights_requested(self, difference_px: float) -> None:
        self._scene.change_heights(difference_px)
        self._show_all()

    def _on_resize_requested(self, lane_id: LaneId, height_px: int) -> None:
        self._scene.set_height(lane_id, height_px)
        self._show_all()

    def _on_selection_changed(self, selection: TimelineSelection) -> None:
        self._show_selection()
        self.selection_changed.emit(selection)

    def _on_lane_focused(self, lane_id: LaneId) -> None:
        self.lanes.select(self._scene.focus(lane_id))

    def _on_drag_changed(self) -> None:
        offset = QPointF(0, self.lanes.y() - self.ruler.y())
        self._overlay.show_drag(self.lanes.drag_span, self.lanes.pointer + offset)

    def _on_bar_moved(self, value: int) -> None:
        self._scene.scroll_y = value
        self.headers.show_lanes()
        self.lanes.update()

    def _on_theme_changed(self) -> None:
        self.lanes.painter.clear()
        self.overview.drop_picture()
        self.update()
        for child in self.findChildren(QWidget):
            child.update()
