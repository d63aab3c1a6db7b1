"""Noise of a circle: frames past its end are those from its start on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.longform.frame_noise import FrameNoise
from engine.longform.windows import WindowGrid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CircularNoise:
    """The noise of a track, going around; a ``FrameNoise`` again.

    Attributes:
        noise: Noise of the frames of the grid.
        grid: Windows of the circle.
    """

    noise: FrameNoise
    grid: WindowGrid

    def __call__(self, step: int, start: int, end: int, /) -> Tensor:
        """Noise (1, C, end - start, F) of frames, wherever they lie on the circle."""
        first = self.grid.first_frame
        parts = [
            self.noise(step, first + place.start, first + place.stop)
            for place in self.grid.places(start, end)
        ]
        return torch.cat(parts, dim=2)
