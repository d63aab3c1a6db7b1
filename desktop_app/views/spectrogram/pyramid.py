"""A spectrogram at several time resolutions, so that any zoom costs the same to draw."""

import numpy as np
from numpy.typing import NDArray

_SMALLEST_NUM_FRAMES = 64


class LevelPyramid:
    """Levels halved in time again and again; made once for a spectrogram.

    Args:
        levels: (M, T), 0 to 255, row 0 the lowest band; not changed afterwards.
    """

    def __init__(self, levels: NDArray[np.uint8]) -> None:
        stages = [np.ascontiguousarray(levels)]
        while stages[-1].shape[1] >= 2 * _SMALLEST_NUM_FRAMES:
            stages.append(_halved(stages[-1]))
        self._stages = tuple(stages)

    @property
    def num_bands(self) -> int:
        """Rows, M."""
        return int(self._stages[0].shape[0])

    @property
    def num_frames(self) -> int:
        """Frames of the finest stage, T."""
        return int(self._stages[0].shape[1])

    def columns(
        self, first_frame: float, frames_per_column: float, num_columns: int
    ) -> NDArray[np.float32]:
        """Levels at the centres of equally wide columns, interpolated between frames.

        Args:
            first_frame: Left edge of the first column in frames; columns outside are clamped.
            frames_per_column: Width of a column in frames, above 0.
            num_columns: How many.

        Returns:
            (M, num_columns), 0 to 255.
        """
        stage = min(max(int(np.log2(max(frames_per_column, 1.0))), 0), len(self._stages) - 1)
        levels = self._stages[stage]
        factor = 2.0**stage
        centres = (first_frame + frames_per_column * (np.arange(num_columns) + 0.5)) / factor - 0.5
        centres = np.clip(centres, 0.0, levels.shape[1] - 1)
        left = centres.astype(np.int64)
        right = np.minimum(left + 1, levels.shape[1] - 1)
        share = (centres - left).astype(np.float32)
        first = levels[:, left].astype(np.float32)
        second = levels[:, right].astype(np.float32)
        return np.asarray(first + (second - first) * share, np.float32)


def _halved(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pairs of frames as one: nearer to the louder one, so that attacks survive."""
    even = levels[:, : levels.shape[1] // 2 * 2]
    first, second = even[:, 0::2], even[:, 1::2]
    louder = np.maximum(first, second).astype(np.uint16)
    softer = np.minimum(first, second).astype(np.uint16)
    return ((3 * louder + softer + 2) >> 2).astype(np.uint8)
