"""Putting a range that was computed again into a finished mel spectrogram."""

from __future__ import annotations

import torch
from torch import Tensor

SPLICE_MEL_FRAMES = 16


def spliced_mel(
    mel: Tensor, replacement: Tensor, start: int, *, fade_mel_frames: int = SPLICE_MEL_FRAMES
) -> Tensor:
    """The spectrogram with a range replaced, faded over inside both of its ends.

    Decoding again changes the frames around an edit by a hair (through attention), so a hard edge
    would leave a faint click. There is no fade where the range begins or ends with the track.

    Args:
        mel: (1, 1, T, M) the finished spectrogram; left alone.
        replacement: (1, 1, n, M) the range, computed again.
        start: Mel frame where it begins.
        fade_mel_frames: Length of each fade; at most half the range is used.

    Returns:
        (1, 1, T, M), bit for bit ``mel`` outside the range.

    Raises:
        ValueError: The range does not lie within the spectrogram.
    """
    num_frames = replacement.shape[2]
    end = start + num_frames
    if not 0 <= start < end <= mel.shape[2]:
        raise ValueError(f"[{start}, {end}) is not within 0..{mel.shape[2]}")
    fade = min(fade_mel_frames, num_frames // 2)
    rise = (torch.arange(fade, device=mel.device, dtype=mel.dtype) + 0.5) / max(fade, 1)
    share = torch.ones(num_frames, device=mel.device, dtype=mel.dtype)
    if start > 0:
        share[:fade] = rise
    if end < mel.shape[2]:
        share[num_frames - fade :] = rise.flip(0)
    result = mel.clone()
    share = share.view(1, 1, -1, 1)
    result[:, :, start:end] = share * replacement + (1.0 - share) * mel[:, :, start:end]
    return result
