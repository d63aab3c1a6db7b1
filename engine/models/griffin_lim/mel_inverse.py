"""Magnitude spectra from mel spectra.

Shape letters in this file:
    B  batch
    T  frames
    M  mel bands
    K  frequency bins
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_NUM_UPDATES = 30
# Only keeps zero from being divided by zero: the outermost bins have filters of almost nothing.
_TINY = 1e-30
# The multiplicative updates cannot leave zero, so the start is kept off it.
_START_FLOOR = 1e-3


class MelInverse(nn.Module):
    """Non-negative magnitudes whose mel spectrum is the given one, as nearly as possible.

    Starts from the pseudo-inverse and improves it by the multiplicative updates of non-negative
    matrix factorisation (Lee and Seung, 2001, theorem 1, with the filters fixed). Every frame is
    solved alone, so pieces of a spectrogram give the same result as the whole.

    Args:
        filters: (M, K) float64 mel filters.
    """

    filters: Tensor
    pseudo_inverse: Tensor
    heard: Tensor

    def __init__(self, filters: Tensor) -> None:
        super().__init__()
        self.register_buffer("filters", filters.float(), persistent=False)
        self.register_buffer("heard", (filters.sum(dim=0) > 0).float(), persistent=False)
        self.register_buffer("pseudo_inverse", torch.linalg.pinv(filters).float(), persistent=False)

    def forward(self, mel_magnitude: Tensor) -> Tensor:
        """Invert a batch of linear (not logarithmic) mel spectra.

        Args:
            mel_magnitude: (B, T, M), >= 0.

        Returns:
            (B, T, K), >= 0; zero in bins that no filter covers.
        """
        start = mel_magnitude @ self.pseudo_inverse.T
        target = mel_magnitude @ self.filters
        floor = _START_FLOOR * mel_magnitude.mean(dim=-1, keepdim=True)
        magnitude = torch.maximum(start, floor) * self.heard
        for _ in range(_NUM_UPDATES):
            reached = (magnitude @ self.filters.T) @ self.filters
            magnitude = magnitude * (target / (reached + _TINY))
        return magnitude
