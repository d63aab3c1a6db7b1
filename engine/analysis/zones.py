"""Whether frames that are means of two windows are weaker or duller than the others.

Averaging two predictions that do not agree loses power, most of all fine detail (the complaint of
SaFa against MultiDiffusion). So the variance of the latents, and that of their difference from
frame to frame, are compared between the ramps and the cores around them.
"""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measurement import Measurement, Verdict, judged, not_measured
from engine.analysis.seams import SeamLayout

ZONE_TARGET = (0.97, 1.03)

_FEWEST_SEAMS = 4
_STANDARD_ERRORS = 4.0


def zone_measurements(
    values: NDArray[np.float32], layout: SeamLayout, *, of: str, title: str
) -> tuple[Measurement, Measurement]:
    """Power and detail in the ramps against the cores.

    Args:
        values: (T, D) latents or log-mel on the latent grid.
        layout: The windows.
        of: Start of the keys, such as ``latent``.
        title: Start of the names, such as "Latent".

    Returns:
        The ratio of the variances, and that of the variances of the first difference in time.
    """
    centred = values - values.mean(0, dtype=np.float64).astype(np.float32)
    power = np.square(centred).sum(1, dtype=np.float64) / values.shape[1]
    detail = np.square(np.diff(values, axis=0)).sum(1, dtype=np.float64) / values.shape[1]
    return (
        _compared(power, layout, f"{of}_power_ratio", f"{title} power, ramp / core", "weaker"),
        _compared(detail, layout, f"{of}_hf_ratio", f"{title} detail, ramp / core", "blurred"),
    )


def _compared(
    series: NDArray[np.float64], layout: SeamLayout, key: str, name: str, fault: str
) -> Measurement:
    ramps, cores = _zone_means(series, layout)
    if not len(ramps):
        return not_measured(key, name, "the piece has no ramps between cores.")
    if cores.sum() <= 0:
        return not_measured(key, name, "nothing ever changes.")
    value = float(ramps.sum() / cores.sum())
    error = _jackknife_error(ramps, cores)
    low, high = ZONE_TARGET
    # Few seams make the error itself uncertain.
    allowed = _STANDARD_ERRORS * (1 + 6 / len(ramps)) * error
    is_chance = len(ramps) < _FEWEST_SEAMS or abs(value - 1) <= allowed
    verdict = judged(value, low, high, is_chance=is_chance)
    side = fault if value < 1 else "stronger" if fault == "weaker" else "rougher"
    return Measurement(
        key=key,
        name=name,
        value=value,
        low=low,
        high=high,
        elsewhere=1.0,
        verdict=verdict,
        meaning={
            Verdict.OK: "Where windows are mixed, the sound is as full as elsewhere.",
            Verdict.UNSURE: f"Chance alone gives ±{error:.2f} here; a longer piece would tell.",
        }.get(verdict, f"Where windows are mixed, the sound is {side}."),
    )


def _zone_means(
    series: NDArray[np.float64], layout: SeamLayout
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean in each ramp, and in the half cores on both sides of it."""
    half_ramp, half_stride = layout.ramp // 2, layout.stride // 2
    ramps, cores = [], []
    if half_ramp > 0 and half_ramp < half_stride:
        for seam in layout.seam_frames(len(series) + 1):
            begin, end = seam - half_stride, seam + half_stride
            if begin < 0 or end > len(series):
                continue
            ramps.append(series[seam - half_ramp : seam + half_ramp].mean())
            sides = (series[begin : seam - half_ramp], series[seam + half_ramp : end])
            cores.append(np.concatenate(sides).mean())
    return np.asarray(ramps), np.asarray(cores)


def _jackknife_error(ramps: NDArray[np.float64], cores: NDArray[np.float64]) -> float:
    """Standard error of ``sum(ramps) / sum(cores)``, leaving out one seam at a time."""
    num = len(ramps)
    if num < 2:
        return 0.0
    without = (ramps.sum() - ramps) / np.maximum(cores.sum() - cores, 1e-30)
    spread = np.sum((without - without.mean()) ** 2)
    return float(np.sqrt((num - 1) / num * spread))
