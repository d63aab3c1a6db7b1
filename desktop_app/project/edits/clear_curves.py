"""Take curves away."""

from dataclasses import dataclass

from desktop_app.project import curves
from desktop_app.project.edits.placement import with_clip
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clips_by_ids
from desktop_app.project.project import CurveKind, Project


@dataclass(frozen=True, slots=True)
class ClearCurves:
    """Remove the curves of one kind from clips, so that their number holds again."""

    clip_ids: frozenset[ClipId]
    kind: CurveKind

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return f"Clear {self.kind} curve" + ("" if len(self.clip_ids) == 1 else "s")

    def apply(self, project: Project) -> Project:
        """Return the project without the curves, or raise :class:`EditError`."""
        for clip in clips_by_ids(project, self.clip_ids).values():
            project = with_clip(project, curves.with_curve(clip, self.kind, ()))
        return project
