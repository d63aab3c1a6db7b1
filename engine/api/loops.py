"""Lengths that a loop can have, and how near they come to whole bars. No torch."""

from dataclasses import dataclass
from fractions import Fraction

from engine.api.requests import LATENT_FRAMES_PER_SECOND

LOOP_MULTIPLE_LATENT_FRAMES = 8
"""Loops have a multiple of this many latent frames: the networks halve time three times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopLength:
    """The possible length that is nearest to some bars.

    Attributes:
        num_latent_frames: Length of the loop.
        deviation_ms: How much longer than the bars it is, in milliseconds; negative if shorter.
        exact_bpm: The tempo at which the bars fill it exactly, in beats per minute.
    """

    num_latent_frames: int
    deviation_ms: float
    exact_bpm: float


def loop_latent_frames(
    bars: int,
    beats_per_bar: int,
    bpm: float,
    *,
    window_latent_frames: int,
    time_multiple: int = LOOP_MULTIPLE_LATENT_FRAMES,
) -> LoopLength:
    """Find the possible length of a loop that is nearest to a number of bars.

    Args:
        bars: Number of bars, at least 1.
        beats_per_bar: Beats of a bar, at least 1.
        bpm: Tempo in beats per minute, above 0.
        window_latent_frames: The model's window: no loop is shorter.
        time_multiple: Latent frames of which every length is a multiple.

    Returns:
        The length; of two that are equally near, the shorter one.

    Raises:
        ValueError: A number is out of range, or the bars are shorter than any loop; the message
            names it and tells how many bars are enough.
    """
    for name, value in (("bars", bars), ("beats_per_bar", beats_per_bar)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    if not 0.0 < bpm < float("inf"):
        raise ValueError(f"bpm must be a number above 0, got {bpm}")
    for name, value in (
        ("window_latent_frames", window_latent_frames),
        ("time_multiple", time_multiple),
    ):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    frames_per_bar = beats_per_bar * 60 * LATENT_FRAMES_PER_SECOND / Fraction(bpm)
    wanted = bars * frames_per_bar
    nearest = _nearest_multiple(wanted, time_multiple)
    shortest = -(-window_latent_frames // time_multiple) * time_multiple
    if nearest < shortest:
        enough = -(-Fraction(shortest) // frames_per_bar)
        raise ValueError(
            f"{bars} bars at {bpm:g} bpm last {float(wanted) / LATENT_FRAMES_PER_SECOND:.2f} s, "
            f"but a loop lasts at least {shortest / LATENT_FRAMES_PER_SECOND:.2f} s: "
            f"{enough} bars are enough"
        )
    return LoopLength(
        num_latent_frames=nearest,
        deviation_ms=float((nearest - wanted) * 1000 / LATENT_FRAMES_PER_SECOND),
        exact_bpm=float(bars * beats_per_bar * 60 * LATENT_FRAMES_PER_SECOND / Fraction(nearest)),
    )


def _nearest_multiple(value: Fraction, multiple: int) -> int:
    below = value // multiple * multiple
    return below if value - below <= Fraction(multiple, 2) else below + multiple
