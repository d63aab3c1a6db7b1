"""Change the words and values of clips."""

from dataclasses import KW_ONLY, dataclass, fields, replace
from typing import Any

from desktop_app.project.checks import check_clip
from desktop_app.project.edits.base import UNCHANGED, Unchanged
from desktop_app.project.ids import ClipId
from desktop_app.project.lookup import clips_by_ids
from desktop_app.project.project import (
    Lane,
    Project,
    PromptClip,
    SoundAnchor,
    SoundSource,
    TransitionKind,
)
from desktop_app.project.time import Samples

_LABELS = {
    "text": "Change prompt",
    "leave_out": "Change what is left out",
    "guidance_scale": "Change how closely the prompt is followed",
    "weight": "Change weight",
    "transition": "Change transition",
    "transition_duration": "Change transition length",
    "uses_everywhere": "Use Everywhere prompt",
    "source": "Change amount",
    "anchors": "Be like a sound",
    "anchor_strength": "Change likeness",
}


@dataclass(frozen=True, slots=True)
class ChangeClips:
    """Set the given values of some clips and leave the others.

    Attributes:
        clip_ids: The clips, on any lanes.
        text: What should be heard.
        leave_out: What should not.
        guidance_scale: 1 to 20.
        weight: Above 0, at most 4.
        transition_duration: In samples; ``None`` is the kind's default.
        uses_everywhere: Whether the Everywhere prompt is added.
        source: The sound that they start from, or ``None``.
        anchors: Sounds that they shall be like.
        anchor_strength: How much these count beside the words, 0 to 1.
    """

    clip_ids: frozenset[ClipId]
    _: KW_ONLY
    text: str | Unchanged = UNCHANGED
    leave_out: str | Unchanged = UNCHANGED
    guidance_scale: float | Unchanged = UNCHANGED
    weight: float | Unchanged = UNCHANGED
    transition: TransitionKind | Unchanged = UNCHANGED
    transition_duration: Samples | Unchanged | None = UNCHANGED
    uses_everywhere: bool | Unchanged = UNCHANGED
    source: SoundSource | Unchanged | None = UNCHANGED
    anchors: tuple[SoundAnchor, ...] | Unchanged = UNCHANGED
    anchor_strength: float | Unchanged = UNCHANGED

    @property
    def label(self) -> str:
        """Text for the Undo menu."""
        given = self._given()
        if len(given) != 1:
            return "Change clip" if len(self.clip_ids) == 1 else "Change clips"
        [(name, value)] = given.items()
        if name == "uses_everywhere" and value is False:
            return "Leave out Everywhere prompt"
        if name == "source" and value is None:
            return "Start from nothing"
        if name == "anchors" and not value:
            return "Be like no sound"
        return _LABELS[name]

    def apply(self, project: Project) -> Project:
        """Return the project with the clips changed, or raise :class:`EditError`."""
        clips_by_ids(project, self.clip_ids)
        return replace(project, lanes=tuple(self._changed_lane(lane) for lane in project.lanes))

    def _changed_lane(self, lane: Lane) -> Lane:
        if not any(clip.id in self.clip_ids for clip in lane.clips):
            return lane
        return replace(lane, clips=tuple(self._changed_clip(clip) for clip in lane.clips))

    def _changed_clip(self, clip: PromptClip) -> PromptClip:
        if clip.id not in self.clip_ids:
            return clip
        given = self._given()
        words = {name: given.pop(name) for name in ("text", "leave_out") if name in given}
        changed = replace(clip, prompt=replace(clip.prompt, **words), **given)
        check_clip(changed)
        return changed

    def _given(self) -> dict[str, Any]:
        values = {item.name: getattr(self, item.name) for item in fields(self)[1:]}
        return {name: value for name, value in values.items() if value is not UNCHANGED}
