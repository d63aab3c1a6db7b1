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

    Every frame is reduced on its own and the frames are merged in float64 (Chan, Golub and LeVeque
    1979), so the result does not depend on where the tiles begin, and level differences between
    tiles count in full.

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
        if values.dtype != torch.float64:
            values = values.float()
        per_group = values.view(self._mean.numel(), -1, num_frames, bins)
        variances, means = torch.var_mean(per_group, dim=(1, 3), correction=0)
        variances, means = variances.double().cpu(), means.double().cpu()
        size = channels // self._mean.numel() * bins
        mean = means.mean(dim=1)
        squares = size * (variances + (means - mean[:, None]) ** 2).sum(dim=1)
        self._merge(size * num_frames, mean, squares)

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
