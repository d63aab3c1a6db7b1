"""Group statistics over a whole track, gathered tile by tile.

Shape letters in this file:
    G  groups of a normalisation
    C  channels
    T  frames
    F  frequency bins
    K  normalisations of a decoder
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


class RunningStatistics:
    """Mean and variance of each group over everything seen so far.

    Every channel of every frame is reduced on its own, around its own mean, and they are merged in
    float64 (Chan, Golub and LeVeque 1979), so the result does not depend on where the tiles begin,
    and level differences between tiles count in full.

    Args:
        num_groups: ``G``.
    """

    def __init__(self, num_groups: int) -> None:
        self._count = 0
        self._mean = torch.zeros(num_groups, dtype=torch.float64)
        self._squares = torch.zeros(num_groups, dtype=torch.float64)

    def add(self, values: Tensor) -> None:
        """Take in the next frames, (1, C, T, F)."""
        _, channels, num_frames, bins = values.shape
        # (T, F, C), as it lies in memory; at least float32.
        frames = values[0].permute(1, 2, 0)
        is_half = frames.dtype.itemsize < torch.float32.itemsize
        frames = frames.float() if is_half else frames
        means = frames.mean(dim=1)
        # The copy in float32 is nobody's, so it may be overwritten.
        deviations = (frames.sub_ if is_half else frames.sub)(means[:, None])
        squares = deviations.square_().sum(dim=1)
        # Channels come in groups.
        shape = (num_frames, self._mean.numel(), -1)
        means, squares = (v.double().cpu().view(shape) for v in (means, squares))
        mean = means.mean(dim=(0, 2))
        between = (means - mean[:, None]).square().sum(dim=(0, 2))
        count = channels // self._mean.numel() * bins * num_frames
        self._merge(count, mean, squares.sum(dim=(0, 2)) + bins * between)

    def _merge(self, count: int, mean: Tensor, squares: Tensor) -> None:
        total = self._count + count
        delta = mean - self._mean
        self._mean = self._mean + delta * (count / total)
        self._squares = self._squares + squares + delta**2 * (self._count * count / total)
        self._count = total

    def finished(self) -> NormStatistics:
        """Mean and (biased) variance of each group."""
        return NormStatistics(mean=self._mean, variance=self._squares / self._count)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormStatistics:
    """What one group normalisation subtracts and divides by.

    Attributes:
        mean: (G,) float64.
        variance: (G,) float64, biased as in group normalisation.
    """

    mean: Tensor
    variance: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecoderStatistics:
    """Statistics of all normalisations of a decoder: keep them, and later edits stay local.

    Attributes:
        values: (K, 2, G) float64: means and variances, in the order of the decoder's work.
    """

    values: Tensor

    @classmethod
    def of(cls, norms: Sequence[NormStatistics]) -> DecoderStatistics:
        """Collect the statistics of every normalisation, in order."""
        return cls(values=torch.stack([torch.stack((n.mean, n.variance)) for n in norms]))

    def norm(self, index: int) -> NormStatistics:
        """Statistics of one normalisation."""
        return NormStatistics(mean=self.values[index, 0], variance=self.values[index, 1])
