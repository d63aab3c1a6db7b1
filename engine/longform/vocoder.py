"""Turning a mel spectrogram of any length into sound, chunk by chunk.

Each chunk is computed with as much context as the vocoder can see, and the context is thrown away,
so the chunks join to exactly what one call over everything would give. The track's own ends get no
extra context: there the network's own padding is the reference. A loop has no ends: there the
context is taken from around the wrap, and the result is the middle of the loop played for ever.

Every mel frame has an *address*, a number that stays with it when material is moved. Vocoders that
start from noise key it by the address, so moved material sounds as it did.
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

    def __call__(self, mel: Tensor, addresses: Tensor, /) -> Tensor:
        """Map (B, T, M) natural-log mel and its frames' (T,) int64 addresses to (B, N) samples.

        Addresses lie on the CPU. ``N >= hop_length * T``; surplus samples lie half before and half
        after the frames.
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


def frame_addresses(first_frame: int, num_frames: int) -> Tensor:
    """(num_frames,) int64 addresses of frames that were never moved: their numbers."""
    return torch.arange(first_frame, first_frame + num_frames, dtype=torch.int64)


def vocoded_chunks(
    vocoder: Vocoder,
    mel: Tensor,
    *,
    addresses: Tensor | None = None,
    is_circular: bool = False,
    chunk_mel_frames: int = DEFAULT_CHUNK_MEL_FRAMES,
    check_cancelled: Callable[[], None] = lambda: None,
) -> Iterator[AudioChunk]:
    """Yield the sound of a mel spectrogram in order.

    Args:
        vocoder: What makes the sound.
        mel: (B, T, M) natural-log mel.
        addresses: (T,) int64 addresses of the frames; by default their numbers within ``mel``.
        is_circular: Whether the end goes over into the start.
        chunk_mel_frames: Mel frames per chunk, a multiple of 32.
        check_cancelled: Called before every chunk; raises to stop.

    Yields:
        Chunks without gap or overlap, ``hop_length * T`` samples in all.

    Raises:
        ValueError: The chunk length is no positive multiple of 32, or there is not one address
            for each frame.
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
        samples = vocoded_range(
            vocoder, mel, start, end, addresses=addresses, is_circular=is_circular
        )
        yield AudioChunk(first_sample=start * vocoder.hop_length, samples=samples)


def vocoded_range(
    vocoder: Vocoder,
    mel: Tensor,
    start: int,
    end: int,
    *,
    addresses: Tensor | None = None,
    is_circular: bool = False,
    device: torch.device | None = None,
) -> Tensor:
    """The samples of mel frames ``[start, end)``, computed with their context.

    Args:
        vocoder: What makes the sound.
        mel: (B, T, M) natural-log mel of the whole track.
        start: First mel frame within ``mel``.
        end: First mel frame after the range, at most ``T``.
        addresses: (T,) int64 addresses of the frames; by default their numbers within ``mel``.
        is_circular: Whether the end goes over into the start.
        device: Where the vocoder is; only the frames that it needs go there. By default that of
            ``mel``.

    Returns:
        (B, hop_length * (end - start)) samples.

    Raises:
        ValueError: There is not one address for each frame.
        FloatingPointError: A sample is not finite.
    """
    num_frames, halo = mel.shape[1], context_mel_frames(vocoder)
    if addresses is None:
        addresses = frame_addresses(0, num_frames)
    elif addresses.shape != (num_frames,):
        raise ValueError(
            f"addresses must be one for each of {num_frames} frames, got {tuple(addresses.shape)}"
        )
    if is_circular:
        context = frame_addresses(start - halo, end - start + 2 * halo) % num_frames
        part, lead = mel[:, context.to(mel.device)], halo
        addresses = addresses[context]
    else:
        begin, stop = max(0, start - halo), min(num_frames, end + halo)
        part, lead = mel[:, begin:stop], start - begin
        addresses = addresses[begin:stop]
    sound = vocoder(part.to(device or mel.device), addresses)
    surplus = sound.shape[1] - vocoder.hop_length * part.shape[1]
    skip = surplus // 2 + vocoder.hop_length * lead
    samples = sound[:, skip : skip + vocoder.hop_length * (end - start)]
    if not torch.isfinite(samples).all():
        raise FloatingPointError(
            f"the vocoder gave non-finite samples in mel frames {start} to {end}; run it in float32"
        )
    return samples
