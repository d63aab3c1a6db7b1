"""Prompts over time: what should be heard where."""

from dataclasses import dataclass
from enum import StrEnum


class TransitionKind(StrEnum):
    """How the sound goes from one prompt to the next."""

    AUTO = "auto"
    """Morph between prompts whose embeddings are less than 40 degrees apart, otherwise blend."""
    MORPH = "morph"
    """The text embedding moves along the sphere; one evaluation per window."""
    BLEND = "blend"
    """The two predictions are mixed frame by frame; two evaluations in the windows that need it."""
    CUT = "cut"
    """One latent frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A value over time: straight lines between points, constant before and after them.

    Attributes:
        latent_frames: Places of the points on the lane's absolute grid, ascending, at least one.
        values: The value at each point.
    """

    latent_frames: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A stretch of sound whose character others should take on.

    Attributes:
        audio_path: File with the sound, any rate; it must not change.
        start_seconds: Where the stretch begins in the file.
        duration_seconds: Its length; about 10 s are heard at a time, longer ones are averaged.
        weight: Share among several anchors, greater than 0.
    """

    audio_path: str
    start_seconds: float = 0.0
    duration_seconds: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A span of latent time with its own prompt.

    Attributes:
        start_latent_frame: First frame, on the lane's absolute grid.
        num_latent_frames: Length, at least 1.
        prompt: What should be heard.
        negative_prompt: What should not; replaces the empty prompt of the unconditional pass.
        guidance_scale: Weight of the prompt against the unconditional prediction; 1 is none.
        guidance_curve: Takes the place of ``guidance_scale`` where it is given.
        weight: Strength of this region where it overlaps others, greater than 0.
        weight_curve: Takes the place of ``weight`` where it is given; every value above 0.
        transition: How the sound comes here from the region before.
        transition_latent_frames: Length of that transition, centred on the border; ``None`` is the
            overlap of the two regions, or the default of the kind where they only touch.
        anchors: Sounds that the region should be like, beside its words.
        anchor_strength: How far the words' embedding moves towards the anchors', 0 (not at all)
            to 1 (the words do not count).
    """

    start_latent_frame: int
    num_latent_frames: int
    prompt: str
    negative_prompt: str = ""
    guidance_scale: float
    guidance_curve: Curve | None = None
    weight: float = 1.0
    weight_curve: Curve | None = None
    transition: TransitionKind = TransitionKind.AUTO
    transition_latent_frames: int | None = None
    anchors: tuple[Anchor, ...] = ()
    anchor_strength: float = 0.3

    @property
    def end_latent_frame(self) -> int:
        """First frame after the region."""
        return self.start_latent_frame + self.num_latent_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class RootPrompt:
    """Words that hold for the whole piece, beside those of its regions.

    Attributes:
        prompt: What should be heard everywhere.
        share: How far every region's embedding moves towards it, above 0, below 1.
    """

    prompt: str
    share: float = 0.25
