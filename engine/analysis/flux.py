"""Onsets at the seams: the seam flux ratio and the stride's period in the flux."""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measurement import Measurement, Verdict, judged, not_measured

FLUX_TARGET = 1.0
PERIODICITY_TARGET = 3.0

_REACH_FRAMES = 2
_NUM_HARMONICS = 8
_FEWEST_PERIODS = 5
_NARROWEST_MEDIAN_BINS = 9


def seam_flux_ratio(
    flux: NDArray[np.float64], seams: NDArray[np.int64], stride: int
) -> Measurement:
    """Whether onsets at the seams stand out.

    The median over the seams of the highest flux within two frames, divided by the 95th percentile
    of the flux elsewhere. A value above the target counts only if no grid that is shifted against
    the seams gives so high a value.

    Args:
        flux: (T,) spectral flux.
        seams: Frames of the seams.
        stride: Frames between two seams.
    """
    key, name = "seam_flux_ratio", "Seam flux ratio"
    heard = seams[(seams > _REACH_FRAMES) & (seams < len(flux) - _REACH_FRAMES)]
    if not len(heard):
        return not_measured(key, name, "the piece has no seams.")
    is_elsewhere = np.ones(len(flux), bool)
    for shift in range(-_REACH_FRAMES, _REACH_FRAMES + 1):
        is_elsewhere[heard + shift] = False
    usual = float(np.percentile(flux[is_elsewhere], 95))
    if usual <= 0:
        return not_measured(key, name, "nothing ever changes in the sound.")
    peaks = highest_nearby(flux)
    value = float(np.median(peaks[heard])) / usual
    shifted = _shifted_medians(peaks, heard, stride) / usual
    verdict = judged(
        value,
        None,
        FLUX_TARGET,
        is_chance=bool(len(shifted)) and float(shifted.max()) >= value,
    )
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=FLUX_TARGET,
        elsewhere=float(np.median(shifted)) if len(shifted) else None,
        verdict=verdict,
        meaning={
            Verdict.OK: "No click or onset gives the seams away.",
            Verdict.UNSURE: "Strong onsets at the seams, but as strong ones at other places.",
        }.get(verdict, "Something starts at the seams: listen for a click or a sudden change."),
    )


def highest_nearby(flux: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T,) highest flux within two frames of each frame."""
    padded = np.pad(flux, _REACH_FRAMES)
    views = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH_FRAMES + 1)
    highest: NDArray[np.float64] = views.max(1)
    return highest


def stride_periodicity(flux: NDArray[np.float64], stride: int) -> Measurement:
    """Whether the flux repeats with the stride: finds seams too faint for the ratio.

    Power of the flux at the first eight multiples of 1 / stride, relative to the frequencies
    around them. Pure noise gives 1, and more than 3 less than once in a hundred pieces.

    Args:
        flux: (T,) spectral flux.
        stride: Frames between two seams.
    """
    key, name = "stride_periodicity", "Stride periodicity"
    num_periods = len(flux) // stride
    if num_periods < _FEWEST_PERIODS:
        return not_measured(
            key, name, f"needs at least {_FEWEST_PERIODS} strides, this has {num_periods}."
        )
    part = flux[1 : 1 + num_periods * stride - 1]
    usual = float(np.median(part))
    if usual <= 0:
        return not_measured(key, name, "nothing changes in most of the sound.")
    # The logarithm keeps single loud events from drowning everything else.
    curve = np.log1p(part / usual)
    power = _whitened_power(curve, num_periods * stride, num_periods)
    harmonics = num_periods * np.arange(1, min(_NUM_HARMONICS, stride // 4) + 1)
    value = float(power[harmonics].mean())
    # The taper spreads a line over its two neighbours: combs beside those say what chance does.
    shifts = [shift for shift in range(-num_periods // 2, num_periods // 2) if abs(shift) > 1]
    shifted = [float(power[harmonics + shift].mean()) for shift in shifts]
    verdict = judged(value, None, PERIODICITY_TARGET, is_chance=max(shifted) >= value)
    return Measurement(
        key=key,
        name=name,
        value=value,
        high=PERIODICITY_TARGET,
        elsewhere=float(np.median(shifted)),
        verdict=verdict,
        meaning={
            Verdict.OK: "The sound does not pulse with the windows.",
            Verdict.UNSURE: "The sound pulses, but as much with other periods.",
        }.get(verdict, "The sound pulses with the windows, or the music has this very period."),
    )


def _whitened_power(curve: NDArray[np.float64], num: int, num_periods: int) -> NDArray[np.float64]:
    """Power spectrum relative to its running median over the distance of two harmonics."""
    padded = np.zeros(num)
    padded[: len(curve)] = (curve - curve.mean()) * np.hanning(len(curve))
    power = np.abs(np.fft.rfft(padded)) ** 2
    half = max(num_periods, _NARROWEST_MEDIAN_BINS) // 2
    last = min(len(power) - 1, (_NUM_HARMONICS + 1) * num_periods)
    whitened = np.ones(len(power))
    for place in range(1, last + 1):
        around = power[max(1, place - half) : place + half + 1]
        # The median of an exponential distribution is ln 2 of its mean.
        usual = float(np.median(around)) / np.log(2)
        whitened[place] = power[place] / usual if usual > 0 else 1.0
    return whitened


def _shifted_medians(
    peaks: NDArray[np.float64], seams: NDArray[np.int64], stride: int
) -> NDArray[np.float64]:
    """The seams' median for grids shifted by a quarter to three quarters of a stride."""
    medians = []
    for shift in range(stride // 4, 3 * stride // 4 + 1, 2 * _REACH_FRAMES + 1):
        places = seams + shift
        places = places[places < len(peaks) - _REACH_FRAMES]
        if not len(places):
            places = seams - shift
            places = places[places > _REACH_FRAMES]
        if len(places):
            medians.append(float(np.median(peaks[places])))
    return np.asarray(medians)
