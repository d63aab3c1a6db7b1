"""The clips of a project as rows of a table. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.project.ids import ClipId
from desktop_app.project.project import Lane, Project, PromptClip

COLUMNS = ("Lane", "Start", "Length", "Prompt", "Leave out", "Weight", "Guidance", "Take", "State")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRow:
    """A clip with its lane.

    Attributes:
        state: "Ready", "Not generated", "Prompt changed since this take" and so on.
    """

    lane: Lane
    clip: PromptClip
    state: str


def clip_rows(project: Project, states: Mapping[ClipId, str]) -> tuple[ClipRow, ...]:
    """All clips, lane by lane; ``states`` says more than the project knows, by clip."""
    return tuple(
        ClipRow(lane=lane, clip=clip, state=states.get(clip.id) or _state(lane, clip))
        for lane in project.lanes
        for clip in lane.clips
    )


def take_text(row: ClipRow) -> str:
    """The takes that play inside a clip: "Take 3", "Takes 1, 3", or empty."""
    used = {b.take_id for b in row.lane.sound if b.span.intersects(row.clip.span)}
    numbers = sorted(take.number for take in row.lane.takes if take.id in used)
    if not numbers:
        return ""
    noun = "Take" if len(numbers) == 1 else "Takes"
    return f"{noun} {', '.join(str(number) for number in numbers)}"


def _state(lane: Lane, clip: PromptClip) -> str:
    has_sound = any(block.span.intersects(clip.span) for block in lane.sound)
    return "Ready" if has_sound else "Not generated"
