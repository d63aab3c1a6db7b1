"""Noise as the long-form samplers see it: by place and step, never all at once."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class FrameNoise(Protocol):
    """Unit Gaussian noise of any frames of a track.

    A frame's noise never depends on which others are asked for with it, so that every order of
    the work sees the same.
    """

    def __call__(self, step: int, start: int, end: int, /) -> Tensor:
        """Noise of absolute latent frames ``[start, end)``.

        Args:
            step: 0 for the noise that the sampler starts from; ``n`` for what its step ``n - 1``
                (counted from 0) may add.
            start: First frame.
            end: First frame after the range.

        Returns:
            (1, C, end - start, F) float32 on the sampler's device.
        """
        ...
