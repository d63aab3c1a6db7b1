"""Steps of loudness and timbre across the seams, and their trend over the track."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measurement import Measurement, Verdict, judged, not_measured
from engine.analysis.spectra import (
    FRAMES_PER_SECOND,
    HOPS_PER_SECOND,
    SILENCE_LUFS,
    BandSpectrum,
    loudness_lufs,
)

SHORT_TERM_SECONDS = 3
"""As the short-term loudness of EBU Tech 3341."""

_QUIET_LUFS = -60.0
_CHANCE_EXPONENT = 4.5
_FEWEST_TREND_VALUES = 4


_Steps = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Places in seconds, and the steps there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Something that may drift.

    Attributes:
        key: Start of the keys in JSON.
        name: For people.
        unit: Of a difference.
        audible: A step that one may just notice.
        great: A step or trend that everybody notices.
    """

    key: str
    name: str
    unit: str
    audible: float
    great: float


LOUDNESS = Quantity(key="loudness", name="Loudness", unit="LU", audible=1.0, great=3.0)
CENTROID = Quantity(key="centroid", name="Brightness", unit="oct", audible=0.15, great=0.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drift:
    """Running sums of what is averaged over three seconds.

    Attributes:
        quantity: What they measure.
        rate: Values per second.
        sums: (rows, T + 1) running sums, 0 at the start.
    """

    quantity: Quantity
    rate: int
    sums: NDArray[np.float64]

    def means(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        """The quantity over stretches; NaN where there is silence."""
        sums = self.sums[:, ends] - self.sums[:, begins]
        if self.quantity is LOUDNESS:
            level = loudness_lufs(np.maximum(sums[0], 0.0) / np.maximum(ends - begins, 1))
            return np.where(level > SILENCE_LUFS, level, np.nan)
        power = np.maximum(sums[1], 0.0)
        return np.where(
            power > 0, np.log2(np.maximum(sums[0], 1e-9) / np.maximum(power, 1e-30)), np.nan
        )

    @property
    def num_values(self) -> int:
        """Length of the track."""
        return int(self.sums.shape[1]) - 1

    def curve(self) -> NDArray[np.float64]:
        """Ten short-term values a second, each over the three seconds around it."""
        half = SHORT_TERM_SECONDS * self.rate // 2
        centres = np.arange(0, self.num_values, self.rate // HOPS_PER_SECOND)
        return self.means(
            np.maximum(centres - half, 0), np.minimum(centres + half, self.num_values)
        )

    def steps(self, seconds: NDArray[np.float64], stride_seconds: float) -> NDArray[np.float64]:
        """Three seconds after each place less the three before; NaN where either is not there.

        Less than three where the next seam comes earlier: it would dilute the step.

        Args:
            seconds: Places.
            stride_seconds: Distance between two seams.
        """
        size = max(1, round(min(SHORT_TERM_SECONDS, stride_seconds) * self.rate))
        places = np.rint(seconds * self.rate).astype(np.int64)
        is_inside = (places >= size) & (places + size <= self.num_values)
        steps = np.full(len(places), np.nan)
        inside = places[is_inside]
        before = self.means(inside - size, inside)
        steps[is_inside] = self.means(inside, inside + size) - before
        return steps


def loudness_drift(powers: NDArray[np.float64]) -> Drift:
    """Loudness from (H,) K-weighted powers, ten a second."""
    sums = np.concatenate([[0.0], np.cumsum(powers)])[None]
    return Drift(quantity=LOUDNESS, rate=HOPS_PER_SECOND, sums=sums)


def centroid_drift(spectrum: BandSpectrum) -> Drift:
    """Spectral centroid in octaves, weighted by power."""
    power = np.square(spectrum.magnitudes)
    rows = np.stack([power @ spectrum.centres_hz, power.sum(1, dtype=np.float64)])
    sums = np.concatenate([np.zeros((2, 1)), np.cumsum(rows, axis=1)], axis=1)
    return Drift(quantity=CENTROID, rate=FRAMES_PER_SECOND, sums=sums)


def drift_measurements(
    drift: Drift,
    seam_seconds: NDArray[np.float64],
    stride_seconds: float,
    border_seconds: tuple[float, ...] = (),
) -> tuple[Measurement, Measurement, Measurement]:
    """Typical step at the seams, greatest step at a seam, and trend.

    Steps are compared with those midway between the seams: a piece may change at will, but not
    where its windows meet. Where a new prompt begins, a step is wanted, and not counted.

    Args:
        drift: The quantity.
        seam_seconds: Places of the seams.
        stride_seconds: Distance between two seams.
        border_seconds: Where prompts begin or end within the piece.
    """
    typical, greatest = _steps(
        drift.quantity,
        _steps_away_from(border_seconds, drift, seam_seconds, stride_seconds),
        _steps_away_from(border_seconds, drift, seam_seconds + stride_seconds / 2, stride_seconds),
    )
    return typical, greatest, _trend(drift, has_prompts=bool(border_seconds))


def _steps_away_from(
    border_seconds: tuple[float, ...],
    drift: Drift,
    places: NDArray[np.float64],
    stride_seconds: float,
) -> _Steps:
    distances = np.abs(places[:, None] - np.asarray(border_seconds))
    steps = np.abs(drift.steps(places, stride_seconds))
    is_counted = np.isfinite(steps) & np.all(distances > SHORT_TERM_SECONDS, axis=1)
    return places[is_counted], steps[is_counted]


def _steps(quantity: Quantity, at_seams: _Steps, midway: _Steps) -> tuple[Measurement, Measurement]:
    keys = (f"{quantity.key}_step", f"{quantity.key}_greatest_step")
    names = (f"{quantity.name} step", f"{quantity.name}, greatest step")
    seconds, heard = at_seams
    if not len(heard):
        reason = "no seam has enough sound of one prompt on both sides."
        return not_measured(keys[0], names[0], reason), not_measured(keys[1], names[1], reason)
    worst_at = float(seconds[int(heard.argmax())])
    # How far the medians of two sets of as many random steps may be apart.
    allowed = float(np.exp(_CHANCE_EXPONENT / np.sqrt(len(heard))))
    median = float(np.median(midway[1])) if len(midway[1]) else None
    # Near the worst seam the three seconds contain its step, too.
    far = midway[1][np.abs(midway[0] - worst_at) >= SHORT_TERM_SECONDS]
    highest = float(far.max()) if len(far) else None
    what = quantity.name.lower()
    typical = _step(
        (keys[0], names[0]),
        quantity,
        float(np.median(heard)),
        median,
        max(quantity.audible, allowed * (median or 0.0)),
        (f"The {what} does not step at the seams.", f"The {what} steps at most seams."),
    )
    greatest = _step(
        (keys[1], names[1]),
        quantity,
        float(heard.max()),
        highest,
        max(quantity.great, 2 * (highest or 0.0)),
        (
            f"No single seam has a great step of {what}.",
            f"The {what} jumps at the seam at {worst_at:.1f} s, or a new prompt begins there.",
        ),
    )
    return typical, greatest


def _step(
    title: tuple[str, str],
    quantity: Quantity,
    value: float,
    elsewhere: float | None,
    high: float,
    meanings: tuple[str, str],
) -> Measurement:
    verdict = judged(value, None, high)
    return Measurement(
        key=title[0],
        name=title[1],
        value=value,
        unit=quantity.unit,
        high=high,
        elsewhere=elsewhere,
        verdict=verdict,
        meaning=meanings[verdict is not Verdict.OK],
    )


def _trend(drift: Drift, *, has_prompts: bool) -> Measurement:
    quantity = drift.quantity
    key, name = f"{quantity.key}_trend", f"{quantity.name} trend"
    size = SHORT_TERM_SECONDS * drift.rate
    begins = np.arange(0, drift.num_values - size + 1, size)
    values = drift.means(begins, begins + size)
    is_heard = np.isfinite(values)
    if quantity is LOUDNESS:
        is_heard &= values > _QUIET_LUFS
    if int(is_heard.sum()) < _FEWEST_TREND_VALUES:
        return not_measured(
            key, name, f"needs {_FEWEST_TREND_VALUES * SHORT_TERM_SECONDS} s of sound."
        )
    places = (begins[is_heard] + size / 2) / drift.num_values
    slope = float(np.polyfit(places, values[is_heard], 1)[0])
    verdict = judged(slope, -quantity.great, quantity.great, is_chance=has_prompts)
    direction = "rises" if slope > 0 else "falls"
    return Measurement(
        key=key,
        name=name,
        value=slope,
        unit=quantity.unit,
        low=-quantity.great,
        high=quantity.great,
        verdict=verdict,
        meaning=f"The {quantity.name.lower()} stays level from start to end."
        if verdict is Verdict.OK
        else f"The {quantity.name.lower()} {direction} from start to end, perhaps on purpose.",
    )
