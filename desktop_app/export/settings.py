"""What is exported, and how."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop_app.project.ids import LaneId
from desktop_app.project.time import Span

SAMPLE_RATES_HZ = (44_100, 48_000)
DEFAULT_NAME_TEMPLATE = "{project}_{nn}_{lane}"


class SampleFormat(StrEnum):
    """Kind and word length of the files."""

    PCM_16 = "wav16"
    """With dither."""
    PCM_24 = "wav24"
    FLOAT_32 = "wav32float"
    FLAC_16 = "flac16"
    """With dither; half the size, but no time stamp, markers and loop."""
    FLAC_24 = "flac24"

    @property
    def num_bits(self) -> int:
        """Bits of a sample."""
        return {"wav16": 16, "wav24": 24, "wav32float": 32, "flac16": 16, "flac24": 24}[self.value]

    @property
    def suffix(self) -> str:
        """The end of a file name: .wav or .flac."""
        return ".flac" if self.is_flac else ".wav"

    @property
    def is_flac(self) -> bool:
        """Whether the files are FLAC instead of broadcast WAV."""
        return self in (SampleFormat.FLAC_16, SampleFormat.FLAC_24)

    @property
    def is_float(self) -> bool:
        """Whether samples may go beyond full scale."""
        return self is SampleFormat.FLOAT_32


class OnCollision(StrEnum):
    """What happens where a file of the name is there already."""

    ADD_NUMBER = "add_number"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """Everything a person can choose about an export.

    All files start together and have the same length.

    Attributes:
        has_mix: Whether the sum of all audible lanes is written.
        has_stems: Whether each lane is written alone, with its gain and pan.
        has_session: Whether a DAWproject session with the stems inside is written, too.
        lane_ids: Lanes that become stems; ``None`` is all that are audible and have sound.
        sample_format: Word length.
        sample_rate: One of ``SAMPLE_RATES_HZ``.
        span: The part to be exported; ``None`` is everything from the start of the timeline.
        name_template: Text with {project}, {nn} (number of the lane, 00 for the mix), {lane},
            {bpm}, {rate} and {bits}.
        on_collision: What happens where a file is there already.
        includes_recipe: Whether the recipes of the takes are written into the files.
        includes_prompts: Whether these recipes hold the prompts.
        includes_ai_tag: Whether the files say that a trained model made them.
        includes_markers: Whether markers are written into the files.
        includes_loop: Whether the loop range is.
        licence: Terms of the model, written into the files; may be empty.
        originated_at: Date and time in the files; ``None`` leaves them out, so that the same
            project gives the same bytes.
        dither_seed: Seed of the dither noise.
    """

    has_mix: bool = True
    has_stems: bool = True
    has_session: bool = False
    lane_ids: tuple[LaneId, ...] | None = None
    sample_format: SampleFormat = SampleFormat.PCM_24
    sample_rate: int = 48_000
    span: Span | None = None
    name_template: str = DEFAULT_NAME_TEMPLATE
    on_collision: OnCollision = OnCollision.ADD_NUMBER
    includes_recipe: bool = True
    includes_prompts: bool = True
    includes_ai_tag: bool = True
    includes_markers: bool = True
    includes_loop: bool = False
    licence: str = ""
    originated_at: datetime | None = None
    dither_seed: int = 0
