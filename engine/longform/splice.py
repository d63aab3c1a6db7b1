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
    share = splice_shares(
        num_frames,
        fades_in=start > 0,
        fades_out=end < mel.shape[2],
        fade_mel_frames=fade_mel_frames,
    )
    share = share.to(mel).view(1, 1, -1, 1)
    result = mel.clone()
    result[:, :, start:end] = share * replacement + (1.0 - share) * mel[:, :, start:end]
    return result


def splice_shares(
    num_mel_frames: int,
    *,
    fades_in: bool,
    fades_out: bool,
    fade_mel_frames: int = SPLICE_MEL_FRAMES,
) -> Tensor:
    """How much of a replacement is taken in each of its frames.

    Args:
        num_mel_frames: Length of the range that is replaced.
        fades_in: Whether something old lies before the range.
        fades_out: Whether something old lies after it.
        fade_mel_frames: Length of each fade; at most half the range is used.

    Returns:
        (num_mel_frames,) float64, above 0 to 1; the rest is taken from what was there.
    """
    fade = min(fade_mel_frames, num_mel_frames // 2)
    rise = (torch.arange(fade, dtype=torch.float64) + 0.5) / max(fade, 1)
    share = torch.ones(num_mel_frames, dtype=torch.float64)
    if fades_in:
        share[:fade] = rise
    if fades_out:
        share[num_mel_frames - fade :] = rise.flip(0)
    return share
