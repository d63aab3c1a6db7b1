"""The project: lanes of prompt clips, and the takes that were made from them.

All values are frozen and held in tuples, unchanged parts are shared between versions. An edit is a
pure function from project to project; see ``desktop_app.project.edits``.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop_app.project.ids import ClipId, LaneId, MarkerId, MediaId, TakeId
from desktop_app.project.time import Samples, Span

LANE_COLOURS = ("lagoon", "iris", "moss", "rose", "sky", "orchid", "jade", "stone")
"""Names of the lane colours, in the order in which new lanes take them."""

MAX_PROMPT_CHARACTERS = 2_000
MAX_GUIDANCE_SCALE = 20.0
MAX_WEIGHT = 4.0
MAX_CANDIDATES = 4
MAX_ANCHORS = 16
MAX_PERIOD_BARS = 64.0
MAX_REFERENCE_SHARE = 0.5
MAX_CURVE_POINTS = 4_096
_START = Samples(0)
MIN_GAIN_DB, MAX_GAIN_DB = -60.0, 12.0
"""At the lower end a lane is silent."""


class TransitionKind(StrEnum):
    """How the sound comes to a clip from the one before it."""

    AUTO = "auto"
    MORPH = "morph"
    BLEND = "blend"
    CUT = "cut"


class SourceNoise(StrEnum):
    """What stands for the noise that the sound of a file was made from."""

    HASH = "hash"
    INVERSION = "inversion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The words of a clip.

    Attributes:
        text: What should be heard.
        leave_out: What should not (the engine's negative prompt).
    """

    text: str = ""
    leave_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSource:
    """A sound file to start from instead of noise alone.

    Attributes:
        media: The file in the project's media store.
        name: What the file was called, for people.
        start: What of the file sounds at the start of the clip or the piece; negative if the file
            begins later.
        strength: 0 keeps the sound as it is, 1 leaves only the prompts.
        noise: Drawn, or the noise that the sound could have come from.
    """

    media: MediaId
    name: str = ""
    start: Samples = _START
    strength: float = 0.0
    noise: SourceNoise = SourceNoise.HASH


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundAnchor:
    """A stretch of sound whose character a clip takes on.

    Attributes:
        media: The file in the project's media store.
        name: Where it was taken from, for people.
        start: Where the stretch begins in the file.
        duration: Its length.
        weight: Share among several, above 0.
    """

    media: MediaId
    name: str = ""
    start: Samples
    duration: Samples
    weight: float = 1.0


class CurveKind(StrEnum):
    """What of a clip can follow a curve."""

    WEIGHT = "weight"
    GUIDANCE = "guidance"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A value at a time; between points it goes in straight lines, before and after it stays.

    Attributes:
        position: From the start of the clip, 0 to its length.
        value: A weight or a guidance scale.
    """

    position: Samples
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptClip:
    """A stretch of a lane with its own prompt.

    Attributes:
        span: Where it lies on the timeline.
        guidance_scale: How closely the engine follows the words, 1 to 20.
        weight: Strength against overlapping clips, above 0, at most 4.
        transition: How the sound comes here from the clip before.
        transition_duration: Length of that transition where the clips only touch; ``None`` is the
            kind's default. Overlapping clips use their overlap.
        uses_everywhere: Whether the project's Everywhere prompt is added.
        is_loop: Whether the run of clips is a loop; all clips of a loop say so.
        source: The sound that the run of clips starts from, or ``None``.
        anchors: Sounds that it shall be like, at most ``MAX_ANCHORS``.
        anchor_strength: How much they count beside the words, 0 to 1.
        guidance_curve: Takes the place of ``guidance_scale`` where it has points, in order of time.
        weight_curve: Takes the place of ``weight`` where it has points.
    """

    id: ClipId
    span: Span
    prompt: Prompt
    guidance_scale: float = 1.5
    weight: float = 1.0
    transition: TransitionKind = TransitionKind.AUTO
    transition_duration: Samples | None = None
    uses_everywhere: bool = True
    is_loop: bool = False
    source: SoundSource | None = None
    anchors: tuple[SoundAnchor, ...] = ()
    anchor_strength: float = 0.3
    guidance_curve: tuple[CurvePoint, ...] = ()
    weight_curve: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationSettings:
    """How a lane's sound is made.

    Attributes:
        model: Registry name or path of the model.
        sampler: "ddim", "dpm-solver++2m" or "unipc".
        num_steps: Sampling steps.
        stride_latent_frames: Distance of the model's windows: 192 draft, 128 standard, 64 fine.
        seed: The user's integer.
        shared_noise: Power of noise that repeats along a piece, 0 (none) to 1 (nothing else).
        period_bars: After how many bars it repeats, whole or halves, at most ``MAX_PERIOD_BARS``.
        reference_share: Share of the steps, 0 to ``MAX_REFERENCE_SHARE``, in which a piece borrows
            frames from its beginning.
    """

    model: str = "starter"
    sampler: str = "ddim"
    num_steps: int = 15
    stride_latent_frames: int = 128
    seed: int = 0
    shared_noise: float = 0.0
    period_bars: float = 1.0
    reference_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSpan:
    """One prompt as it was when a take was made (a clip without its identity).

    Points of its curves are counted from the start of its span, as those of a clip.
    """

    span: Span
    prompt: Prompt
    guidance_scale: float
    weight: float
    transition: TransitionKind
    transition_duration: Samples | None
    anchors: tuple[SoundAnchor, ...] = ()
    anchor_strength: float = 0.3
    guidance_curve: tuple[CurvePoint, ...] = ()
    weight_curve: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPart:
    """A stretch of a take that another one keeps; whole latent frames.

    Attributes:
        span: Where it lies in the take.
        target: Where it begins in the other one.
    """

    span: Span
    target: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything needed to make a take again.

    Attributes:
        prompts: The words, Everywhere prompt included, in order of time.
        settings: Settings of the lane at that time.
        stream: Number of the lane's noise stream.
        noise_take: Number of the noise take.
        engine_version: Version of the engine.
        based_on: The take whose sections were made again, or that was made longer, or ``None``.
        sections: These sections; empty if it was made longer.
        kept: What of that take stays and where it goes, where time was deleted or inserted; empty
            keeps all of it in its place.
        section_strength: 1 replaces the sound, less varies it.
        is_loop: Whether the end goes over into the start.
        source: The sound that it starts from; a take that it is based on takes its place.
        period_latent_frames: After how many latent frames noise repeated at the tempo of that time,
            or ``None`` if none did.
    """

    prompts: tuple[PromptSpan, ...]
    settings: GenerationSettings
    stream: int
    noise_take: int
    engine_version: str
    based_on: TakeId | None = None
    sections: tuple[Span, ...] = ()
    kept: tuple[KeptPart, ...] = ()
    section_strength: float = 1.0
    is_loop: bool = False
    source: SoundSource | None = None
    period_latent_frames: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMedia:
    """The files of a take in the project's media store.

    Attributes:
        audio: Mono float WAV at ``sample_rate``.
        mel: Natural-log mel spectrogram, ``.npy`` (T, M).
        latents: Latents, ``.npy`` (C, T/4, F).
        state: Noise records and statistics for making sections again, ``.npz``.
        sample_rate: Rate of the audio in Hz.
    """

    audio: MediaId
    mel: MediaId
    latents: MediaId
    state: MediaId
    sample_rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One generated result for a stretch of a lane.

    Attributes:
        number: Counts from 1 within the lane, never reused.
        span: Where its sound lies; starts on a latent frame.
        score: How well the sound fits the words, -1 to 1, or ``None`` where nobody could tell.
    """

    id: TakeId
    number: int
    span: Span
    media: TakeMedia
    recipe: Recipe
    name: str = ""
    is_favourite: bool = False
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundBlock:
    """A stretch of the lane's sound, taken from one take at the same position."""

    span: Span
    take_id: TakeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A stem: one strip of clips and the sound made from them.

    Attributes:
        clips: In order of their start. Two neighbours may overlap (their transition); a clip never
            overlaps more than its two neighbours.
        takes: All results ever made for the lane that were not deleted, oldest first.
        sound: What plays, in order, without overlaps. Gaps are silent.
        gain_db: Level, ``MIN_GAIN_DB`` (silence) to ``MAX_GAIN_DB``.
        pan: -1 left, 0 centre, 1 right.
        stream: Number of the lane's noise stream, unique within the project.
        next_take_number: Number of the next take (also its noise take).
        num_candidates: How many takes are made at once, 1 to ``MAX_CANDIDATES``.
    """

    id: LaneId
    name: str
    colour: str
    stream: int
    clips: tuple[PromptClip, ...] = ()
    takes: tuple[Take, ...] = ()
    sound: tuple[SoundBlock, ...] = ()
    settings: GenerationSettings = field(default_factory=GenerationSettings)
    gain_db: float = 0.0
    pan: float = 0.0
    is_muted: bool = False
    is_soloed: bool = False
    is_folded: bool = False
    next_take_number: int = 1
    num_candidates: int = 1

    @property
    def end(self) -> Samples:
        """First sample after the last clip and the last sound; 0 for an empty lane."""
        ends = [clip.span.end for clip in self.clips] + [block.span.end for block in self.sound]
        return max(ends, default=Samples(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A named position."""

    id: MarkerId
    position: Samples
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that is saved.

    Attributes:
        name: Shown in the title; the folder's name once it is saved.
        everywhere: Added to the prompt of every clip that has its switch on.
        tempo_bpm: Beats per minute of the bar grid.
        beats_per_bar: Metre of the bar grid.
        loop: The loop range, or ``None``.
        next_stream: Number of the next lane's noise stream.
    """

    name: str = "Untitled"
    lanes: tuple[Lane, ...] = ()
    everywhere: Prompt = field(default_factory=Prompt)
    markers: tuple[Marker, ...] = ()
    tempo_bpm: float = 120.0
    beats_per_bar: int = 4
    loop: Span | None = None
    next_stream: int = 0

    @property
    def end(self) -> Samples:
        """First sample after everything; 0 for an empty project."""
        return max((lane.end for lane in self.lanes), default=Samples(0))
