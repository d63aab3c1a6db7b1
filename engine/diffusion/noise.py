"""Gaussian noise that depends on the position in the track and on nothing else.

Any part of the noise can be generated alone and equals the same part of the whole, on every
machine and device, in any order: so windows, sections, extensions and resumed runs all see the
same noise. Philox4x32-10 (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3")
turns a 128-bit counter under a 64-bit key into four 32-bit words; Box-Muller makes Gaussians.

    key      hash of (seed, stream, take)
    counter  word 0  low 32 bits of the latent frame
             word 1  bits 0-15: which group of four values of the frame; 16-31: frame bits 32-47
             word 2  step        (0 for the initial noise)
             word 3  purpose     (keeps unrelated uses apart)
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

UInt32Array = npt.NDArray[np.uint32]

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_INCREMENTS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_MAX_QUADS = 1 << 16
_MAX_FRAME = 1 << 47
# Bounds the working memory: about 20 MB for AudioLDM's 128 values a frame.
_FRAMES_AT_ONCE = 4096


def philox4x32(counter: UInt32Array, key: tuple[int, int]) -> UInt32Array:
    """Ten rounds of Philox4x32.

    Args:
        counter: (4, N) 32-bit words.
        key: Two 32-bit words.

    Returns:
        (4, N) random 32-bit words.
    """
    x0, x1, x2, x3 = (word.astype(np.uint64) for word in counter)
    key0, key1 = key
    for _ in range(_ROUNDS):
        product0 = x0 * np.uint64(_MULTIPLIERS[0])
        product1 = x2 * np.uint64(_MULTIPLIERS[1])
        x0 = (product1 >> _WORD_BITS) ^ x1 ^ np.uint64(key0)
        x1 = product1 & _LOW_WORD
        x2 = (product0 >> _WORD_BITS) ^ x3 ^ np.uint64(key1)
        x3 = product0 & _LOW_WORD
        key0 = (key0 + _KEY_INCREMENTS[0]) & 0xFFFFFFFF
        key1 = (key1 + _KEY_INCREMENTS[1]) & 0xFFFFFFFF
    return np.stack((x0, x1, x2, x3)).astype(np.uint32)


def noise_key(seed: int, stream: int | str, take: int) -> tuple[int, int]:
    """The Philox key of one noise field.

    Args:
        seed: The user's integer.
        stream: Which lane (or other independent track) the noise belongs to.
        take: Changes with each regeneration.

    Returns:
        Two 32-bit words; different arguments give unrelated keys.
    """
    digest = hashlib.blake2b(f"{seed}:{take}:{stream}".encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def position_keyed_noise(
    seed: int,
    stream: int | str,
    take: int,
    first_frame: int,
    num_frames: int,
    *,
    channels: int = 8,
    bins: int = 16,
    step: int = 0,
    purpose: int = 0,
) -> Tensor:
    """Unit Gaussian noise of the latent frames ``[first_frame, first_frame + num_frames)``.

    Args:
        seed: The user's integer.
        stream: Which lane the noise belongs to.
        take: Changes with each regeneration.
        first_frame: Absolute latent frame, negative ones included (-2^47 to 2^47).
        num_frames: How many latent frames, 0 or more.
        channels: Latent channels C.
        bins: Latent frequency bins F; C * F is at most 262144.
        step: Number of the sampler step that adds the noise; 0 for the initial noise.
        purpose: Any 32-bit number; different ones give independent noise.

    Returns:
        (1, C, num_frames, F) float32 on the CPU.

    Raises:
        ValueError: A number is out of its range.
    """
    num_values = channels * bins
    num_quads = -(-num_values // 4)
    if not 1 <= num_quads <= _MAX_QUADS:
        raise ValueError(f"channels * bins must lie in 1..{4 * _MAX_QUADS}, got {num_values}")
    if num_frames < 0:
        raise ValueError(f"num_frames must not be negative, got {num_frames}")
    if not -_MAX_FRAME <= first_frame <= _MAX_FRAME - num_frames:
        raise ValueError(f"first_frame must lie within +-2^47, got {first_frame}")
    key = noise_key(seed, stream, take)
    noise = np.empty((num_frames, num_values), dtype=np.float32)
    for start in range(0, num_frames, _FRAMES_AT_ONCE):
        end = min(start + _FRAMES_AT_ONCE, num_frames)
        frames = np.arange(first_frame + start, first_frame + end, dtype=np.int64)
        words = philox4x32(_counters(frames, num_quads, step, purpose), key)
        values = _gaussian(words).T.reshape(end - start, num_quads * 4)
        noise[start:end] = values[:, :num_values]
    by_frame = torch.from_numpy(noise).view(num_frames, channels, bins)
    return by_frame.permute(1, 0, 2).contiguous().unsqueeze(0)


def _counters(
    frames: npt.NDArray[np.int64], num_quads: int, step: int, purpose: int
) -> UInt32Array:
    """(4, frames * quads) counters, quads of one frame next to each other."""
    quads = np.arange(num_quads, dtype=np.int64)
    high = ((frames >> 32) & 0xFFFF) << 16
    counter = np.empty((4, frames.size, num_quads), dtype=np.uint32)
    counter[0] = (frames & 0xFFFFFFFF).astype(np.uint32)[:, None]
    counter[1] = (high[:, None] | quads).astype(np.uint32)
    counter[2] = step & 0xFFFFFFFF
    counter[3] = purpose & 0xFFFFFFFF
    return counter.reshape(4, -1)


def _gaussian(words: UInt32Array) -> npt.NDArray[np.float64]:
    """Box-Muller: (4, N) words to (4, N) independent unit Gaussians."""
    uniform = (words.astype(np.float64) + 0.5) * 2.0**-32
    radius = np.sqrt(-2.0 * np.log(uniform[0::2]))
    angle = 2.0 * np.pi * uniform[1::2]
    gaussian = np.empty(words.shape, dtype=np.float64)
    gaussian[0::2] = radius * np.cos(angle)
    gaussian[1::2] = radius * np.sin(angle)
    return gaussian
