"""Draws the lanes: grounds, grid, sound, jobs and clips."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from desktop_app.project.ids import LaneId, TakeId
from desktop_app.project.project import LANE_COLOURS, Lane
from desktop_app.project.time import Samples, Span
from desktop_app.views.theme.theme import Theme
from desktop_app.views.timeline.clip_layout import CLIP_PX, ClipBox, clip_boxes
from desktop_app.views.timeline.clip_painter import ClipLook, ClipPainter
from desktop_app.views.timeline.curve_painter import CurvePainter
from desktop_app.views.timeline.hit_testing import Part
from desktop_app.views.timeline.job_painter import JobPainter
from desktop_app.views.timeline.lane_layout import GAP_PX, LaneRow
from desktop_app.views.timeline.lanes_scene import LanesScene
from desktop_app.views.timeline.painting import centred_text, draw_tag, hairline, text_width
from desktop_app.views.timeline.sound_painter import Canvas, Sound, SoundPainter
from desktop_app.views.timeline.values import JobState

_SILENCED, _WAITING, _STALE = 0.35, 0.45, 0.58
_HATCH_PX = 9


class LanesPainter:
    """Draws a :class:`LanesScene`.

    Args:
        theme: Colours and type.
        scene: What to draw; read at every call.
    """

    def __init__(self, theme: Theme, scene: LanesScene) -> None:
        self._theme = theme
        self._scene = scene
        self._sounds = SoundPainter(theme)
        self._jobs = JobPainter(theme, self._sounds)
        self._clips = ClipPainter(theme)
        self._curves = CurvePainter(theme, scene)
        self._strips: dict[LaneId, tuple[tuple[object, ...], QPixmap]] = {}

    def forget_take(self, take_id: TakeId) -> None:
        """A take has another picture, or none."""
        self._sounds.forget(take_id)

    def forget_job(self, lane_id: LaneId) -> None:
        """A lane's job is over."""
        self._jobs.forget(lane_id)

    def clear(self) -> None:
        """The colours changed."""
        self._sounds.clear()
        self._strips.clear()

    @property
    def is_complete(self) -> bool:
        """Whether the last frame showed everything sharply; if not, draw another one."""
        return self._sounds.is_complete

    def paint(self, painter: QPainter, rect: QRectF, dpr: float, *, has_focus: bool) -> None:
        """Draw what lies in ``rect`` of the view."""
        scene = self._scene
        canvas = Canvas(
            geometry=scene.geometry, dpr=dpr, left=rect.left(), right=rect.right() + 1,
            scroll_y=scene.scroll_y,
        )  # fmt: skip
        self._sounds.begin_frame()
        painter.fillRect(rect, self._theme.colour("canvas"))
        for row in scene.rows:
            top = row.band.top - scene.scroll_y
            if top + row.band.height + GAP_PX < rect.top() or top > rect.bottom():
                continue
            self._paint_lane(painter, canvas, row, has_focus=has_focus)
        self._curves.paint(painter, canvas.left, canvas.right)
        self._paint_ghost(painter)

    def _paint_lane(
        self, painter: QPainter, canvas: Canvas, row: LaneRow, *, has_focus: bool
    ) -> None:
        lane = self._scene.lanes[row.lane_id]
        job = self._scene.jobs.get(lane.id)
        left, width = canvas.left, canvas.right - canvas.left
        top = row.band.top - canvas.scroll_y
        is_focused = self._scene.selection.focused_lane == lane.id
        ground = self._theme.colour("raised" if is_focused else "canvas")
        painter.fillRect(QRectF(left, top, width, row.band.height), ground)
        sound = row.sound
        if sound is not None:
            area = QRectF(left, sound.top - canvas.scroll_y, width, sound.height)
            painter.fillRect(area, self._theme.colour("well"))
            self._paint_grid(painter, canvas, row)
            self._paint_sound(painter, canvas, lane, row)
            if job is not None:
                if job.state is JobState.RUNNING:
                    self._jobs.paint_running(painter, canvas, lane, row, job)
                self._jobs.paint_marks(painter, canvas, row, job)
        self._paint_clips(painter, canvas, lane, row, has_focus=has_focus)
        line = QRectF(left, top + row.band.height, width, 1)
        painter.fillRect(line, self._theme.colour("line"))

    def _paint_grid(self, painter: QPainter, canvas: Canvas, row: LaneRow) -> None:
        if row.wave is None:
            return
        share = 0.08 if self._theme.name == "light" else 0.10
        colour = self._theme.colour("text", share)
        top, bottom = row.wave.top - canvas.scroll_y, row.wave.bottom - canvas.scroll_y
        major = self._scene.scale.major
        tick = max(0, int(canvas.geometry.samples_at(canvas.left) / major))
        while (x := canvas.geometry.x_at(tick * major)) <= canvas.right:
            hairline(painter, x, top, bottom, colour)
            tick += 1
        if row.spectrogram is not None:
            rule = QRectF(canvas.left, bottom - 0.5, canvas.right - canvas.left, 0.5)
            painter.fillRect(rule, self._theme.colour("line"))

    def _paint_sound(self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow) -> None:
        scene = self._scene
        job = scene.jobs.get(lane.id)
        opacity = _SILENCED if scene.is_silenced(lane) else 1.0
        for block in lane.sound:
            hidden = job is not None and job.state is JobState.RUNNING
            if hidden and job is not None and block.span.intersects(job.span):
                self._paint_around(painter, canvas, lane, row, block.take_id, block.span, job.span)
                continue
            is_waiting = job is not None and job.state is JobState.WAITING
            waits = block.span.intersection(job.span) if job is not None and is_waiting else None
            painter.setOpacity(opacity)
            if job is None or waits is None:
                self._paint_take(painter, canvas, lane, row, block.take_id, block.span)
                continue
            self._paint_around(painter, canvas, lane, row, block.take_id, block.span, job.span)
            painter.setOpacity(opacity * _WAITING)
            self._paint_take(painter, canvas, lane, row, block.take_id, waits)
        painter.setOpacity(1.0)
        self._paint_silence(painter, canvas, lane, row)
        self._paint_stale(painter, canvas, lane, row)

    def _paint_around(
        self,
        painter: QPainter,
        canvas: Canvas,
        lane: Lane,
        row: LaneRow,
        take_id: TakeId,
        span: Span,
        hole: Span,
    ) -> None:
        """The parts of a block that a running job does not make again."""
        if span.start < hole.start:
            self._paint_take(painter, canvas, lane, row, take_id, Span(span.start, hole.start))
        if hole.end < span.end:
            self._paint_take(painter, canvas, lane, row, take_id, Span(hole.end, span.end))

    def _paint_take(
        self,
        painter: QPainter,
        canvas: Canvas,
        lane: Lane,
        row: LaneRow,
        take_id: TakeId,
        span: Span,
    ) -> None:
        picture = self._scene.pictures.get(take_id)
        take = next((take for take in lane.takes if take.id == take_id), None)
        if picture is None or take is None:
            return
        sound = Sound(source=take_id, origin=take.span.start, span=span, colour=lane.colour)
        if row.wave is not None:
            self._sounds.paint_wave(painter, canvas, sound, picture.peaks, row.wave)
        if row.spectrogram is not None:
            self._sounds.paint_spectrogram(painter, canvas, sound, picture.levels, row.spectrogram)

    def _paint_silence(self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow) -> None:
        """A centre hairline where a clip has sound to come but none is drawn."""
        if row.wave is None:
            return
        centre = row.wave.top - canvas.scroll_y + row.wave.height / 2
        colour = self._theme.lane_colour(lane.colour)
        colour.setAlphaF(0.35)
        for clip in lane.clips:
            if not self._scene.has_sound(lane, clip.span):
                left = max(canvas.geometry.x_at(clip.span.start), canvas.left)
                right = min(canvas.geometry.x_at(clip.span.end), canvas.right)
                if right > left:
                    painter.fillRect(QRectF(left, centre - 0.5, right - left, 1), colour)
                    self._paint_not_made(painter, canvas, lane, row, clip.span)

    def _paint_not_made(
        self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow, span: Span
    ) -> None:
        hover = self._scene.hover
        band = row.spectrogram or row.wave
        if band is None or lane.id in self._scene.jobs or hover.lane_id != lane.id:
            return
        left = max(canvas.geometry.x_at(span.start), 0.0)
        right = min(canvas.geometry.x_at(span.end), float(canvas.geometry.width_px))
        font = self._theme.font("small")
        width = text_width(font, "Not generated")
        if right - left > width + 8:
            painter.setFont(font)
            painter.setPen(self._theme.colour("text3"))
            x = (left + right - width) / 2
            rect = QRectF(x, band.top - canvas.scroll_y, width + 2, band.height)
            centred_text(painter, rect, "Not generated", elided=False)

    def _paint_stale(self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow) -> None:
        for span in self._scene.stale_spans(lane):
            left = canvas.geometry.x_at(span.start)
            right = canvas.geometry.x_at(span.end)
            if right < canvas.left or left > canvas.right:
                continue
            self._paint_hatch(painter, canvas, row, left, right)
            band = row.wave or row.spectrogram
            if band is not None and right - max(left, 0.0) > 220:
                draw_tag(
                    painter, self._theme, max(left, 0.0) + 8, band.top - canvas.scroll_y + 4,
                    "Prompt changed since this take", icon="history", colour="stale",
                    outline="stale",
                )  # fmt: skip

    def _paint_hatch(
        self, painter: QPainter, canvas: Canvas, row: LaneRow, left: float, right: float
    ) -> None:
        sound = row.sound
        if sound is None:
            return
        top, height = sound.top - canvas.scroll_y, sound.height
        painter.save()
        first, last = max(left, canvas.left), min(right, canvas.right)
        area = QRectF(first, top, last - first, height)
        painter.setClipRect(area)
        painter.fillRect(area, self._theme.colour("well", 1.0 - _STALE))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("stale", 0.4), 1))
        index = int((first - left - height) // _HATCH_PX)
        while (x := left + index * _HATCH_PX) < last:
            painter.drawLine(QPointF(x, top + height), QPointF(x + height, top))
            index += 1
        painter.restore()

    def _paint_clips(
        self, painter: QPainter, canvas: Canvas, lane: Lane, row: LaneRow, *, has_focus: bool
    ) -> None:
        scene = self._scene
        boxes = clip_boxes(lane.clips, canvas.geometry)
        looks = [(box, self._look(lane, box, has_focus=has_focus)) for box in boxes]
        top = row.strip.top - canvas.scroll_y
        strip = self._strip(canvas, lane, row, looks)
        painter.drawPixmap(QPointF(0, top), strip)
        sound = row.sound
        for box, look in looks:
            if look.is_selected and sound is not None:
                colour = self._theme.colour("select", 0.75)
                for x in (box.left, box.right):
                    y = sound.top - canvas.scroll_y
                    hairline(painter, x, y, y + sound.height, colour)
        is_here = lane.id in (scene.hover.lane_id, scene.selection.focused_lane)
        if not lane.clips and is_here and scene.ghost is None and not scene.is_empty:
            painter.setFont(self._theme.font("clip"))
            painter.setPen(self._theme.colour("text3"))
            rect = QRectF(20, top + 4, 400, CLIP_PX)
            centred_text(painter, rect, "Drag here to draw a clip", elided=False)

    def _strip(
        self,
        canvas: Canvas,
        lane: Lane,
        row: LaneRow,
        looks: list[tuple[ClipBox, ClipLook]],
    ) -> QPixmap:
        """The picture of a lane's clips, made anew only when one of them looks different."""
        width = canvas.geometry.width_px
        shown = [(box, look) for box, look in looks if box.right >= -4 and box.left <= width + 4]
        is_focused = self._scene.selection.focused_lane == lane.id
        key = (tuple(shown), width, canvas.dpr, lane.colour, is_focused)
        kept = self._strips.get(lane.id)
        if kept is not None and kept[0] == key:
            return kept[1]
        pixmap = QPixmap(round(width * canvas.dpr), round(row.strip.height * canvas.dpr))
        pixmap.setDevicePixelRatio(canvas.dpr)
        pixmap.fill(self._theme.colour("raised" if is_focused else "canvas"))
        painter = QPainter(pixmap)
        self._clips.paint(painter, shown, 0, lane.colour, self._theme.colour("canvas"))
        painter.end()
        self._strips[lane.id] = (key, pixmap)
        return pixmap

    def _look(self, lane: Lane, box: ClipBox, *, has_focus: bool) -> ClipLook:
        scene = self._scene
        clip = box.clip
        job = scene.jobs.get(lane.id)
        middle = Samples((clip.span.start + clip.span.end) // 2)
        is_in_job = job is not None and job.span.contains(middle)
        state = job.state if job is not None and is_in_job else None
        if state is None and job is not None:
            waits = any(span.contains(middle) for span in job.also_waiting)
            state = JobState.WAITING if waits else None
        is_selected = clip.id in scene.selection.clip_ids
        return ClipLook(
            is_selected=is_selected,
            is_hovered=scene.hover.clip_id == clip.id and scene.hover.part is not Part.NOTHING,
            is_focused=has_focus and is_selected,
            has_sound=scene.has_sound(lane, clip.span) or state is JobState.RUNNING,
            is_stale=state is None and scene.is_stale(lane, clip),
            is_waiting=state is JobState.WAITING,
            is_failed=state is JobState.FAILED,
        )

    def _paint_ghost(self, painter: QPainter) -> None:
        scene = self._scene
        if scene.ghost is None:
            if scene.is_empty:
                self._paint_invitation(painter)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, span in scene.ghost.spans:
            top = self._ghost_top(index)
            left, right = scene.geometry.x_at(span.start), scene.geometry.x_at(span.end)
            colour = self._theme.lane_colour(self._ghost_colour(index))
            pen = QPen(colour, 1.5)
            pen.setDashPattern([4.0, 2.5])
            painter.setPen(pen)
            colour.setAlphaF(0.22)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(left, top + 4.5, right - left, CLIP_PX - 1), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.restore()

    def _paint_invitation(self, painter: QPainter) -> None:
        """A ghost of the first clip: what to do, where to do it."""
        scene = self._scene
        geometry = scene.geometry
        index = 0 if scene.rows else None
        top = self._ghost_top(index)
        shown = geometry.visible[1] - geometry.visible[0]
        left = geometry.x_at(geometry.visible[0] + shown * 0.06)
        right = geometry.x_at(geometry.visible[0] + shown * 0.36)
        colour = self._theme.lane_colour(self._ghost_colour(index))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour, 1.5)
        pen.setDashPattern([4.0, 2.5])
        painter.setPen(pen)
        ground = self._theme.lane_colour(self._ghost_colour(index))
        ground.setAlphaF(0.22)
        painter.setBrush(ground)
        clip = QRectF(left, top + 4.5, right - left, CLIP_PX - 1)
        painter.drawRoundedRect(clip, 4, 4)
        painter.setFont(self._theme.font("clip", 600))
        painter.setPen(colour)
        words = "Drag here, then say what you hear"
        centred_text(painter, clip.adjusted(10, 0, -8, 0), words)
        painter.restore()

    def _ghost_top(self, index: int | None) -> float:
        rows = self._scene.rows
        if index is not None:
            return rows[index].strip.top - self._scene.scroll_y
        bottom = rows[-1].band.bottom + GAP_PX if rows else 4
        return bottom - self._scene.scroll_y - 4

    def _ghost_colour(self, index: int | None) -> str:
        lanes = self._scene.project.lanes
        return lanes[index].colour if index is not None else LANE_COLOURS[len(lanes) % 8]
