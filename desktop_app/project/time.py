"""Timeline time: whole samples at 48 kHz, and its conversions.

Everything in ``desktop_app`` counts time in samples at 48 kHz. One latent frame of the engine is
40 ms = 1,920 timeline samples = 640 engine samples, so these conversions are exact one way and
carry their rounding in the name the other way.
"""

from dataclasses import dataclass, replace
from typing import NewType

Samples = NewType("Samples", int)
"""A position or a length on the timeline, in samples at 48 kHz."""

TIMELINE_RATE_HZ = 48_000
SAMPLES_PER_LATENT_FRAME = 1_920
SAMPLES_PER_ENGINE_SAMPLE = 3
MAX_TIMELINE_SAMPLES = Samples(24 * 3600 * TIMELINE_RATE_HZ)
"""The timeline ends after a day; anything longer is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of the timeline: ``start`` belongs to it, ``end`` does not.

    Raises:
        ValueError: The range is empty, negative or beyond the end of the timeline.
    """

    start: Samples
    end: Samples

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MAX_TIMELINE_SAMPLES:
            raise ValueError(
                f"a span must satisfy 0 <= start < end <= {MAX_TIMELINE_SAMPLES},"
                f" got {self.start}..{self.end}"
            )

    @property
    def duration(self) -> Samples:
        """Length of the range, at least 1."""
        return Samples(self.end - self.start)

    def contains(self, position: Samples) -> bool:
        """Whether ``position`` lies inside."""
        return self.start <= position < self.end

    def intersects(self, other: "Span") -> bool:
        """Whether the two ranges share at least one sample."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: "Span") -> "Span | None":
        """The shared range, or ``None``."""
        if not self.intersects(other):
            return None
        return Span(max(self.start, other.start), min(self.end, other.end))

    def moved(self, delta: Samples) -> "Span":
        """The range shifted by ``delta``."""
        return replace(self, start=Samples(self.start + delta), end=Samples(self.end + delta))


def samples_from_seconds_rounded(seconds: float) -> Samples:
    """The nearest whole sample."""
    return Samples(round(seconds * TIMELINE_RATE_HZ))


def seconds_from_samples(samples: Samples) -> float:
    """Seconds, for people and for widgets; never for arithmetic."""
    return samples / TIMELINE_RATE_HZ


def latent_frame_floor(position: Samples) -> int:
    """The latent frame that contains ``position``."""
    return position // SAMPLES_PER_LATENT_FRAME


def latent_frame_ceil(position: Samples) -> int:
    """The first latent frame that starts at or after ``position``."""
    return -(-position // SAMPLES_PER_LATENT_FRAME)


def latent_frame_rounded(position: Samples) -> int:
    """The latent frame whose start is nearest to ``position``; halves go up."""
    return (2 * position + SAMPLES_PER_LATENT_FRAME) // (2 * SAMPLES_PER_LATENT_FRAME)


def samples_from_latent_frame(frame: int) -> Samples:
    """The start of a latent frame; exact."""
    return Samples(frame * SAMPLES_PER_LATENT_FRAME)
