"""Split a clip in two."""

from dataclasses import dataclass, replace

from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.placement import placed, respanned
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id
from desktop_app.project.project import Project, TransitionKind
from desktop_app.project.time import Samples, Span


@dataclass(frozen=True, slots=True)
class SplitClip:
    """Cut a clip into two that touch; both keep the prompt.

    Attributes:
        clip_id: Keeps its name for the left part.
        position: First sample of the right part.
        new_id: Name of the right part.
    """

    clip_id: ClipId
    position: Samples
    new_id: ClipId

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "Split clip"

    def apply(self, project: Project) -> Project:
        """Return the project with the clip split, or raise :class:`EditError`."""
        lane, clip = clip_by_id(project, self.clip_id)
        if not clip.span.start < self.position < clip.span.end:
            raise EditError("A clip can only be split between its start and its end.")
        if any(other.id == self.new_id for each in project.lanes for other in each.clips):
            raise EditError(f"The project already has a clip “{self.new_id}”.")
        left = respanned(clip, Span(clip.span.start, self.position))
        right = replace(
            respanned(clip, Span(self.position, clip.span.end)),
            id=self.new_id,
            transition=TransitionKind.AUTO,
            transition_duration=None,
        )
        others = tuple(other for other in lane.clips if other.id != self.clip_id)
        return with_lane(project, placed(lane, (*others, left, right)))
