"""Changing latents between two steps, frame by frame: what is frozen, what is borrowed."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class FrameAdjustment(Protocol):
    """Changes the latents that a step is about to read.

    What happens to a frame depends on its place, the step and its own latents alone, so that every
    order of the work gives the same result.
    """

    def __call__(self, step: int, start: int, end: int, latents: Tensor, /) -> Tensor:
        """Latents of absolute frames ``[start, end)`` as step ``step`` is to see them.

        Args:
            step: The step that is about to read them, 0 to ``num_steps - 1``; or ``num_steps``
                for the finished latents.
            start: First frame.
            end: First frame after the range.
            latents: (1, C, end - start, F) at the level that the step begins at.

        Returns:
            Latents of the same shape; ``latents`` itself is left alone.
        """
        ...
