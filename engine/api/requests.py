"""What the engine can be asked for.

Time is counted in latent frames of 40 ms (25 a second). A request holds everything that can change
the result, so any take can be made again from it. All spans are half-open.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from engine.api.prompts import Region, RootPrompt
from engine.api.sampling import Cohesion, Decoding, SamplingSettings

LATENT_FRAMES_PER_SECOND = 25
MEL_FRAMES_PER_LATENT_FRAME = 4
STANDARD_MEMORY_BUDGET_BYTES = 3 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A range of an existing result to be made again.

    Latents, spectrogram and sound outside it keep every bit, unless what is kept also moves there.

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
class KeptSpan:
    """A stretch of an existing result and where it goes.

    Attributes:
        start_latent_frame: First frame in the result, on the lane's absolute grid.
        num_latent_frames: Length, at least 1.
        target_latent_frame: Where the first frame goes in the new piece.
    """

    start_latent_frame: int
    num_latent_frames: int
    target_latent_frame: int

    @property
    def target_end_latent_frame(self) -> int:
        """First frame after the stretch in the new piece."""
        return self.target_latent_frame + self.num_latent_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseResult:
    """A finished take that a new piece keeps parts of; files as named in its ``GenerationResult``.

    Attributes:
        latents_path: Its latents.
        mel_path: Its spectrogram.
        audio_path: Its sound.
        state_path: Its noise and pinned statistics.
        kept: What of it stays and where it goes, in order, without overlap; empty keeps all of it
            in its place. What no stretch covers is made new: so a piece is extended at either
            end, cut, or has time inserted, and everything kept keeps every bit outside the joins.
        join_latent_frames: Frames beside new or foreign material that are made again from their
            own noise, so that nothing is heard of the join; at most a third of a stretch is used.
    """

    latents_path: str
    mel_path: str
    audio_path: str
    state_path: str
    kept: tuple[KeptSpan, ...] = ()
    join_latent_frames: int = 48


class SourceNoise(StrEnum):
    """The noise that stands for imported sound, whose own noise nobody knows."""

    HASH = "hash"
    """Noise keyed by the content of the file."""
    INVERSION = "inversion"
    """The noise that deterministic DDIM would have started from; costs one run over the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSource:
    """Imported sound to start from.

    Attributes:
        path: Audio file, any rate and channels; it must not change.
        start_seconds: Where the piece begins in the file. Beyond its ends the file is silent.
        strength: 0 keeps the sound as it is, to be repaired and extended later; up to 1, which
            leaves only the prompts (SDEdit, Meng et al. 2022).
        noise: What stands for the noise that the sound was made from.
    """

    path: str
    start_seconds: float = 0.0
    strength: float = 0.0
    noise: SourceNoise = SourceNoise.HASH


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """Make one continuous piece of sound.

    The regions cover the piece without a gap: it reaches from the first region's start to the last
    region's end. Silence between prompts is the caller's affair (one request for each island).

    Attributes:
        job_id: Name of the job, carried by every event.
        model: Registry name or path of the checkpoint.
        regions: Prompts in order of their start.
        root: Words for the whole piece, or ``None``.
        sampling: Solver, steps, stride and fusion. Where there is a base its windows go on, so the
            last two are those of the base; solver, steps and eta must be those it was made with,
            if something of it is kept and something is made.
        cohesion: What keeps the piece together.
        decoding: What the decoder's attention sees; that of the base where there is one.
        seed: The user's integer, 0 <= seed < 2**63.
        stream: Number of the noise stream (one for each lane), 0 <= stream < 2**31.
        take: Number of the noise take, 0 <= take < 2**31.
        num_candidates: How many versions are made, 1 to 64: the noise takes (also those of the
            sections) count up from the given ones. All are kept.
        is_loop: Whether the end goes over into the start. The length is then a multiple of 8
            latent frames and at least one window of the model.
        output_dir: Existing folder that receives the files while they are made. If an unfinished
            run of the same request left its state there, it goes on from it.
        sections: Ranges to be made again; empty to make the whole piece.
        base: The take that parts are kept of, and that ``sections`` refer to; required with them.
            The piece may cover more or less than it.
        source: Imported sound to start from, or ``None``; not together with a base.
        wants_previews: Whether half-done spectrograms are emitted.
        wants_early_audio: Whether sound is emitted before its final statistics are known.
        memory_budget_bytes: Most that is kept of the autoencoder's tensors at any time, at least 0;
            networks and one tile come on top. With less, more is computed twice or kept in files of
            ``output_dir``; the sound is the same.
    """

    job_id: str
    model: str
    regions: tuple[Region, ...]
    root: RootPrompt | None = None
    sampling: SamplingSettings
    cohesion: Cohesion = field(default_factory=Cohesion)
    decoding: Decoding = Decoding.AUTO
    seed: int
    stream: int = 0
    take: int = 0
    num_candidates: int = 1
    is_loop: bool = False
    output_dir: str
    sections: tuple[Section, ...] = ()
    base: BaseResult | None = None
    source: AudioSource | None = None
    wants_previews: bool = True
    wants_early_audio: bool = True
    memory_budget_bytes: int = STANDARD_MEMORY_BUDGET_BYTES

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
