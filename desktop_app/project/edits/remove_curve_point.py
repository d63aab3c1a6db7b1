"""Take a point off a curve."""

from dataclasses import dataclass

from desktop_app.project import curves
from desktop_app.project.edits.placement import with_clip
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id, curve_point_at
from desktop_app.project.project import CurveKind, Project


@dataclass(frozen=True, slots=True)
class RemoveCurvePoint:
    """Remove a point; without its last one there is no curve, and the clip's number holds again."""

    clip_id: ClipId
    kind: CurveKind
    index: int

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return f"Remove {self.kind} point"

    def apply(self, project: Project) -> Project:
        """Return the project without the point, or raise :class:`EditError`."""
        _, clip = clip_by_id(project, self.clip_id)
        points = list(curves.curve_of(clip, self.kind))
        curve_point_at(points, self.index)
        del points[self.index]
        return with_clip(project, curves.with_curve(clip, self.kind, points))
