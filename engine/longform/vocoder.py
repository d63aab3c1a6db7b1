"""Turning a mel spectrogram of any length into sound, chunk by chunk.

Each chunk is computed with as much context as the vocoder can see, and the context is thrown away,
so the chunks join to exactly what one call over everything would give. The track's own ends get no
extra context: there the network's own padding is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.longform.time import rounded_up

DEFAULT_CHUNK_MEL_FRAMES = 1024
# With starts on this grid a chunk is blocked by the convolution kernels like the whole, so that
# even the rounding agrees on the CPU.
GRID_MEL_FRAMES = 32


class Vocoder(Protocol):
    """A network (or algorithm) that makes sound from a mel spectrogram."""

    @property
    def hop_length(self) -> int:
        """Samples per mel frame."""
        ...

    @property
    def halo_frames(self) -> int:
        """Mel frames on each side that can affect a sample."""
        ...

    def __call__(self, mel: Tensor, first_frame: int) -> Tensor:
        """Map (B, T, M) natural-log mel, whose first frame is ``first_frame``, to (B, N) samples.

        ``N >= hop_length * T``. Surplus samples lie half before and half after the frames.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AudioChunk:
    """A finished piece of sound.

    Attributes:
        first_sample: Position of its first sample, counted from the first mel frame given.
        samples: (B, N) samples, about -1..1.
    """

    first_sample: int
    samples: Tensor


def context_mel_frames(vocoder: Vocoder) -> int:
    """Mel frames that are computed and thrown away on each side of a chunk, a multiple of 32."""
    # One more frame, because the surplus shifts the samples by a part of a frame.
    return rounded_up(vocoder.halo_frames + 1, GRID_MEL_FRAMES)


def vocoded_chunks(
    vocoder: Vocoder,
    mel: Tensor,
    *,
    first_frame: int = 0,
    chunk_mel_frames: int = DEFAULT_CHUNK_MEL_FRAMES,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Iterator[AudioChunk]:
    """Yield the sound of a mel spectrogram in order.

    Args:
        vocoder: What makes the sound.
        mel: (B, T, M) natural-log mel.
        first_frame: Absolute number of the first mel frame.
        chunk_mel_frames: Mel frames per chunk, a multiple of 32.
        check_cancelled: Called before every chunk; raises to stop.

    Yields:
        Chunks without gap or overlap, ``hop_length * T`` samples in all.

    Raises:
        ValueError: The chunk length is no positive multiple of 32.
        FloatingPointError: A chunk holds a value that is not finite.
    """
    if chunk_mel_frames < GRID_MEL_FRAMES or chunk_mel_frames % GRID_MEL_FRAMES:
        raise ValueError(
            f"chunk_mel_frames must be a positive multiple of {GRID_MEL_FRAMES}, "
            f"got {chunk_mel_frames}"
        )
    num_frames = mel.shape[1]
    for start in range(0, num_frames, chunk_mel_frames):
        check_cancelled()
        end = min(start + chunk_mel_frames, num_frames)
        samples = vocoded_range(vocoder, mel, start, end, first_frame=first_frame)
        yield AudioChunk(first_sample=start * vocoder.hop_length, samples=samples)


def vocoded_range(
    vocoder: Vocoder, mel: Tensor, start: int, end: int, *, first_frame: int = 0
) -> Tensor:
    """The samples of mel frames ``[start, end)``, computed with their context.

    Args:
        vocoder: What makes the sound.
        mel: (B, T, M) natural-log mel of the whole track.
        start: First mel frame within ``mel``.
        end: First mel frame after the range.
        first_frame: Absolute number of the first frame of ``mel``.

    Returns:
        (B, hop_length * (end - start)) samples.

    Raises:
        FloatingPointError: A sample is not finite.
    """
    halo = context_mel_frames(vocoder)
    begin, stop = max(0, start - halo), min(mel.shape[1], end + halo)
    sound = vocoder(mel[:, begin:stop], first_frame + begin)
    surplus = sound.shape[1] - vocoder.hop_length * (stop - begin)
    skip = surplus // 2 + vocoder.hop_length * (start - begin)
    samples = sound[:, skip : skip + vocoder.hop_length * (end - start)]
    if not torch.isfinite(samples).all():
        raise FloatingPointError(
            f"the vocoder gave non-finite samples in mel frames {start} to {end}; run it in float32"
        )
    return samples
