"""One number of the seam report, and what it says."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a measurement says."""

    OK = "ok"
    OFF = "not ok"
    UNSURE = "unsure"
    """Outside the target, but no further than chance can bring it in so short a piece."""
    UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One number of the seam report.

    Attributes:
        key: Name in JSON, such as ``seam_flux_ratio``.
        name: Name for people.
        value: What was measured, or ``None`` if it could not be.
        unit: Unit of the value; empty for a ratio.
        low: Lower end of the target, or ``None`` for none.
        high: Upper end of the target, or ``None`` for none.
        elsewhere: The same measured where no seam is, or ``None`` if that makes no sense.
        verdict: Whether the target is met.
        meaning: What this says about the sound, in plain words.
    """

    key: str
    name: str
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    elsewhere: float | None = None
    verdict: Verdict
    meaning: str

    @property
    def target(self) -> str:
        """The target for people, such as "below 1" or "0.97 to 1.03"."""
        unit = f" {self.unit}" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f"{self.low:.3g} to {self.high:.3g}{unit}"
        if self.high == 0:
            return "exactly 0"
        if self.high is not None:
            return f"below {self.high:.3g}{unit}"
        return "" if self.low is None else f"above {self.low:.3g}{unit}"


def meets(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value lies within a target; its upper end does not belong to it unless it is 0."""
    is_high_enough = low is None or value >= low
    is_low_enough = high is None or value < high or value == high == 0
    return is_high_enough and is_low_enough


def judged(
    value: float, low: float | None, high: float | None, *, is_chance: bool = False
) -> Verdict:
    """The verdict on a value.

    Args:
        value: What was measured.
        low: Lower end of the target, or ``None``.
        high: Upper end of the target, or ``None``.
        is_chance: Whether a value outside the target proves nothing.
    """
    if meets(value, low, high):
        return Verdict.OK
    return Verdict.UNSURE if is_chance else Verdict.OFF


def not_measured(key: str, name: str, reason: str) -> Measurement:
    """A measurement that could not be made; ``reason`` completes "not measured: …"."""
    return Measurement(
        key=key,
        name=name,
        value=None,
        verdict=Verdict.UNMEASURED,
        meaning=f"Not measured: {reason}",
    )
