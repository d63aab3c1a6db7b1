"""How much each frame of a window counts: the ways to join overlapping predictions.

What a window's weights are depends on nothing but the windows that overlap it, so a window is
described here by their distances from its start. All profiles cost the same and sum to 1.

* *ramp*: each window counts fully in its core; neighbours meet in one short ramp, centred between
  the two window centres. Frames near a window's edge lack context and do not count.
* *alternate*: the same, but inside a ramp whole frames come from one window or the other, in turn
  (the self-loop swap of SaFa, Dai et al. 2025, section 3.2, as a weight profile).
* *gauss*: Gaussian weights over all windows at a frame (Mixture of Diffusers, Jimenez 2023).
* *mean*: equal weights over all windows at a frame (MultiDiffusion, Bar-Tal et al. 2023).
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from engine.api.sampling import Fusion

GAUSS_DEVIATION = 0.1
"""Standard deviation of the Gaussian profile, in windows."""


@functools.lru_cache(maxsize=256)
def window_weights(offsets: tuple[int, ...], *, window: int, ramp: int, fusion: Fusion) -> Tensor:
    """Weights of one window; kept, so leave the result alone.

    Args:
        offsets: Starts of all windows that overlap this one, itself included, relative to its own
            start; ascending.
        window: Length of every window.
        ramp: Length over which neighbours are mixed.
        fusion: The profile.

    Returns:
        (window,) float32 in 0..1. At every frame the weights of all windows sum to 1.
    """
    # What is kept for later callers must be an ordinary tensor, whatever mode the first one is in.
    with torch.inference_mode(mode=False):
        if fusion in (Fusion.RAMP, Fusion.ALTERNATE):
            return _core_weights(offsets, window, ramp, alternates=fusion is Fusion.ALTERNATE)
        return _shared_weights(offsets, window, fusion)


def counted_frames(
    offsets: tuple[int, ...], *, window: int, ramp: int, fusion: Fusion
) -> tuple[int, int]:
    """Frames [start, end) of a window outside of which its weights are 0; arguments as above."""
    if fusion in (Fusion.GAUSS, Fusion.MEAN):
        return 0, window
    before, after = _neighbours(offsets)
    begin = 0 if before is None else (window - before - ramp) // 2
    end = window if after is None else (window + after - ramp) // 2 + ramp
    return begin, end


def _core_weights(offsets: tuple[int, ...], window: int, ramp: int, *, alternates: bool) -> Tensor:
    before, after = _neighbours(offsets)
    weights = torch.ones(window, dtype=torch.float32)
    rise = (torch.arange(ramp, dtype=torch.float32) + 0.5) / ramp
    if alternates:
        # The later window takes the first frame and the earlier one the last, so that the turns
        # also alternate with the two cores.
        rise = (torch.arange(ramp) % 2 == 0).float()
    if before is not None:
        begin = (window - before - ramp) // 2
        weights[:begin] = 0.0
        weights[begin : begin + ramp] = rise
    if after is not None:
        begin = (window + after - ramp) // 2
        weights[begin : begin + ramp] = 1.0 - rise
        weights[begin + ramp :] = 0.0
    return weights


def _shared_weights(offsets: tuple[int, ...], window: int, fusion: Fusion) -> Tensor:
    profile = _gauss(window) if fusion is Fusion.GAUSS else torch.ones(window, dtype=torch.float64)
    total = torch.zeros_like(profile)
    for offset in offsets:
        begin, end = max(0, offset), min(window, offset + window)
        total[begin:end] += profile[begin - offset : end - offset]
    return (profile / total).float()


def _neighbours(offsets: tuple[int, ...]) -> tuple[int | None, int | None]:
    """Distances to the windows before and after, if there are any."""
    before = max((offset for offset in offsets if offset < 0), default=None)
    after = min((offset for offset in offsets if offset > 0), default=None)
    return None if before is None else -before, after


def _gauss(window: int) -> Tensor:
    distances = torch.arange(window, dtype=torch.float64) - (window - 1) / 2
    return torch.exp(-0.5 * (distances / (GAUSS_DEVIATION * window)).square())
