"""Put a point on a curve."""

from dataclasses import dataclass

from desktop_app.project import curves
from desktop_app.project.edits.placement import with_clip
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id
from desktop_app.project.project import CurveKind, CurvePoint, Project


@dataclass(frozen=True, slots=True)
class AddCurvePoint:
    """Give a clip's curve one more point; the first one makes the curve."""

    clip_id: ClipId
    kind: CurveKind
    point: CurvePoint

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return f"Add {self.kind} point"

    def apply(self, project: Project) -> Project:
        """Return the project with the point, or raise :class:`EditError`."""
        _, clip = clip_by_id(project, self.clip_id)
        points = curves.curve_of(clip, self.kind)
        if any(point.position == self.point.position for point in points):
            raise EditError("The curve has a point there already. Move that one.")
        ordered = sorted((*points, self.point), key=lambda point: point.position)
        return with_clip(project, curves.with_curve(clip, self.kind, ordered))
