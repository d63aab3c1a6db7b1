"""Where clips and their parts lie in a lane's strip. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.project.ids import ClipId
from desktop_app.project.project import PromptClip, TransitionKind
from desktop_app.views.timeline.geometry import TimelineGeometry

CLIP_PX = 28
TEXT_INSET_PX = 8
MIN_TEXT_PX = 48
TAG_PX = 28
TAG_INSET_PX = 6
_SHARES = np.linspace(0.0, 1.0, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipBox:
    """A clip's place, in pixels from the left edge of the time area.

    Attributes:
        clip: The clip.
        left: Its start.
        right: Its end.
        overlap_left: Width of the transition from the clip before; 0 where they do not overlap.
        overlap_right: Width of the transition to the clip after.
        kind_left: How the sound comes here from the clip before.
        kind_right: How the sound comes from here to the clip after.
    """

    clip: PromptClip
    left: float
    right: float
    overlap_left: float
    overlap_right: float
    kind_left: TransitionKind
    kind_right: TransitionKind

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def weight_text(self) -> str:
        """What its weight tag says; empty at weight 1 and where the weight follows a curve."""
        if self.clip.weight_curve:
            return ""
        return "" if abs(self.clip.weight - 1.0) < 1e-9 else f"×{self.clip.weight:.4g}"

    @property
    def tag_width(self) -> int:
        """Width of the weight tag."""
        return TAG_PX + 6 * max(0, len(self.weight_text) - 4)

    @property
    def tag(self) -> tuple[float, float] | None:
        """Left and right end of the weight tag, or ``None`` where there is none or no room."""
        if not self.weight_text:
            return None
        right = self.right - self.overlap_right - TAG_INSET_PX
        left = right - self.tag_width
        return (left, right) if left >= self.left + self.overlap_left + 2 else None

    def text(self, view_left: float = 0.0) -> tuple[float, float] | None:
        """Left and right end of the prompt's text, or ``None`` below ``MIN_TEXT_PX``.

        Args:
            view_left: The text does not begin before this x, so that it stays in view.
        """
        if self.width < MIN_TEXT_PX:
            return None
        left = self.left + self.overlap_left + TEXT_INSET_PX
        right = self.right - self.overlap_right - TEXT_INSET_PX
        if self.tag is not None:
            right = self.tag[0] - TEXT_INSET_PX
        left = max(left, view_left + TEXT_INSET_PX)
        return (left, right) if right - left >= 12 else None


def clip_boxes(clips: Sequence[PromptClip], geometry: TimelineGeometry) -> tuple[ClipBox, ...]:
    """The places of a lane's clips.

    Args:
        clips: In order of their start; only neighbours overlap.
        geometry: The time transform.
    """
    boxes = []
    for index, clip in enumerate(clips):
        before = clips[index - 1] if index else None
        after = clips[index + 1] if index + 1 < len(clips) else None
        shared_left = max(0, before.span.end - clip.span.start) if before else 0
        shared_right = max(0, clip.span.end - after.span.start) if after else 0
        boxes.append(
            ClipBox(
                clip=clip,
                left=geometry.x_at(clip.span.start),
                right=geometry.x_at(clip.span.end),
                overlap_left=shared_left / geometry.samples_per_px,
                overlap_right=shared_right / geometry.samples_per_px,
                kind_left=clip.transition,
                kind_right=after.transition if after else TransitionKind.AUTO,
            )
        )
    return tuple(boxes)


def crossing_curve(left: float, width: float, top: float, bottom: float) -> NDArray[np.float64]:
    """The rising edge of a clip: its weight over the transition, a smoothstep.

    Returns:
        (N, 2) points from (left, bottom) to (left + width, top).
    """
    share = _SHARES
    rise = share * share * (3.0 - 2.0 * share)
    return np.column_stack((left + width * share, bottom + (top - bottom) * rise))


def ribbon(points: NDArray[np.float64], thickness: float) -> NDArray[np.float64]:
    """The outline of a curve drawn with a pen: filling it costs far less than a stroke.

    Args:
        points: (N, 2), N at least 2.
        thickness: Width of the pen.

    Returns:
        (2 N, 2) corners of a closed polygon.
    """
    along = np.gradient(points, axis=0)
    lengths = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    normals = np.column_stack((-along[:, 1], along[:, 0])) / lengths[:, None]
    aside = normals * (thickness / 2)
    return np.concatenate((points + aside, (points - aside)[::-1]))


def box_of(boxes: Sequence[ClipBox], clip_id: ClipId) -> ClipBox | None:
    """The place of one clip."""
    return next((box for box in boxes if box.clip.id == clip_id), None)
