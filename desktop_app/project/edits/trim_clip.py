"""Move the edges of a clip."""

from dataclasses import dataclass

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.placement import placed, respanned
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id
from desktop_app.project.project import Project
from desktop_app.project.time import Span


@dataclass(frozen=True, slots=True)
class TrimClip:
    """Give a clip another start and end."""

    clip_id: ClipId
    span: Span

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Trim clip"

    def apply(self, project: Project) -> Project:
        """Return the project with the clip trimmed, or raise :class:`EditError`."""
        lane, clip = clip_by_id(project, self.clip_id)
        others = tuple(other for other in lane.clips if other.id != self.clip_id)
        return with_lane(project, placed(lane, (*others, respanned(clip, self.span))))
