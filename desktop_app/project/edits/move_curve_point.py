"""Move a point of a curve."""

from dataclasses import dataclass

from desktop_app.project import curves
from desktop_app.project.edits.placement import with_clip
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id, curve_point_at
from desktop_app.project.project import CurveKind, CurvePoint, Project


@dataclass(frozen=True, slots=True)
class MoveCurvePoint:
    """Give a point another time and value; it stays between its neighbours.

    Attributes:
        clip_id: The clip.
        kind: Which of its curves.
        index: Which point, 0 for the first.
        point: What it shall be.
    """

    clip_id: ClipId
    kind: CurveKind
    index: int
    point: CurvePoint

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return f"Move {self.kind} point"

    def apply(self, project: Project) -> Project:
        """Return the project with the point moved, or raise :class:`EditError`."""
        _, clip = clip_by_id(project, self.clip_id)
        points = list(curves.curve_of(clip, self.kind))
        curve_point_at(points, self.index)
        points[self.index] = self.point
        return with_clip(project, curves.with_curve(clip, self.kind, points))
