"""Spectrogram levels as a picture in a lane's colours."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.views.spectrogram.pyramid import LevelPyramid

SAMPLES_PER_MEL_FRAME = 480


def row_weights(num_bands: int, height_px: int) -> NDArray[np.float32]:
    """Weights that stretch bands over rows by linear interpolation, the lowest band at the bottom.

    Returns:
        (height_px, num_bands), every row sums to 1.
    """
    centres = (np.arange(height_px) + 0.5) * num_bands / height_px - 0.5
    centres = np.clip(centres[::-1], 0.0, num_bands - 1)
    lower = centres.astype(np.int64)
    upper = np.minimum(lower + 1, num_bands - 1)
    share = (centres - lower).astype(np.float32)
    weights = np.zeros((height_px, num_bands), dtype=np.float32)
    rows = np.arange(height_px)
    weights[rows, lower] += 1 - share
    weights[rows, upper] += share
    return weights


def spectrogram_tile(
    pyramid: LevelPyramid,
    first_timeline_sample: float,
    timeline_samples_per_column: float,
    num_columns: int,
    height_px: int,
) -> NDArray[np.uint8]:
    """Levels of a stretch, 0 where there is no spectrogram.

    Args:
        pyramid: The spectrogram; its frame 0 begins at timeline sample 0 here.
        first_timeline_sample: Left edge of the first column at 48 kHz; may be negative.
        timeline_samples_per_column: Width of a device pixel in timeline samples, above 0.
        num_columns: Width of the picture.
        height_px: Height of the picture in device pixels.

    Returns:
        (height_px, num_columns), 0 to 255, the lowest band at the bottom.
    """
    tile = np.zeros((height_px, num_columns), dtype=np.uint8)
    per_column = timeline_samples_per_column / SAMPLES_PER_MEL_FRAME
    origin = first_timeline_sample / SAMPLES_PER_MEL_FRAME
    first = max(0, int(np.ceil(-origin / per_column)))
    last = min(num_columns, int(np.ceil((pyramid.num_frames - origin) / per_column)))
    if last > first:
        columns = pyramid.columns(origin + first * per_column, per_column, last - first)
        rows = row_weights(pyramid.num_bands, height_px) @ columns
        tile[:, first:last] = np.rint(rows).astype(np.uint8)
    return tile


def coloured(levels: NDArray[np.uint8], colour_map: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Levels as opaque pixels (0xFFRRGGBB).

    Args:
        levels: (H, W), 0 to 255.
        colour_map: (256, 3), red, green and blue.

    Returns:
        (H, W).
    """
    table = colour_map.astype(np.uint32)
    pixels = np.uint32(0xFF000000) | (table[:, 0] << 16) | (table[:, 1] << 8) | table[:, 2]
    return np.asarray(pixels[levels], dtype=np.uint32)


def start_noise(num_bands: int, num_frames: int, seed: int) -> NDArray[np.uint8]:
    """What a spectrogram looks like before its first step, at the grain of the latents.

    Args:
        num_bands: Rows, M.
        num_frames: Mel frames, T.
        seed: Keeps the picture the same while a job runs.

    Returns:
        (num_bands, num_frames), 0 to 255.
    """
    generator = np.random.default_rng(seed)
    coarse = generator.normal(loc=92.0, scale=46.0, size=(-(-num_bands // 4), -(-num_frames // 4)))
    fine = np.repeat(np.repeat(coarse, 4, axis=0), 4, axis=1)[:num_bands, :num_frames]
    return np.clip(fine, 0, 255).astype(np.uint8)
