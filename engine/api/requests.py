"""What the engine can be asked for.

Time is counted in latent frames of 40 ms (25 a second). A request holds everything that can change
the result, so any take can be made again from it. All spans are half-open.
"""

from dataclasses import dataclass
from enum import StrEnum

LATENT_FRAMES_PER_SECOND = 25
MEL_FRAMES_PER_LATENT_FRAME = 4


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


class Sampler(StrEnum):
    """Solvers of the diffusion equation."""

    DDIM = "ddim"
    DPM_SOLVER_2M = "dpm-solver++2m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A span of latent time with its own prompt.

    Attributes:
        start_latent_frame: First frame, on the lane's absolute grid.
        num_latent_frames: Length, at least 1.
        prompt: What should be heard.
        negative_prompt: What should not; replaces the empty prompt of the unconditional pass.
        guidance_scale: Weight of the prompt against the unconditional prediction; 1 is none.
        weight: Strength of this region where it overlaps others, greater than 0.
        transition: How the sound comes here from the region before.
        transition_latent_frames: Length of that transition, centred on the border; ``None`` is the
            overlap of the two regions, or the default of the kind where they only touch.
    """

    start_latent_frame: int
    num_latent_frames: int
    prompt: str
    negative_prompt: str = ""
    guidance_scale: float
    weight: float = 1.0
    transition: TransitionKind = TransitionKind.AUTO
    transition_latent_frames: int | None = None

    @property
    def end_latent_frame(self) -> int:
        """First frame after the region."""
        return self.start_latent_frame + self.num_latent_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    """How the diffusion equation is solved.

    Attributes:
        sampler: The solver.
        num_steps: Number of steps, 1 to 999.
        stride_latent_frames: Distance of neighbouring windows: 192 draft, 128 standard, 64 fine; a
            multiple of 8. Counted for a window of 256 frames; a model with a shorter window scales
            it down.
    """

    sampler: Sampler
    num_steps: int
    stride_latent_frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A range of an existing result to be made again.

    Attributes:
        start_latent_frame: First frame, on the lane's absolute grid.
        num_latent_frames: Length, at least 1.
        take: Number of the noise inside the range; differs from every earlier one to get new sound.
        strength: 0 < strength <= 1; 1 replaces the sound, less varies it.
        feather_latent_frames: Length of the noise cross-fade inside each end.
    """

    start_latent_frame: int
    num_latent_frames: int
    take: int
    strength: float = 1.0
    feather_latent_frames: int = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseResult:
    """Files of the take that sections are regenerated in; as named in its ``GenerationResult``."""

    latents_path: str
    mel_path: str
    audio_path: str
    state_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """Make one continuous piece of sound.

    The regions cover the piece without a gap: it reaches from the first region's start to the last
    region's end. Silence between prompts is the caller's affair (one request for each island).

    Attributes:
        job_id: Name of the job, carried by every event.
        model: Registry name or path of the checkpoint.
        regions: Prompts in order of their start.
        sampling: Solver, steps and stride.
        seed: The user's integer, 0 <= seed < 2**63.
        stream: Number of the noise stream (one for each lane), 0 <= stream < 2**31.
        take: Number of the noise take, 0 <= take < 2**31.
        output_dir: Existing folder that receives the files while they are made.
        sections: Ranges to be made again; empty to make the whole piece.
        base: The take that ``sections`` refer to; required with them.
        wants_previews: Whether half-done spectrograms are emitted.
    """

    job_id: str
    model: str
    regions: tuple[Region, ...]
    sampling: SamplingSettings
    seed: int
    stream: int = 0
    take: int = 0
    output_dir: str
    sections: tuple[Section, ...] = ()
    base: BaseResult | None = None
    wants_previews: bool = True

    @property
    def first_latent_frame(self) -> int:
        """Start of the piece on the lane's absolute grid."""
        return min(region.start_latent_frame for region in self.regions)

    @property
    def end_latent_frame(self) -> int:
        """First frame after the piece."""
        return max(region.end_latent_frame for region in self.regions)

    @property
    def num_latent_frames(self) -> int:
        """Length of the piece."""
        return self.end_latent_frame - self.first_latent_frame
