"""Make a run of clips a loop, or an ordinary run again."""

from dataclasses import dataclass, replace

from desktop_app.project.checks import MIN_CLIP_SAMPLES
from desktop_app.project.edits.base import with_lane
from desktop_app.project.edits.placement import placed, respanned
from desktop_app.project.errors import EditError
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clip_by_id, islands
from desktop_app.project.project import Project, PromptClip
from desktop_app.project.time import (
    Samples,
    Span,
    latent_frame_floor,
    samples_from_latent_frame,
)


@dataclass(frozen=True, slots=True)
class MakeLoop:
    """Let the end of a run of clips go over into its start.

    The run begins on a latent frame then and has the given length: the start of its first clip and
    the end of its last one move.

    Attributes:
        clip_id: A clip of the run.
        num_latent_frames: Length of the loop; ``None`` makes it an ordinary run again.
    """

    clip_id: ClipId
    num_latent_frames: int | None

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        return "No loop" if self.num_latent_frames is None else "Make a loop"

    def apply(self, project: Project) -> Project:
        """Return the project with the loop, or raise :class:`EditError`."""
        lane, clip = clip_by_id(project, self.clip_id)
        run = next(run for run in islands(lane) if clip in run)
        others = tuple(other for other in lane.clips if other not in run)
        changed = tuple(replace(each, is_loop=self.num_latent_frames is not None) for each in run)
        if self.num_latent_frames is not None:
            changed = _with_length(changed, self.num_latent_frames)
            _require_room(changed[-1].span.end, run[-1], others)
        return with_lane(project, placed(lane, (*others, *changed)))


def _with_length(run: tuple[PromptClip, ...], num_latent_frames: int) -> tuple[PromptClip, ...]:
    start = samples_from_latent_frame(latent_frame_floor(run[0].span.start))
    end = Samples(start + samples_from_latent_frame(num_latent_frames))
    run = (respanned(run[0], Span(start, run[0].span.end)), *run[1:])
    last = run[-1]
    if end < last.span.start + MIN_CLIP_SAMPLES:
        raise EditError(
            "The nearest loop would leave nothing of the last clip. Make it longer first."
        )
    return (*run[:-1], respanned(last, Span(last.span.start, end)))


def _require_room(end: Samples, last: PromptClip, others: tuple[PromptClip, ...]) -> None:
    later = [other.span.start for other in others if other.span.start > last.span.start]
    if later and min(later) <= end:
        raise EditError("The loop would reach the next clip. Move that clip to the right first.")
