"""After how many latent frames noise repeats, from bars or seconds. No torch."""

from fractions import Fraction

from engine.api.requests import LATENT_FRAMES_PER_SECOND


def latent_frames_of_bars(bars: float, beats_per_bar: int, bpm: float) -> Fraction:
    """How long some bars are, exactly.

    Args:
        bars: Number of bars, above 0; may be a part of one.
        beats_per_bar: Beats of a bar, at least 1.
        bpm: Tempo in beats per minute, above 0.

    Raises:
        ValueError: A number is out of range; the message names it.
    """
    if not 0.0 < bars < float("inf"):
        raise ValueError(f"bars must be a number above 0, got {bars}")
    if beats_per_bar < 1:
        raise ValueError(f"beats_per_bar must be at least 1, got {beats_per_bar}")
    if not 0.0 < bpm < float("inf"):
        raise ValueError(f"bpm must be a number above 0, got {bpm}")
    return Fraction(bars) * beats_per_bar * 60 * LATENT_FRAMES_PER_SECOND / Fraction(bpm)


def period_latent_frames(wanted: Fraction, *, loop_latent_frames: int | None = None) -> int:
    """The period in whole latent frames that is nearest to a wanted one.

    A loop holds a whole number of periods, the one that comes nearest to the wanted length. Where
    its length cannot be divided by that number, the last period is a few frames shorter or longer
    than the others: at most half a frame for each of them.

    Args:
        wanted: In latent frames, above 0.
        loop_latent_frames: Length of the loop, or ``None`` for a piece that is none.

    Returns:
        At least 1; of two that are equally near, the shorter one.
    """
    if loop_latent_frames is None:
        return _rounded(wanted)
    return _rounded(Fraction(loop_latent_frames, _rounded(loop_latent_frames / wanted)))


def _rounded(value: Fraction) -> int:
    """The nearest whole number, at least 1; of two that are equally near, the smaller one."""
    below = value.numerator // value.denominator
    return max(1, below if value - below <= Fraction(1, 2) else below + 1)
