"""Jumps of the waveform: the typical one at the seams, and the worst."""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measurement import Measurement, Verdict, judged, not_measured

JUMP_TARGET = 1.0

_HALF_WINDOW_SECONDS = 0.05
_MOST_SAMPLED_PLACES = 200_000
_CHANCE = 0.005
_SHIFTS = 40


def jump_ratios(
    samples: NDArray[np.float32], places: NDArray[np.int64], sample_rate: int
) -> NDArray[np.float64]:
    """``|x[s] - x[s - 1]|`` over the rms of the first difference within 50 ms on each side.

    Args:
        samples: (N,) mono.
        places: Samples s, each within 1..N - 1.
        sample_rate: In Hz.

    Returns:
        One ratio for each place; 0 where all is silent. A perfectly random signal has a median of
        0.67.
    """
    half = max(1, round(_HALF_WINDOW_SECONDS * sample_rate))
    ratios = np.zeros(len(places))
    for index, place in enumerate(places):
        around = samples[max(0, place - half - 1) : place + half].astype(np.float64)
        rms = float(np.sqrt(np.mean(np.diff(around) ** 2)))
        jump = abs(float(samples[place]) - float(samples[place - 1]))
        ratios[index] = jump / rms if rms > 0 else 0.0
    return ratios


def jump_ratio(
    samples: NDArray[np.float32],
    seams: NDArray[np.int64],
    *,
    stride: int,
    sample_rate: int,
) -> Measurement:
    """The median jump ratio of the seams; 1.8 is bad, 0.05 perfect.

    Args:
        samples: (N,) mono.
        seams: Samples of the seams.
        stride: Samples between two seams.
        sample_rate: In Hz.
    """
    key, name = "jump_ratio", "Jump ratio"
    if not len(seams):
        return not_measured(key, name, "the piece has no seams.")
    value = float(np.median(jump_ratios(samples, seams, sample_rate)))
    others = []
    for shift in np.linspace(stride // 4, 3 * stride // 4, _SHIFTS).astype(np.int64):
        places = seams + shift
        places = places[places < len(samples)]
        if not len(places):
            places = seams - shift
            places = places[places > 0]
        if len(places):
            others.append(float(np.median(jump_ratios(samples, places, sample_rate))))
    is_chance = bool(others) and max(others) >= value
    verdict = judged(value, None, JUMP_TARGET, is_chance=is_chance)
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=JUMP_TARGET,
        elsewhere=float(np.median(others)) if others else None,
        verdict=verdict,
        meaning={
            Verdict.OK: "The wave runs on smoothly through the seams.",
            Verdict.UNSURE: "Rough at the seams, but no rougher than at other places.",
        }.get(verdict, "The wave jumps at the seams: listen for clicks."),
    )


def worst_jump(
    samples: NDArray[np.float32],
    places: NDArray[np.int64],
    sample_rate: int,
    *,
    key: str = "worst_jump",
    name: str = "Worst jump at a seam",
) -> Measurement:
    """The largest jump ratio of some places against what as many random places may have.

    Args:
        samples: (N,) mono.
        places: Samples where pieces were joined.
        sample_rate: In Hz.
        key: Name in JSON.
        name: Name for people.
    """
    heard = places[(places > 0) & (places < len(samples))]
    if not len(heard):
        return not_measured(key, name, "nothing was joined here.")
    ratios = jump_ratios(samples, heard, sample_rate)
    value = float(ratios.max())
    elsewhere = _ratios_elsewhere(samples, sample_rate)
    usual = float(np.quantile(elsewhere, 1 - _CHANCE / len(heard)))
    high = max(JUMP_TARGET, usual)
    worst = int(heard[int(ratios.argmax())]) / sample_rate
    verdict = judged(value, None, high)
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=high,
        elsewhere=usual,
        verdict=verdict,
        meaning="No single join clicks."
        if verdict is Verdict.OK
        else f"There is a click at {worst:.2f} s.",
    )


def _ratios_elsewhere(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
    """Jump ratios at evenly spread places, with the rms taken over blocks of 100 ms."""
    size = max(1, round(2 * _HALF_WINDOW_SECONDS * sample_rate))
    difference = np.abs(np.diff(samples))
    num_blocks = len(difference) // size
    if num_blocks == 0:
        return np.ones(1)
    blocks = difference[: num_blocks * size].reshape(num_blocks, size)
    rms = np.sqrt(np.mean(blocks.astype(np.float32) ** 2, axis=1, dtype=np.float64))
    # Odd, so that it does not fall into step with a stride.
    every = max(1, num_blocks * size // _MOST_SAMPLED_PLACES) | 1
    places = np.arange(0, num_blocks * size, every)
    level = rms[places // size]
    ratios = np.where(level > 0, difference[places] / np.maximum(level, 1e-30), 0.0)
    return np.asarray(ratios, np.float64)
