"""The mel front end for sound that is too long to be held, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.dsp.mel import MelFrontEnd

ReadSamples = Callable[[int, int], Tensor]
"""Samples ``[start, end)`` of the sound, (end - start,), on the front end's device."""

DEFAULT_CHUNK_MEL_FRAMES = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MelChunk:
    """Finished mel frames.

    Attributes:
        first_mel_frame: Number of the first one.
        mel: (1, 1, n, M) natural-log mel.
    """

    first_mel_frame: int
    mel: Tensor


def mel_chunks(
    front_end: MelFrontEnd,
    read: ReadSamples,
    num_samples: int,
    *,
    chunk_mel_frames: int = DEFAULT_CHUNK_MEL_FRAMES,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Iterator[MelChunk]:
    """Yield what the front end would give for the whole sound, in order.

    Every chunk is analysed with the real samples around it; only the true ends are reflected.

    Args:
        front_end: The analysis.
        read: Where the samples come from.
        num_samples: Length N of the sound.
        chunk_mel_frames: Mel frames computed at a time; does not change the result.
        check_cancelled: Called before every chunk; raises to stop.

    Yields:
        ``N // hop_length`` mel frames in all.

    Raises:
        ValueError: The sound is too short to be reflected, or a chunk has no frames.
    """
    config = front_end.config
    half = config.n_fft // 2
    if num_samples <= half:
        raise ValueError(
            f"a sound of {num_samples} samples is too short for the mel front end;"
            f" pad it to at least {half + 1}"
        )
    if chunk_mel_frames < 1:
        raise ValueError(f"chunk_mel_frames must be at least 1, got {chunk_mel_frames}")
    num_frames = num_samples // config.hop_length
    for start in range(0, num_frames, chunk_mel_frames):
        check_cancelled()
        end = min(start + chunk_mel_frames, num_frames)
        low = start * config.hop_length - half
        high = (end - 1) * config.hop_length - half + config.n_fft
        samples = _reflected(read, low, high, num_samples)
        yield MelChunk(first_mel_frame=start, mel=front_end.of_padded(samples.unsqueeze(0)))


def _reflected(read: ReadSamples, low: int, high: int, num_samples: int) -> Tensor:
    """(high - low,) samples of the sound, mirrored at its first and at its last sample."""
    places = torch.arange(low, high).abs()
    last = num_samples - 1
    places = last - (last - places).abs()
    begin, stop = int(places.min()), int(places.max()) + 1
    samples = read(begin, stop)
    return samples[(places - begin).to(samples.device)]
