"""Joint diffusion as it is defined, frame by frame and number by number: slow, obvious, float64.

It knows nothing of grids, batches, crops, wavefronts or stored states, and imports nothing of the
engine. Frames are counted from the start of the track.

Shape letters: C channels, T frames of the track, W frames of a window, F bins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Predict = Callable[[int, Tensor, int], Tensor]
"""Maps the start of a window, its latents (C, W, F) and the timestep to its guided prediction."""

DrawnNoise = Callable[[int], Tensor]
"""Maps a step to noise (C, T, F): 0 for what the run starts from, n for what step n - 1 adds."""


@dataclass(frozen=True, kw_only=True)
class Track:
    """Windows at the given starts, all of one length.

    Attributes:
        num_frames: Length of the track, hidden frames included.
        starts: First frames of the windows, ascending.
        window: Their length.
        ramp: Frames over which neighbours are mixed.
        fusion: "ramp", "alternate", "gauss" or "mean".
        is_circular: Whether the end goes over into the start.
    """

    num_frames: int
    starts: tuple[int, ...]
    window: int
    ramp: int
    fusion: str = "ramp"
    is_circular: bool = False

    def weight(self, start: int, position: int) -> float:
        """How much frame ``position`` of the window at ``start`` counts."""
        turns = (-1, 0, 1) if self.is_circular else (0,)
        others = sorted(s + turn * self.num_frames for s in self.starts for turn in turns)
        frame = start + position
        if self.fusion in ("gauss", "mean"):
            shares = [self._bell(frame - s) for s in others if s <= frame < s + self.window]
            return self._bell(position) / sum(shares)
        before = [s for s in others if start - self.window < s < start]
        after = [s for s in others if start < s < start + self.window]
        weight = 1.0
        if before:
            weight *= self._risen(frame, middle=(before[-1] + start + self.window) / 2)
        if after:
            weight *= 1.0 - self._risen(frame, middle=(start + after[0] + self.window) / 2)
        return weight

    def _bell(self, position: int) -> float:
        if self.fusion == "mean":
            return 1.0
        return math.exp(-0.5 * ((position - (self.window - 1) / 2) / (0.1 * self.window)) ** 2)

    def _risen(self, frame: int, middle: float) -> float:
        """0 before a ramp around ``middle``, 1 after it."""
        begin = math.floor(middle - self.ramp / 2)
        if frame < begin:
            return 0.0
        if frame >= begin + self.ramp:
            return 1.0
        if self.fusion == "alternate":
            return float((frame - begin) % 2 == 0)
        return (frame - begin + 0.5) / self.ramp


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What is known of the frames that stay: clean latents (C, T, F), and which those are (T,)."""

    clean: Tensor
    is_frozen: list[bool]


def levels() -> list[float]:
    """Signal power at each of AudioLDM's 1000 noise levels."""
    low, high = math.sqrt(0.0015), math.sqrt(0.0195)
    power, result = 1.0, []
    for index in range(1000):
        power *= 1.0 - (low + (high - low) * index / 999) ** 2
        result.append(power)
    return result


def ddim_timesteps(num_steps: int) -> list[int]:
    """Noisiest first."""
    return [1 + (1000 // num_steps) * i for i in range(num_steps - 1, -1, -1)]


def fused(track: Track, predict: Predict, x: Tensor, timestep: int) -> Tensor:
    """(C, T, F) the weighted sum of what all windows say."""
    total = torch.zeros_like(x)
    for start in track.starts:
        places = [(start + i) % track.num_frames for i in range(track.window)]
        prediction = predict(start, x[:, places], timestep)
        for position, place in enumerate(places):
            total[:, place] += track.weight(start, position) * prediction[:, position]
    return total


def sampled(
    track: Track,
    predict: Predict,
    noise: DrawnNoise,
    *,
    num_steps: int,
    eta: float = 0.0,
    frozen: Frozen | None = None,
    borrowed: Sequence[Tensor] = (),
) -> Tensor:
    """(C, T, F) what DDIM makes of the noise (Song et al. 2021, equation 12).

    Frozen frames are at every level what they were on their own way: their clean latents and the
    noise that they carry, which fresh noise turns from step to step. In the first steps every odd
    frame of a window in which no other window counts is that of the reference in ``borrowed``.
    """
    power, timesteps = levels(), ddim_timesteps(num_steps)
    x, carried = noise(0).clone(), noise(0).clone()
    for step, timestep in enumerate(timesteps):
        here = power[timestep]
        after = power[timesteps[step + 1]] if step + 1 < num_steps else power[0]
        if frozen is not None:
            _hold(x, frozen, math.sqrt(here) * frozen.clean + math.sqrt(1 - here) * carried)
        if step < len(borrowed):
            _borrow(x, track, borrowed[step])
        fresh_power = eta**2 * (1 - after) / (1 - here) * (1 - here / after)
        fresh = noise(step + 1) if eta else torch.zeros_like(x)
        epsilon = fused(track, predict, x, timestep)
        for p in range(track.num_frames):
            clean = (x[:, p] - math.sqrt(1 - here) * epsilon[:, p]) / math.sqrt(here)
            x[:, p] = (
                math.sqrt(after) * clean
                + math.sqrt(1 - after - fresh_power) * epsilon[:, p]
                + math.sqrt(fresh_power) * fresh[:, p]
            )
            left = math.sqrt(1 - after - fresh_power) * carried[:, p]
            carried[:, p] = (left + math.sqrt(fresh_power) * fresh[:, p]) / math.sqrt(1 - after)
    if frozen is not None:
        _hold(x, frozen, frozen.clean)
    return x


def _hold(x: Tensor, frozen: Frozen, known: Tensor) -> None:
    for p, is_frozen in enumerate(frozen.is_frozen):
        if is_frozen:
            x[:, p] = known[:, p]


def _borrow(x: Tensor, track: Track, reference: Tensor) -> None:
    for start in track.starts:
        for position in range(1, track.window, 2):
            if track.weight(start, position) == 1.0:
                x[:, (start + position) % track.num_frames] = reference[:, position]
