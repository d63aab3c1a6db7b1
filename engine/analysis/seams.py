"""Where the windows of a piece meet. Kept free of torch; ``longform.windows`` is the original.

window k      |------#################======------|
window k+1                  |------======#################------|
                                      ^ seam: the middle of the ramp
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamLayout:
    """Windows on a grid that begins with the piece, in latent frames of 40 ms.

    Attributes:
        window: Length of a window.
        stride: Distance between the starts of two windows.
        ramp: Length over which neighbours are mixed.
    """

    window: int
    stride: int
    ramp: int

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together."""
        if not 0 < self.stride <= self.window:
            raise ValueError(f"stride must lie in 1..{self.window} (the window), got {self.stride}")
        if not 0 <= self.ramp <= min(self.stride, self.window - self.stride):
            raise ValueError(
                f"ramp must fit into the overlap of {self.window - self.stride} and the stride of"
                f" {self.stride} latent frames, got {self.ramp}"
            )

    def seam_frames(self, num_latent_frames: int) -> NDArray[np.int64]:
        """First latent frame after the middle of each ramp, ascending.

        Args:
            num_latent_frames: Length of the piece; seams at or beyond its end are not heard.
        """
        if num_latent_frames <= self.window:
            return np.zeros(0, np.int64)
        num_windows = -(-(num_latent_frames - self.window) // self.stride) + 1
        seams = (self.window + self.stride) // 2 + self.stride * np.arange(num_windows - 1)
        return np.asarray(seams[seams < num_latent_frames - 1], np.int64)


def seam_layout(*, window: int, stride: int, ramp: int | None = None) -> SeamLayout:
    """The layout that the engine uses: ramps of an eighth of the window.

    Args:
        window: Latent frames of a window.
        stride: Latent frames between two windows.
        ramp: Latent frames of a ramp, or ``None`` for the engine's choice.

    Raises:
        ValueError: The numbers do not fit together.
    """
    if ramp is None:
        ramp = max(0, min(window // 8, stride, window - stride) // 2 * 2)
    return SeamLayout(window=window, stride=stride, ramp=ramp)
